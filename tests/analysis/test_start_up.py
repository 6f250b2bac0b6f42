"""Workers and shards start the same app: what it emits then is in the joined run once."""

from __future__ import annotations

from harness.analysis.merge import merge_records
from harness.contract import check_contract, parse_contract
from harness.model import RunRecord, ScenarioRecord, Telemetry
from tests.builders import START_NS, a_log_event, a_log_record, a_segment, a_span, a_subsegment, hex_id

AT = START_NS + 10**9
"""When the first scenario starts."""


def a_worker(number: int, *later: str, times: int = 1) -> RunRecord:
    """Return the record of a worker whose app started, and logged so often, before its scenario did."""
    root = a_span("migrate", trace_id=f"{number:032x}")
    outside = Telemetry(
        log_events=(
            *(a_log_event(f"ready in {number}.5 s", timestamp=START_NS // 10**6) for _ in range(times)),
            *(a_log_event(message, timestamp=AT // 10**6 + 1) for message in later),
        ),
        log_records=(a_log_record(f"worker {number} is ready", time_unix_nano=START_NS),),
        spans=(root, a_span("SELECT", parent=root, span_id=hex_id("b"))),
        segments=(a_segment("migrate", a_subsegment("SELECT"), id=hex_id(str(number))),),
    )
    scenario = ScenarioRecord(name=f"test_{number}", start_time_unix_nano=AT)
    return RunRecord(scenarios=(scenario,), outside=outside)


def counts(*records: RunRecord) -> dict[str, int]:
    outside = merge_records(records).outside
    return {name: len(getattr(outside, name)) for name in ("log_events", "log_records", "spans", "segments")}


def test_what_each_worker_emits_at_its_start_is_there_once() -> None:
    serial = {"log_events": 1, "log_records": 1, "spans": 2, "segments": 1}
    assert counts(a_worker(1)) == serial
    assert counts(RunRecord(), a_worker(1), a_worker(2), a_worker(3)) == serial


def test_what_came_after_the_first_scenario_is_kept() -> None:
    merged = merge_records([a_worker(1, "cleaned"), a_worker(2, "cleaned")])
    assert [event.message for event in merged.outside.log_events] == ["ready in 1.5 s", "cleaned", "cleaned"]


def test_as_many_are_kept_as_the_worker_with_the_most_has() -> None:
    assert counts(a_worker(1), a_worker(2, times=3), a_worker(3, times=2))["log_events"] == 3


def test_a_count_of_a_contract_is_the_same_for_workers() -> None:
    contract = parse_contract(
        "version: 1\nlog_events:\n  - log_event/starts_with: ready\n    count: 1\n  - log_event: x\n"
    )
    logged = Telemetry(log_events=(a_log_event("x", timestamp=AT // 10**6),))
    checked = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=logged, start_time_unix_nano=AT),))
    for workers in ([a_worker(1)], [a_worker(1), a_worker(2)]):
        found = check_contract(contract, merge_records([*workers, checked]))
        assert [finding.message for finding in found if finding.signal == "log_event"] == []
