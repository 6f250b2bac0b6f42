"""The series of a metric: one that vanishes is told, whichever scenario made it."""

from __future__ import annotations

from typing import Any

from harness.model import DataPoint, RunRecord, ScenarioRecord
from tests.analysis.diff.runs import changes, diff_of, words
from tests.builders import a_metric, a_telemetry


def a_run(*scenarios: str, key: str = "kind") -> RunRecord:
    """Return a run of scenarios that count jobs of some kinds, or none."""
    counted = [
        [a_metric("jobs", *(DataPoint(attributes={key: kind}, value=1) for kind in kinds.split()))]
        if kinds
        else []
        for kinds in scenarios
    ]
    return RunRecord(
        scenarios=tuple(
            ScenarioRecord(name=f"test_{n}", telemetry=a_telemetry(*metrics))
            for n, metrics in enumerate(counted)
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


def seen(before: RunRecord, after: RunRecord) -> list[tuple[str, tuple[str, ...]]]:
    """Return what differs, and which scenarios saw it."""
    return [(words(change), change.scenarios) for change in diff_of(before, after).changes]


def test_the_only_series_of_a_scenario_is_told_once() -> None:
    assert seen(a_run("import", "export"), a_run("import", "")) == [
        ("removed at jobs: series kind='export' → None", ("test_1",))
    ]
    assert seen(a_run("import", ""), a_run("import", "export")) == [
        ("added at jobs: series None → kind='export'", ("test_1",))
    ]


def test_a_series_is_told_with_the_scenarios_that_saw_it() -> None:
    assert seen(a_run("import export", "import", "export"), a_run("import", "import", "import")) == [
        ("removed at jobs: series kind='export' → None", ("test_0", "test_2"))
    ]


def test_a_scenario_that_lost_the_metric_with_another_series_is_told_too() -> None:
    assert seen(a_run("import", "export", "import"), a_run("import", "", "")) == [
        ("removed at jobs: jobs → None", ("test_2",)),
        ("removed at jobs: series kind='export' → None", ("test_1",)),
    ]


def test_an_attribute_that_some_points_have_under_another_key() -> None:
    before = of_points({"kind": "import", "queue": "x"}, {"kind": "export", "queue": "y"})
    after = of_points({"kind": "import", "queue": "x"}, {"kind": "export", "queues": "y"})

    assert changes(before, after) == ["renamed at jobs: attributes.queue → attributes.queues"]
    assert changes(after, before) == ["renamed at jobs: attributes.queues → attributes.queue"]


def test_an_attribute_of_some_points_alone_that_has_another_key() -> None:
    before = of_points({"kind": "import"}, {"kind": "export", "zone": "eu-west"})
    after = of_points({"kind": "import"}, {"kind": "export", "region": "eu-west"})

    assert changes(before, after) == ["renamed at jobs: attributes.zone → attributes.region"]


def test_another_key_with_a_value_that_says_nothing_is_another_series() -> None:
    before = of_points({"kind": "import", "queue": "x"}, {"kind": "export", "queue": "y"})
    after = of_points({"kind": "import", "queue": "x"}, {"kind": "export", "host": "y"})

    assert changes(before, after) == [
        "removed at jobs: series kind='export', queue='y' → None",
        "added at jobs: attributes.host None → str",
        "added at jobs: series None → kind='export'",
    ]


def test_an_attribute_of_another_type_is_no_other_series() -> None:
    def answered(*codes: Any) -> RunRecord:
        points = [DataPoint(attributes={"code": code, "method": "GET"}, value=1) for code in codes]
        return RunRecord(
            scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(a_metric("jobs", *points))),)
        )

    assert changes(answered(201), answered("201")) == ["retyped at jobs: attributes.code int → str"]
    assert changes(answered(201, 404), answered("201", "404")) == [
        "retyped at jobs: attributes.code int → str"
    ]
