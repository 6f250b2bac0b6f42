"""Services that call each other: a segment is below the call that made it."""

from __future__ import annotations

import msgspec
import pytest

from harness.analysis.diff.documents import in_trees
from harness.contract import check_contract, contract_text, parse_contract
from harness.model import RunRecord, Segment
from tests.analysis.diff.runs import a_run, changes
from tests.builders import a_segment, a_subsegment

CALL = "c" * 16


def front() -> Segment:
    return a_segment("front", a_subsegment("back", id=CALL, namespace="remote"), id="f" * 16)


def back(parent_id: str | None, *, trace_id: str = front().trace_id) -> Segment:
    segment = a_segment("back", a_subsegment("db", id="d" * 16), id="b" * 16)
    return msgspec.structs.replace(segment, parent_id=parent_id, trace_id=trace_id)


def two(parent_id: str | None, **fields: str) -> RunRecord:
    return a_run(front(), back(parent_id, **fields))


def test_a_service_that_lost_its_caller_was_reparented() -> None:
    lost = two(None, trace_id="1-69244e4f-" + "9" * 24)

    assert changes(two(CALL), two(CALL)) == []
    assert changes(two(CALL), lost) == ["reparented at back: front › back → no parent"]
    assert changes(lost, two(CALL)) == ["reparented at front › back › back: no parent → front › back"]


def test_a_caller_that_is_gone() -> None:
    """That the service says to have one is no change: it said so before."""
    assert changes(two(CALL), a_run(back(CALL))) == [
        "reparented at back: front › back → no parent",
        "removed at front: front → None",
    ]


def test_a_service_whose_caller_was_not_captured() -> None:
    called, alone = a_run(back(CALL)), a_run(back(None))

    assert changes(called, alone) == ["removed at back: parent_id str → None"]
    assert changes(called, a_run(back("e" * 16))) == []
    findings = check_contract(parse_contract(contract_text(called)), alone)
    assert [finding.message.partition(" (")[0] for finding in findings] == [
        "parent_id: expected present, captured None"
    ]
    assert check_contract(parse_contract(contract_text(alone)), called) == ()


@pytest.mark.parametrize("order", [1, -1])
def test_segments_that_call_each_other_in_a_circle_are_cut(order: int) -> None:
    one = msgspec.structs.replace(front(), parent_id="d" * 16)
    other = back(CALL)

    found = [(document.name, above) for document, above in in_trees([one, other][::order])]

    assert sorted(name for name, _ in found) == ["back", "back", "db", "front"]
    assert [above for _, above in found].count(-1) == 1
