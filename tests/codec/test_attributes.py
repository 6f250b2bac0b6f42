"""Values as apps send them: any depth, and containers inside themselves."""

import json
from typing import Any

from harness.codec import xray
from harness.codec.attributes import plain
from harness.model.nesting import CYCLE, MAX_DEPTH, TOO_DEEP


def nested(levels: int) -> Any:
    value: Any = "bottom"
    for _ in range(levels):
        value = {"d": [value]}
    return value


def depth_of(value: Any) -> tuple[int, Any]:
    depth = 0
    while isinstance(value, (dict, list)):
        value = value["d"] if isinstance(value, dict) else value[0]
        depth += 1
    return depth, value


def test_a_value_is_cut_where_it_is_too_deep() -> None:
    assert plain(nested(3)) == nested(3)
    assert depth_of(plain(nested(300))) == (MAX_DEPTH, TOO_DEEP)


def test_a_container_inside_itself_ends_there() -> None:
    parent: dict[str, Any] = {"name": "p"}
    parent["children"] = [{"parent": parent}, {"parent": parent, "same": parent}]

    assert plain(parent) == {
        "name": "p",
        "children": [{"parent": CYCLE}, {"parent": CYCLE, "same": CYCLE}],
    }


def document(**fields: Any) -> dict[str, Any]:
    ids = {"id": "70de5b6f19ff9a0a", "trace_id": "1-581cf771-a006649127e371903a2de979"}
    return {**ids, "name": "app", "start_time": 1.0, "end_time": 2.0, **fields}


def test_metadata_of_a_document_is_cut_and_subsegments_are_not() -> None:
    child = document(metadata={"default": nested(200)})
    for _ in range(120):
        child = document(subsegments=[child])

    item: Any = xray.parse_document(json.dumps(child).encode())

    for _ in range(120):
        (item,) = item.subsegments
    assert depth_of(item.metadata["default"]) == (MAX_DEPTH - 1, TOO_DEEP)
