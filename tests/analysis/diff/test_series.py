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
