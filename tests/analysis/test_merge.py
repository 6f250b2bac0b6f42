"""Runs of shards as one run."""

from __future__ import annotations

import msgspec

from harness.analysis.merge import merge_records
from harness.model import Finding, RunRecord, Site, Telemetry
from tests.builders import a_span
from tests.report.records import a_run, a_scenario

START_UP = Finding(id="span_unfinished", signal="span", message="m", site=Site("app.py", 1))


def test_scenarios_are_joined_by_name_and_findings_of_the_start_up_told_once() -> None:
    first = a_run(a_scenario("b"), findings=(START_UP,), outside=Telemetry(spans=(a_span("x"),)))
    second = a_run(a_scenario("a"), findings=(START_UP,), outside=Telemetry(spans=(a_span("y"),)))

    merged = merge_records([first, second])

    assert [scenario.name for scenario in merged.scenarios] == ["a", "b"]
    assert merged.findings == (START_UP,)
    assert [span.name for span in merged.outside.spans] == ["x", "y"]


def test_a_scenario_of_two_shards_is_kept_where_it_failed() -> None:
    passed, failed = a_scenario("a"), a_scenario("a", outcome="failed")
    for runs in ([a_run(passed), a_run(failed)], [a_run(failed), a_run(passed)]):
        assert merge_records(runs).scenarios == (failed,)


def test_findings_that_differ_in_what_they_say_are_both_kept() -> None:
    lost = [Finding(id="dropped", signal="span", message=f"lost {number}") for number in (3, 5)]
    runs = [a_run(findings=(one, START_UP)) for one in lost]

    assert merge_records(runs).findings == (lost[0], START_UP, lost[1])


def test_a_finding_that_only_one_shard_acknowledged_still_fails() -> None:
    acknowledged = msgspec.structs.replace(START_UP, acknowledged=True)
    merged = merge_records([a_run(findings=(acknowledged,)), a_run(findings=(START_UP,))])
    assert merged.findings == (acknowledged, START_UP)


def test_the_same_of_the_start_up_is_told_once_whatever_its_trace() -> None:
    runs = [a_run(findings=(msgspec.structs.replace(START_UP, trace_id=one * 32),)) for one in "12"]
    assert len(merge_records(runs).findings) == 1


def test_what_a_contract_found_in_a_part_is_no_finding_of_the_whole() -> None:
    unexercised = Finding(id="operation_unexercised", signal="span", message="m", site=Site("c.yaml", 3))
    part = RunRecord(scenarios=(a_scenario("a"),), findings=(unexercised, START_UP), contract="c.yaml")
    merged = merge_records([part])
    assert (merged.findings, merged.contract) == ((START_UP,), "")


def test_packages_in_several_versions_are_told() -> None:
    merged = merge_records(
        [RunRecord(packages={"flask": "3.0"}), RunRecord(packages={"flask": "3.1", "moto": "5"})]
    )
    assert merged.packages == {"flask": "3.0", "moto": "5"}
    assert merged.cut == ("the merged runs had flask 3.0 and 3.1; the record names the first",)
