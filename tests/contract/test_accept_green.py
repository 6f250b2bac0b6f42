"""After all changes are accepted the run holds its contract, and what moved is guarded where it is now."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, Metric, MetricType, RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_log_event, a_log_record, a_segment

POINTS = tuple(DataPoint(value=value, attributes={"queue": "a"}) for value in (1, 2))
RUN = RunRecord(
    scenarios=(
        ScenarioRecord(
            name="test",
            telemetry=Telemetry(
                log_events=(a_log_event("hi", log_group="app-2026-11-28"),),
                log_records=(a_log_record("x"),),
                metrics=(Metric(name="m", type=MetricType.GAUGE, unit="1", data_points=POINTS),),
            ),
        ),
    )
)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (
            "log_events:\n  - log_event: hi\n    count: 3\n",
            ["log_events › hi: count: 3 → count: 1"],
        ),
        (
            "log_events:\n  - log_event: hi\n    log_group: old\n",
            [r"log_events › hi: log_group: old → log_group/regex: '\Aapp\-\d{4}-\w+-\d\d[T\d:., Z+-]*\Z'"],
        ),
        (
            "log_events:\n  - {log_event: hi, log_group/contains: app}\n  - {log_event: hi, log_group: x}\n",
            ["log_events › hi: - log event 'hi'"],
        ),
        (
            "log_records:\n  - log_record: x\n  - {log_record: x, severity_number: 17}\n",
            ["log_records › x: - log record 'x'"],
        ),
        ("log_records:\n  - log_record: x\n    count: 2\n", ["log_records › x: count: 2 → count: 1"]),
        ("metrics:\n  - metric: m\n    count/ge: 2\n", ["metrics › m: count/ge: 2 → count: 1"]),
        ("metrics:\n  - metric: m\n    value: 7\n", ["metrics › m: value: 7 → value/type: number"]),
        ("metrics:\n  - metric: m\n    sum: 7\n", ["metrics › m: - sum: 7"]),
    ],
)
def test_sections(before: str, told: list[str]) -> None:
    text, made, _ = accepted_text(f"version: 1\n{before}", RUN)

    assert [str(change)[10:] for change in made] == told
    assert check_contract(parse_contract(text), RUN) == ()


@pytest.mark.parametrize(
    ("before", "captured", "after"),
    [
        (
            "metadata:\n      ns:\n        results-size: 3\n        n: 1\n",
            {"metadata": {"ns": {"n": 1}}, "annotations": {"results_size": 3}},
            "annotations:\n      results_size: 3\n    metadata:\n      ns:\n        n: 1\n",
        ),
        (
            "annotations:\n      user: ann\n      n: 1\n",
            {"metadata": {"ns": {"user": "ann"}}, "annotations": {"n": 1}},
            "annotations:\n      n: 1\n    metadata:\n      ns:\n        user: ann\n",
        ),
        (
            "metadata:\n      ns:\n        n: 1\n",
            {"metadata": {"ns": {"n": 2}}, "annotations": {"other": 3}},
            "metadata:\n      ns:\n        n: 2\n",
        ),
    ],
)
def test_what_moved_between_metadata_and_annotations(
    before: str, captured: dict[str, Any], after: str
) -> None:
    start = "version: 1\noperations:\n  - segment: backend\n    "
    telemetry = Telemetry(segments=(a_segment("backend", **captured),))
    run = RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))
    text, _, _ = accepted_text(start + before, run)

    assert text == start + after
    assert check_contract(parse_contract(text), run) == ()
