"""Items that could take the same: what is forbidden is seen, and each takes its own, in any order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from harness.contract import check_contract, parse_contract
from harness.model import RunRecord, ScenarioRecord, SpanKind, Telemetry
from tests.builders import a_log_event, a_log_record, a_span, a_telemetry


def found(text: str, telemetry: Telemetry) -> list[str]:
    record = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=telemetry),))
    findings = check_contract(parse_contract(f"version: 1\n{text}"), record)
    return [f"{f.level.value} {f.id} {f.where}: {f.message}" for f in findings]


def events(*messages: str) -> Telemetry:
    return a_telemetry(*map(a_log_event, messages))


def sections_of(section: str, *items: str) -> list[str]:
    return ["\n".join((f"{section}:", *(f"  - {item}" for item in order))) for order in permutations(items)]


@pytest.mark.parametrize(
    "text",
    sections_of("log_events", "{log_event/contains: Act}", "{log_event/contains: bad, presence: forbidden}"),
)
def test_a_forbidden_log_event_is_seen_whatever_else_takes_it(text: str) -> None:
    assert found(text, events("Act", "Act bad")) == [
        (
            "error log_event_forbidden log event contains('bad'): log event matching contains('bad')"
            " was captured; the contract forbids it"
        )
    ]


@pytest.mark.parametrize(
    "text",
    sections_of(
        "log_records", "{log_record/contains: Act}", "{log_record/contains: bad, presence: forbidden}"
    ),
)
def test_a_forbidden_log_record_is_seen_whatever_else_takes_it(text: str) -> None:
    assert found(text, a_telemetry(a_log_record("Act bad"))) == [
        (
            "error log_record_forbidden log record contains('bad'): log record matching contains('bad')"
            " was captured; the contract forbids it"
        )
    ]


def below(*names: str, **fields: Any) -> Telemetry:
    root = a_span("GET /")
    return a_telemetry(
        root, *(a_span(name, parent=root, span_id=f"{n:016x}", **fields) for n, name in enumerate(names, 1))
    )


@pytest.mark.parametrize(
    "items",
    list(
        permutations(
            ["{span/starts_with: home, count/ge: 1}", "{span/ends_with: debug, presence: forbidden}"]
        )
    ),
)
def test_a_forbidden_child_is_seen_whatever_else_takes_it(items: tuple[str, ...]) -> None:
    text = f"operations:\n  - span: GET /\n    children: [{', '.join(items)}]"
    assert found(text, below("home", "home-debug")) == [
        (
            "error span_forbidden GET /: span matching ends_with('debug') was captured;"
            " the contract forbids it (in t)"
        )
    ]


def test_a_child_that_is_not_as_the_forbidden_one_is_not_forbidden() -> None:
    text = "operations:\n  - span: GET /\n    children: [{span: a, scope: x, presence: forbidden}]"
    assert found(text, below("a", scope="y")) == [
        "warning span_undeclared GET /: span 'a' below it is not in the contract (in t)"
    ]
    assert [line.split()[1] for line in found(text, below("a", scope="x"))] == ["span_forbidden"]


def test_a_forbidden_operation_is_seen_whatever_else_takes_it() -> None:
    text = "operations:\n  - span: GET /\n  - {span/regex: ^GET, kind: client, presence: forbidden}"
    assert found(text, a_telemetry(a_span("GET /", kind=SpanKind.CLIENT))) == [
        (
            "error span_forbidden GET /: span matching regex('^GET') was captured;"
            " the contract forbids it (in t)"
        )
    ]
    assert found(text, a_telemetry(a_span("GET /"))) == []


@pytest.mark.parametrize(
    "text", sections_of("log_events", "{log_event/contains: Activities}", "{log_event: HomeActivities}")
)
def test_each_item_takes_its_own_in_any_order(text: str) -> None:
    assert found(text, events("HomeActivities", "UserActivities")) == []
    assert found(text, events("UserActivities", "HomeActivities")) == []
    assert found(text, events("HomeActivities", "HomeActivities")) == []


def test_an_item_whose_only_one_is_taken_says_by_what() -> None:
    (text, _) = sections_of(
        "log_events", "{log_event/contains: Activities}", "{log_event/contains: Home, count: 1}"
    )
    assert found(text, events("HomeActivities")) == [
        (
            "error log_event_missing log event contains('Home'): no log event matching contains('Home')"
            " was captured besides what"
            " log event matching contains('Activities') (line 3) takes"
        )
    ]


@pytest.mark.parametrize(
    "text",
    sections_of("log_events", "{log_event/contains: a, count: 2}", "{log_event: ab, count: 3}"),
)
def test_what_more_than_one_could_take_goes_to_the_most_precise_that_has_room(text: str) -> None:
    assert found(text, events("ab", "ab", "a", "ab", "ab")) == []


@pytest.mark.parametrize(
    "items",
    list(permutations(["{span: a, count/ge: 1}", "{span: a, scope: x}", "{span/regex: ., count: 2}"])),
)
def test_children_go_to_the_most_precise_item_in_any_order(items: tuple[str, ...]) -> None:
    text = f"operations:\n  - span: GET /\n    children: [{', '.join(items)}]"
    root = a_span("GET /")
    children = [
        a_span(name, parent=root, scope=scope, span_id=f"{n:016x}")
        for n, (name, scope) in enumerate((("a", "x"), ("a", ""), ("b", ""), ("c", "x")), 1)
    ]
    for order in permutations(children):
        assert found(text, a_telemetry(root, *order)) == []
