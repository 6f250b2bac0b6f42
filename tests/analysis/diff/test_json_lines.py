"""Log lines of JSON: told by their keys, in any order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.model import RunRecord
from tests.analysis.diff.runs import a_run, changes
from tests.builders import a_log_event, a_log_record

ORDER = {
    "level": "INFO",
    "message": "order 7 placed",
    "id": "17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e",
    "rows": 3,
    "status": 200,
    "ms": 0.25,
    "user": {"name": "ann", "roles": ["admin"]},
}
FORM = (
    '{"id": "‹text›", "level": "INFO", "message": "order ‹number› placed", "ms": ‹number›, "rows": ‹number›,'
    ' "status": 200, "user": {"name": "ann", "roles": ["admin"]}}'
)


def logged(line: dict[str, Any], **how: Any) -> RunRecord:
    return a_run(a_log_event("ready"), a_log_event(json.dumps(line, **how)))


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ORDER.items() if name != key}


BEFORE = logged(ORDER)


@pytest.mark.parametrize(
    "line",
    [
        dict(reversed(ORDER.items())),
        ORDER | {"id": "x", "message": "order 1,234 placed", "rows": 1234, "ms": 1e-7},
        ORDER | {"user": {"roles": ["admin", "admin"], "name": "ann"}},
    ],
)
def test_another_order_of_keys_and_other_data_are_the_same_line(line: dict[str, Any]) -> None:
    after = logged(line)

    assert changes(BEFORE, after) == []
    assert contract_text(BEFORE) == contract_text(after)
    assert check_contract(parse_contract(contract_text(BEFORE)), after) == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (without("rows") | {"row_count": 3}, ["renamed : message.rows → message.row_count"]),
        (
            without("rows") | {"user": {"login": "ann", "roles": ["admin"]}, "rows": 3},
            ["renamed : message.user.name → message.user.login"],
        ),
        (without("rows"), ["removed : message.rows number → None"]),
        (ORDER | {"shop": "a"}, ["added : message.shop None → 'a'"]),
        (ORDER | {"rows": "3"}, ["retyped : message.rows number → str '‹number›'"]),
    ],
)
def test_a_changed_key_is_told_as_that_key(line: dict[str, Any], told: list[str]) -> None:
    found = changes(BEFORE, logged(line))
    assert [f"{kind} : {rest}" for kind, rest in map(_kind_and_what, found)] == told


def _kind_and_what(change: str) -> tuple[str, str]:
    return change.partition(" at ")[0], change.rpartition("}: ")[2]


@pytest.mark.parametrize(
    "after",
    [
        logged(ORDER, separators=(",", ":")),
        logged(ORDER | {"level": "WARN"}),
        logged(ORDER | {"message": "order 7 lost"}),
        logged(ORDER | {"status": 404}),
        logged(without("rows") | {"row_count": 3, "level": "WARN"}),
    ],
    ids=("white space", "word", "message", "status", "key and word"),
)
def test_another_word_or_white_space_is_another_format(after: RunRecord) -> None:
    (change,) = changes(BEFORE, after)
    assert change.startswith("log_format_changed at {")
    assert f": {FORM} → " in change
    found = check_contract(parse_contract(contract_text(BEFORE)), after)
    assert [one.id for one in found] == ["log_event_undeclared", "log_event_missing"]


def test_the_body_of_a_log_record_is_read_likewise() -> None:
    before, renamed = (
        a_run(a_log_record('{"rows": 3, "a": true}')),
        a_run(a_log_record('{"a": true, "lines": 4}')),
    )
    assert changes(before, a_run(a_log_record('{"a": true, "rows": 5}'))) == []
    assert changes(before, renamed) == ['renamed at {"a": true, "lines": ‹number›}: body.rows → body.lines']


@pytest.mark.parametrize(
    "event",
    [lambda n: {"event": f"e{n}", "rows": n}, lambda n: {"event": "e" * n, "ms": n}],
    ids=("ids", "words"),
)
def test_lines_that_share_keys_are_each_their_own(event: Callable[[int], dict[str, Any]]) -> None:
    lines = [a_log_event(json.dumps(event(n))) for n in range(1, 4)]
    assert len(changes(a_run(*lines), a_run(*lines[:2]))) == 1
    assert "removed" in changes(a_run(*lines), a_run(*lines[:2]))[0]
