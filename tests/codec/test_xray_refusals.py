from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.xray import parse_document
from harness.codec.xray_refusals import refusal_of
from harness.model.xray_checks import problems_of

NOW = 1_700_000_000
GOOD: dict[str, Any] = {
    "name": "web",
    "id": "a" * 16,
    "trace_id": f"1-{NOW:08x}-abcdefabcdefabcdefabcdef",
    "start_time": NOW,
    "end_time": NOW + 1,
}
BELOW = {"id": "b" * 16, "name": "x", "start_time": NOW, "end_time": NOW}


def code(**changes: Any) -> str | None:
    document = {key: value for key, value in {**GOOD, **changes}.items() if value != "absent"}
    refusal = refusal_of(json.dumps(document).encode(), NOW)
    return None if refusal is None else refusal.code


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"end_time": "absent", "in_progress": True}, None),
        ({"in_progress": False}, None),
        ({"type": "subsegment", "parent_id": "b" * 16}, None),
        ({"parent_id": "b" * 16}, None),
        ({"id": "absent"}, "MissingId"),
        ({"id": "xyz"}, "InvalidId"),
        ({"trace_id": "absent"}, "MissingTraceId"),
        ({"trace_id": "1-2-3"}, "InvalidTraceId"),
        ({"trace_id": f"1-{NOW - 31 * 86400:08x}-abcdefabcdefabcdefabcdef"}, "InvalidTraceId"),
        ({"trace_id": 3}, "InvalidTraceId"),
        ({"name": ""}, "MissingName"),
        ({"name": 3}, "InvalidName"),
        ({"start_time": "absent"}, "MissingStartTime"),
        ({"start_time": "now"}, "InvalidStartTime"),
        ({"end_time": "absent"}, "MissingEndTime"),
        ({"in_progress": True}, "InvalidEndTime"),
        ({"end_time": "late"}, "InvalidEndTime"),
        ({"start_time": 1e308}, "InvalidStartTime"),
        ({"end_time": -1e16}, "InvalidEndTime"),
        ({"start_time": True}, "InvalidStartTime"),
        ({"http": 3}, "ParseError"),
        ({"name": "semi;colon"}, "InvalidName"),
        ({"name": "a,comma"}, "InvalidName"),
        ({"subsegments": [{**BELOW, "start_time": 1e308}]}, "InvalidStartTime"),
        ({"subsegments": [BELOW]}, None),
        ({"subsegments": [{**BELOW, "id": "zz"}]}, "InvalidId"),
        ({"subsegments": [{**BELOW, "parent_id": "zz"}]}, "InvalidParentId"),
        ({"subsegments": [{**BELOW, "subsegments": [{**BELOW, "end_time": None}]}]}, "MissingEndTime"),
        ({"subsegments": [3]}, "ParseError"),
        ({"type": "subsegment"}, "MissingParentId"),
        ({"parent_id": "3"}, "InvalidParentId"),
        ({"metadata": {"n": "x" * 66_000}}, "SegmentTooLarge"),
        ({"metadata": {"n": float("nan")}}, "ParseError"),
    ],
)
def test_what_x_ray_refuses(changes: dict[str, Any], expected: str | None) -> None:
    assert code(**changes) == expected


def test_an_embedded_subsegment_is_named_under_its_segments_id() -> None:
    body = json.dumps({**GOOD, "subsegments": [{**BELOW, "end_time": None}]}).encode()

    refusal = refusal_of(body, NOW)

    assert refusal is not None
    assert refusal.to_wire() == {
        "Id": GOOD["id"],
        "ErrorCode": "MissingEndTime",
        "Message": "Invalid subsegment. ErrorCode: MissingEndTime",
    }


def findings_of(changes: dict[str, Any]) -> list[str]:
    document = parse_document(json.dumps({**GOOD, **changes}).encode())
    return [problem.rule.code for problem in problems_of(document) if problem.rule.refused]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"id": "xyz"},
        {"parent_id": "zz"},
        {"name": ""},
        {"name": "a;b"},
        {"in_progress": True},
        {"end_time": None},
        {"trace_id": f"1-00000001-{'a' * 24}"},
        {"subsegments": [{**BELOW, "id": "zz"}]},
    ],
)
def test_a_captured_document_is_told_by_the_code_that_it_is_refused_with(changes: dict[str, Any]) -> None:
    refused = code(**changes)

    assert findings_of(changes) == ([] if refused is None else [refused])


CHANGES = st.dictionaries(
    st.sampled_from([*GOOD, "type", "parent_id", "http", "fault", "subsegments"]),
    st.none() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
)
DOCUMENTS = CHANGES.map(lambda changes: {**GOOD, **changes})


@given(st.binary() | DOCUMENTS.map(lambda document: json.dumps(document).encode()))
def test_anything_is_refused_or_can_be_captured(body: bytes) -> None:
    refusal = refusal_of(body, NOW)
    if refusal is None:
        parse_document(body)
    else:
        assert refusal.to_wire()["ErrorCode"] == refusal.code
