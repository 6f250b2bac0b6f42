"""The series of a metric: one that vanishes is told, whichever scenario made it."""

from __future__ import annotations

from harness.model import DataPoint, RunRecord, ScenarioRecord
from tests.analysis.diff.runs import changes
from tests.builders import a_metric, a_telemetry


def a_run(*scenarios: str, key: str = "kind") -> RunRecord:
    """Return a run of scenarios that count jobs of some kinds."""
    return RunRecord(
        scenarios=tuple(
            ScenarioRecord(
                name=f"test_{n}",
                telemetry=a_telemetry(
                    a_metric("jobs", *(DataPoint(attributes={key: kind}, value=1) for kind in kinds.split()))
                ),
            )
            for n, kinds in enumerate(scenarios)
        )
    )


def test_a_series_that_vanishes_is_told() -> None:
    assert changes(a_run("import export"), a_run("import")) == [
        "removed at jobs: series kind='export' → None",
    ]


def test_a_series_that_is_renamed_is_told() -> None:
    assert changes(a_run("import export"), a_run("import exports")) == [
        "removed at jobs: series kind='export' → None",
        "added at jobs: series None → kind='exports'",
    ]


def test_which_scenario_made_a_series_is_no_change() -> None:
    assert changes(a_run("import export", "import"), a_run("import", "export import")) == []


def test_many_series_depend_on_the_traffic() -> None:
    assert changes(a_run("a b c d e f"), a_run("a b c d e")) == []


def of_points(*attributes: dict[str, str]) -> RunRecord:
    points = (DataPoint(attributes=one, value=1) for one in attributes)
    return RunRecord(
        scenarios=(ScenarioRecord(name="test", telemetry=a_telemetry(a_metric("jobs", *points))),)
    )


def test_an_attribute_that_all_points_gain_or_lose_is_told_of_the_metric() -> None:
    plain = of_points({"kind": "import"}, {"kind": "export"})
    more = of_points({"kind": "import", "queue": "x"}, {"kind": "export", "queue": "x"})
    assert changes(plain, more) == ["added at jobs: attributes.queue None → str"]
    assert changes(more, plain) == ["removed at jobs: attributes.queue str → None"]


def test_an_attribute_that_some_points_gain_is_no_other_series() -> None:
    plain = of_points({"kind": "import"}, {"kind": "export"})
    more = of_points({"kind": "import", "queue": "x"}, {"kind": "export"})
    assert changes(plain, more) == ["added at jobs: attributes.queue None → str"]


def test_a_series_that_vanishes_while_an_attribute_is_added_or_renamed_is_told() -> None:
    plain = of_points({"kind": "import"}, {"kind": "export"})
    assert changes(plain, of_points({"kind": "import", "queue": "x"})) == [
        "removed at jobs: series kind='export' → None",
        "added at jobs: attributes.queue None → str",
    ]
    assert changes(plain, of_points({"job_kind": "import"})) == [
        "removed at jobs: series job_kind='export' → None",
        "renamed at jobs: attributes.kind → attributes.job_kind",
    ]


def test_a_series_with_an_attribute_that_others_had_is_another() -> None:
    before = of_points({"kind": "import"}, {"kind": "export", "queue": "x"})
    after = of_points({"kind": "import", "queue": "x"}, {"kind": "export", "queue": "x"})
    assert changes(before, after) == [
        "removed at jobs: series kind='import' → None",
        "added at jobs: series None → kind='import', queue='x'",
    ]
