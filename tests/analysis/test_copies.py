"""Copies of one scenario as one."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from harness.analysis.copies import as_one
from harness.model import Finding, LogEvent, Match, ScenarioRecord, Telemetry, Verdict
from tests.builders import a_log_event, a_span

CHECKED = (Verdict(expectation="span('x')"),)
BY_RANK = (
    ScenarioRecord(name="t", outcome="failed"),
    ScenarioRecord(name="t", verdicts=CHECKED, telemetry=Telemetry(spans=(a_span("x"),))),
    ScenarioRecord(name="t"),
    ScenarioRecord(name="t", vacuous=True, telemetry=Telemetry(spans=(a_span("y"),))),
    ScenarioRecord(name="t", outcome="skipped"),
)


@pytest.mark.parametrize(("more", "less"), list(pairwise(BY_RANK)))
def test_the_copy_that_says_more_is_kept(more: ScenarioRecord, less: ScenarioRecord) -> None:
    assert as_one([more, less]) == more
    assert as_one([less, more]) == more


def test_an_error_that_nobody_acknowledged_is_a_failure_too() -> None:
    lost = ScenarioRecord(name="t", findings=(Finding(id="a", signal="span", message="m"),))
    assert as_one([BY_RANK[1], lost]) == lost


def a_copy(*messages: str, start: int, at: int = 0) -> ScenarioRecord:
    events: tuple[LogEvent, ...] = tuple(map(a_log_event, messages))
    match = Match(signal="log_event", node_id=str(at), fields=("message",))
    span = Match(signal="span", node_id=f"{start}/1")
    return ScenarioRecord(
        name="t",
        telemetry=Telemetry(log_events=events),
        verdicts=(Verdict(expectation=messages[0], matched=(match, span)),),
        findings=(Finding(id="b", signal="span", message=messages[0], acknowledged=True),),
        start_time_unix_nano=start,
    )


def test_copies_that_passed_keep_what_each_captured_checked_and_found_in_any_order() -> None:
    copies = [a_copy("a", "b", start=1, at=1), a_copy("c", start=2), a_copy("d", "e", start=2, at=1)]

    for order in permutations(copies):
        merged = as_one(order)
        assert [event.message for event in merged.telemetry.log_events] == ["a", "b", "c", "d", "e"]
        assert [
            (verdict.expectation, [match.node_id for match in verdict.matched]) for verdict in merged.verdicts
        ] == [("a", ["1", "1/1"]), ("c", ["2", "2/1"]), ("d", ["4", "2/1"])]
        assert [finding.message for finding in merged.findings] == ["a", "c", "d"]


def test_equal_copies_are_one() -> None:
    copy = a_copy("a", start=1)
    assert as_one([copy, a_copy("a", start=1)]) == copy
