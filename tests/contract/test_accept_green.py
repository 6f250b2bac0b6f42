"""After all changes are accepted the run holds its contract, and what moved is guarded where it is now."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, Metric, MetricType, RunRecord, ScenarioRecord, Subsegment, Telemetry
from tests.builders import a_log_event, a_log_record, a_segment, a_subsegment, a_telemetry

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
            [r"log_events › hi: log_group: old → log_group/regex: '\Aapp\-\d{4}-\d\d?-\d\d?\Z'"],
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


def a_run(telemetry: Telemetry) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


def test_a_parent_that_lost_its_only_child_has_no_list_of_children() -> None:
    def paid(*below: Subsegment, beside: tuple[Subsegment, ...] = ()) -> RunRecord:
        return a_run(Telemetry(segments=(a_segment("pay", a_subsegment("db", *below), *beside),)))

    before, after = paid(a_subsegment("row")), paid(beside=(a_subsegment("row"),))
    assert accepted_text(contract_text(before), after)[0] == contract_text(after)
    assert accepted_text(contract_text(after), before)[0] == contract_text(before)


def test_new_log_items_come_where_write_puts_them() -> None:
    events = [
        a_log_event(f"{text} {group}", log_group=group)
        for group in "bac"
        for text in ("z", "a", "at 2026-03-01")
    ]
    records = [
        a_log_record(f"{text} {scope}", scope=scope, severity_number=9) for scope in "bac" for text in "zya"
    ]
    whole = a_run(a_telemetry(*events, *records))
    for n in range(len(events)):
        some = a_run(a_telemetry(*events[:n], *events[n + 1 :], *records[:n], *records[n + 1 :]))
        assert accepted_text(contract_text(some), whole)[0] == contract_text(whole)


def test_of_a_line_in_two_log_groups_one_of_which_is_another_now() -> None:
    text = "version: 1\nlog_events:\n  - {log_event: hi, log_group: a}\n  - {log_event: hi, log_group: b}\n"
    events = (a_log_event("hi", log_group="a"), a_log_event("hi", log_group="c"))
    run = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=Telemetry(log_events=events)),))

    found = check_contract(parse_contract(text), run)
    accepted, made, _ = accepted_text(text, run)

    assert [f"{one.site and one.site.line} {one.id}: {one.message}" for one in found] == [
        "4 log_group_mismatch: log_group: expected 'b', captured 'c'"
    ]
    assert [str(change)[10:] for change in made] == ["log_events › hi: log_group: b → log_group: c"]
    assert accepted == text.replace("log_group: b", "log_group: c")
    assert check_contract(parse_contract(accepted), run) == ()


def test_a_line_that_comes_in_a_further_log_group() -> None:
    text = "version: 1\nlog_events:\n  - log_event: hi\n    log_group: a\n"
    events = (a_log_event("hi", log_group="a"), a_log_event("hi", log_group="c"))
    run = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=Telemetry(log_events=events)),))

    found = check_contract(parse_contract(text), run)
    accepted, _, _ = accepted_text(text, run)

    assert [f"{one.level.value} {one.id}: {one.message}" for one in found] == [
        (
            "warning log_event_undeclared: log event 'hi' in log group 'c' is not in the contract,"
            " which has it in another"
        )
    ]
    assert accepted == text + "  - log_event: hi\n    log_group: c\n"
    assert check_contract(parse_contract(accepted), run) == ()
