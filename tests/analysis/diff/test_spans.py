"""Each kind of change between two traces is named as what it is, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.diff import Severity, diff_records
from harness.model import (
    Link,
    RunRecord,
    ScenarioRecord,
    Scope,
    Span,
    SpanEvent,
    SpanKind,
    Status,
    StatusCode,
)
from tests.analysis.diff.runs import ROOT, a_run, below_root, changes, child, diff_of
from tests.builders import TRACE, a_span, a_telemetry


def a_request(number: int, **fields: Any) -> Span:
    """Return the root of a trace of its own."""
    return a_span("GET /x", span_id=f"{number + 1:016x}", trace_id=f"{number + 1:032x}", **fields)


def with_attributes(**attributes: Any) -> RunRecord:
    return below_root(child(attributes={key.replace("__", "."): value for key, value in attributes.items()}))


AT = "GET /x › query"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"server__address": "localhost"}, "added at {}: attributes.server.address None → 'localhost'"),
        ({"app__n": 3}, {}, "removed at {}: attributes.app.n 3 → None"),
        ({"app__n": 3}, {"app__n": "3"}, "retyped at {}: attributes.app.n int 3 → str '3'"),
        ({"app__n": 1}, {"app__n": True}, "retyped at {}: attributes.app.n int 1 → bool True"),
        (
            {"app__n": [1]},
            {"app__n": ["1"]},
            "retyped at {}: attributes.app.n list[int] [1] → list[str] ['1']",
        ),
        ({"app__n": [1]}, {"app__n": []}, "value_changed at {}: attributes.app.n [1] → []"),
        ({"app__n": 3}, {"app__n": 4}, "value_changed at {}: attributes.app.n 3 → 4"),
        (
            {"app__at": "2026-03-01T12:00:00+00:00"},
            {"app__at": "2026-03-01T12:00:00"},
            "value_changed at {}: attributes.app.at date-time → local-date-time",
        ),
        (
            {"http__status_code": 200},
            {"http__response__status_code": 200},
            "renamed at {}: attributes.http.status_code → attributes.http.response.status_code",
        ),
        (
            {"app__result_length": 3},
            {"app__results_length": 3},
            "renamed at {}: attributes.app.result_length → attributes.app.results_length",
        ),
        (
            {"net__peer__ip": "127.0.0.1"},
            {"client__address": "10.0.0.7"},
            "renamed at {}: attributes.net.peer.ip → attributes.client.address",
        ),
        (
            {"net__peer__port": 51234},
            {"client__port": 40121},
            "renamed at {}: attributes.net.peer.port → attributes.client.port",
        ),
        (
            {"app__timeout_ms": 3000},
            {"app__timeout_s": 3},
            "renamed at {}: attributes.app.timeout_ms → attributes.app.timeout_s (ms → s)",
        ),
        (
            {"app__wait_ms": 1234},
            {"app__wait_seconds": 1.5},
            "renamed at {}: attributes.app.wait_ms → attributes.app.wait_seconds (ms → s)",
        ),
        (
            {"app__wait_ms": 3000},
            {"app__waited_s": 3},
            "renamed at {}: attributes.app.wait_ms → attributes.app.waited_s (ms → s)",
        ),
        (
            {"app__begun_at": "2026-03-01T12:00:00Z"},
            {"app__begin_at": "2026-03-02T12:00:00Z"},
            "renamed at {}: attributes.app.begun_at → attributes.app.begin_at",
        ),
        (
            {"app__note": "short"},
            {"app__notes": "x" * 300},
            "renamed at {}: attributes.app.note → attributes.app.notes",
        ),
    ],
)
def test_attributes(before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    assert changes(with_attributes(**before), with_attributes(**after)) == [expected.format(AT)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"app__now": "2026-03-01T12:00:00+00:00"}, {"app__now": "2026-03-02T13:00:00+00:00"}),
        ({"net__peer__port": 40123}, {"net__peer__port": 51234}),
        ({"url": "http://localhost:40123/x"}, {"url": "http://localhost:51234/x"}),
        ({"app__duration_ms": 12}, {"app__duration_ms": 15}),
        ({"app__share": 0.5}, {"app__share": 0.75}),
        ({"id": "4bf92f3577b34da6a3ce929d0e0e4736"}, {"id": "00f067aa0ba902b74bf92f3577b34da6"}),
        ({"key": "redacted (17 chars)"}, {"key": "redacted (22 chars)"}),
        ({"tags": {"a": 1, "b": [{"n": 1}, {"n": 2}]}}, {"tags": {"b": [{"n": 2}, {"n": 1}], "a": 1}}),
    ],
)
def test_what_is_another_in_every_run_is_no_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changes(with_attributes(**before), with_attributes(**after)) == []


def test_a_key_that_was_renamed_and_holds_another_value() -> None:
    assert changes(with_attributes(app__cart_size=3), with_attributes(app__carts_size=4)) == [
        f"renamed at {AT}: attributes.app.cart_size → attributes.app.carts_size",
        f"value_changed at {AT}: attributes.app.carts_size 3 → 4",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"app__ok": True}, {"db__cached": True}),
        ({"app__none": None}, {"db__empty": None}),
        ({"app__size_kb": 4096}, {"app__extent_mb": 5}),
        ({"app__id": "4bf92f3577b34da6"}, {"app__ident": "free text"}),
    ],
)
def test_what_may_be_equal_by_chance_is_no_rename(before: dict[str, Any], after: dict[str, Any]) -> None:
    kinds = [
        change.kind for change in diff_records(with_attributes(**before), with_attributes(**after)).changes
    ]

    assert kinds == ["removed", "added"]


def test_many_values_of_one_key_that_changed_are_one_change() -> None:
    def names(prefix: str) -> RunRecord:
        return below_root(*(child(f"s{n}", attributes={"url": f"{prefix}/{n}"}) for n in range(6)))

    (change,) = diff_records(names("http://a"), names("https://a")).changes

    assert (change.kind, change.nodes, len(change.places)) == ("value_changed", 6, 6)
    assert change.before == "6 values of type str, such as 'http://a/0'"
    assert change.after == "6 values of type str, such as 'https://a/0'"


def test_start_up_is_compared_like_a_scenario() -> None:
    before = RunRecord(outside=a_telemetry(a_span("warm up", attributes={"n": 1})))
    after = RunRecord(outside=a_telemetry(a_span("warm up", attributes={"n": 2})))

    (change,) = diff_records(before, after).changes

    assert (change.kind, change.scenarios) == ("value_changed", ("outside every scenario",))


def test_links_are_compared_by_their_attributes() -> None:
    def linked(**attributes: Any) -> RunRecord:
        return below_root(child(links=(Link(trace_id=TRACE, span_id="1" * 16, attributes=attributes),)))

    assert changes(linked(kind="a"), linked(kind="b")) == [
        f"value_changed at {AT} › link: attributes.kind 'a' → 'b'"
    ]


def test_values_that_share_nothing_are_removed_and_added() -> None:
    assert changes(with_attributes(app__user="ada"), with_attributes(db__rows=3)) == [
        f"removed at {AT}: attributes.app.user 'ada' → None",
        f"added at {AT}: attributes.db.rows None → 3",
    ]


def test_a_child_that_is_gone_or_new() -> None:
    leaf = child()
    grandchild = child("row", parent=leaf)

    assert changes(below_root(leaf, grandchild), below_root()) == ["removed at GET /x › query: query → None"]
    assert changes(below_root(), below_root(leaf)) == ["added at GET /x › query: None → query"]
    (change,) = diff_records(below_root(leaf, grandchild), below_root()).changes
    assert (change.severity, change.nodes, change.below) == (Severity.BREAKING, 1, 1)


def test_a_renamed_child_keeps_what_is_below_it() -> None:
    old, new = child("home-activites"), child("home-activities")
    before = below_root(old, child("row", parent=old, attributes={"n": 1}))
    after = below_root(new, child("row", parent=new, attributes={"n": 2}))

    assert changes(before, after) == [
        "renamed at GET /x › home-activities: home-activites → home-activities",
        "value_changed at GET /x › home-activities › row: attributes.n 1 → 2",
    ]


def test_a_renamed_operation() -> None:
    old, new = a_span("GET /x", attributes={"a": 1}), a_span("GET /v2/x", attributes={"a": 1})

    assert changes(a_run(old, child(parent=old)), a_run(new, child(parent=new))) == [
        "renamed at GET /v2/x: GET /x → GET /v2/x"
    ]


def test_an_operation_that_is_gone() -> None:
    other = a_span("cron", kind=SpanKind.CONSUMER, attributes={"a": 1}, trace_id="1" * 32)

    assert changes(a_run(ROOT, other), a_run(ROOT)) == ["removed at cron: cron → None"]


def test_a_child_under_another_parent() -> None:
    first, second = child("first"), child("second")
    before = below_root(first, second, child("query", parent=first, attributes={"n": 1}))
    after = below_root(first, second, child("query", parent=second, attributes={"n": 1}))

    assert changes(before, after) == [
        "reparented at GET /x › second › query: GET /x › first → GET /x › second"
    ]


def test_a_wrapper_around_a_child() -> None:
    wrapper = child("wrapper")

    expected = [
        "reparented at GET /x › wrapper › query: GET /x → GET /x › wrapper",
        "added at GET /x › wrapper: None → wrapper",
    ]
    assert changes(below_root(child()), below_root(wrapper, child(parent=wrapper))) == expected
    assert changes(below_root(wrapper, child(parent=wrapper)), below_root(child())) == [
        "reparented at GET /x › query: GET /x › wrapper → GET /x",
        "removed at GET /x › wrapper: wrapper → None",
    ]


def test_a_child_that_became_a_root() -> None:
    lost = a_span("query", trace_id="1" * 32)

    assert changes(below_root(child()), a_run(ROOT, lost)) == ["reparented at query: GET /x → no parent"]
    assert changes(a_run(ROOT, lost), below_root(child())) == [
        "reparented at GET /x › query: no parent → GET /x"
    ]


def test_a_child_and_its_child_that_both_became_roots() -> None:
    outer, inner = child("outer", id="1"), a_span("inner")
    before = below_root(outer, child("inner", id="2", parent=outer))

    assert changes(before, a_run(ROOT, a_span("outer", span_id=f"{8:016x}"), inner)) == [
        "reparented at inner: outer → no parent",
        "reparented at outer: GET /x → no parent",
    ]


def test_a_root_below_a_new_root() -> None:
    gateway = a_span("gateway")
    wrapped = a_span("GET /x", kind=SpanKind.SERVER, parent=gateway)

    assert changes(a_run(ROOT), a_run(gateway, wrapped)) == [
        "reparented at gateway › GET /x: no parent → gateway",
        "added at gateway: None → gateway",
    ]


def test_kind_scope_and_status() -> None:
    before = below_root(child(scope="app"))
    failed = Status(StatusCode.ERROR, "boom")
    after = below_root(child(scope=Scope(name="lib"), kind=SpanKind.CLIENT, status=failed))

    assert changes(before, after) == [
        f"kind_changed at {AT}: kind internal → client",
        f"scope_changed at {AT}: scope app → lib",
        f"status_changed at {AT}: status unset → error",
    ]


def test_events_and_links_belong_to_their_span() -> None:
    event = SpanEvent(name="exception", time_unix_nano=1, attributes={"exception.type": "KeyError"})
    other = SpanEvent(name="exception", time_unix_nano=2, attributes={"exception.type": "ValueError"})
    link = Link(trace_id=TRACE, span_id="1" * 16)

    assert changes(below_root(child(events=(event,))), below_root(child(events=(other,), links=(link,)))) == [
        f"added at {AT} › link: None → link",
        f"value_changed at {AT} › exception: attributes.exception.type 'KeyError' → 'ValueError'",
    ]


def test_how_many_siblings_there_are() -> None:
    one, two = child(id="1"), child(id="2")

    assert changes(below_root(one), below_root(one, two)) == [f"count_changed at {AT}: count 1 → 2"]


def test_siblings_of_one_name_pair_by_best_match() -> None:
    first = child(id="1", at_ms=1, attributes={"table": "users", "rows": 1})
    second = child(id="2", at_ms=2, attributes={"table": "posts", "rows": 2})
    late = child(id="1", at_ms=3, attributes={"table": "users", "rows": 1, "cached": True})

    assert changes(below_root(first, second), below_root(second, late)) == [
        f"added at {AT}: attributes.cached None → True"
    ]


def test_a_sibling_that_its_text_tells_apart_is_gone_and_not_only_counted() -> None:
    load, save = (child(id=str(n), attributes={"step": s, "n": n}) for n, s in enumerate(["load", "save"], 1))

    assert changes(below_root(load, save), below_root(load)) == [
        f"removed at {AT}: query (attributes.step = 'save') → None"
    ]
    assert changes(below_root(load), below_root(load, save)) == [
        f"added at {AT}: None → query (attributes.step = 'save')"
    ]


def test_trees_that_differ_below_their_root_pair_by_best_match() -> None:
    def requests(**extra: Any) -> RunRecord:
        spans = []
        for number, order in enumerate(["retail", "trade"]):
            root = a_request(number)
            spans += [
                root,
                a_span("load", parent=root, span_id=f"{number + 9:x}", attributes={"order": order}),
            ]
            spans += [a_span("db", parent=spans[-1], span_id=f"{number + 5:x}", attributes=extra)]
        return a_run(*spans)

    for one, other in (({}, {"rows": 3}), ({"rows": 3}, {})):
        (change,) = diff_records(requests(**one), requests(**other)).changes
        assert (change.what, change.nodes) == ("attributes.rows", 2)


def test_a_thousand_siblings_pair_one_by_one() -> None:
    def siblings(**extra: Any) -> RunRecord:
        return below_root(*(child(id=str(n), attributes={f"k{n}": "v", **extra}) for n in range(1000)))

    (change,) = diff_records(siblings(), siblings(cached=True)).changes

    assert (change.kind, change.what, change.nodes) == ("added", "attributes.cached", 1000)


def test_equal_changes_of_many_operations_are_one() -> None:
    def run(**attributes: Any) -> RunRecord:
        return RunRecord(
            scenarios=tuple(
                ScenarioRecord(
                    name=f"test_{name}",
                    telemetry=a_telemetry(
                        *(
                            a_span(f"GET /{name}", span_id=f"{n:016x}", attributes=attributes)
                            for n in range(1, 4)
                        )
                    ),
                )
                for name in "ab"
            )
        )

    (change,) = diff_records(run(), run(**{"server.address": "localhost"})).changes

    assert change.nodes == 6
    assert [(place.path, place.nodes) for place in change.places] == [(("GET /a",), 3), (("GET /b",), 3)]
    assert change.scenarios == ("test_a", "test_b")


def test_one_request_of_many_that_lost_its_child() -> None:
    def requests(lost: int) -> RunRecord:
        spans = []
        for number in range(20):
            root = a_request(number)
            spans.append(root)
            spans += [child(parent=root)] if number >= lost else []
        return a_run(*spans)

    (change,) = diff_records(requests(0), requests(1)).changes
    assert (change.kind, change.before, change.nodes) == ("removed", "query", 1)


def test_how_often_an_operation_was_sampled_is_no_change() -> None:
    def sampled(requests: int) -> RunRecord:
        return a_run(*(a_request(n) for n in range(requests)))

    assert changes(sampled(63), sampled(67)) == []
    assert changes(sampled(2), sampled(4)) == ["count_changed at GET /x: count 2 → 4"]


def test_a_number_that_each_request_has_of_its_own_is_no_constant() -> None:
    def requests(first: int) -> RunRecord:
        return a_run(*(a_request(n, attributes={"n": first + n}) for n in range(20)))

    assert changes(requests(0), requests(1000)) == []


def test_scenarios_that_only_one_run_has() -> None:
    one = a_run(ROOT)
    added = ScenarioRecord(name="test_y", telemetry=a_telemetry(ROOT, a_span("GET /y", trace_id="1" * 32)))
    two = RunRecord(scenarios=(*one.scenarios, added))

    diff = diff_records(one, two)

    assert changes(one, two) == ["added at GET /y: None → GET /y"]
    assert (diff.only_before, diff.only_after) == ((), ("test_y",))


def test_runs_of_two_commands_are_compared_whole() -> None:
    assert changes(a_run(ROOT, name="flask run"), a_run(ROOT, name="gunicorn")) == []


def test_a_cycle_of_parents_is_compared_too() -> None:
    first = a_span("a", span_id="1" * 16, parent_span_id="2" * 16)
    second = a_span("b", span_id="2" * 16, parent_span_id="1" * 16)

    assert changes(a_run(first, second), a_run(second, first)) == []


def test_a_wrapper_around_very_many_siblings_of_one_name() -> None:
    """More pairs of one name than are weighed: one that is equal is always among those that are."""
    wrapper = child("wrapper")
    loose = [child("query", id=str(n), attributes={f"k{n}": "x"}) for n in range(1, 801)]
    wrapped = [child("query", id=str(n), parent=wrapper, attributes={f"k{n}": "x"}) for n in range(1, 801)]

    found = diff_of(below_root(*loose), below_root(wrapper, *reversed(wrapped))).changes

    assert [(change.kind, change.nodes) for change in found] == [("reparented", 800), ("added", 1)]


def test_nodes_that_share_almost_nothing_leave_the_pairs_to_those_that_may_have_moved() -> None:
    wrapper = child("wrap")

    def a_trace(parent: Span, prefix: str) -> RunRecord:
        many = (
            child(id=f"{n}", parent=parent, attributes={f"{prefix}{n}{key}": 1 for key in "abcde"})
            for n in range(1, 1701)
        )
        return below_root(wrapper, child("moved", parent=parent, attributes={"k": "v"}), *many)

    found = changes(a_trace(ROOT, "before"), a_trace(wrapper, "after"))

    assert [line for line in found if "reparented" in line] == [
        "reparented at GET /x › wrap › moved: GET /x → GET /x › wrap"
    ]


def test_a_sibling_that_its_number_tells_apart_is_gone_and_not_only_counted() -> None:
    first, second, third = (child(id=str(n), attributes={"step": n}) for n in (1, 2, 3))

    gone = changes(below_root(first, second, third), below_root(first, third))

    assert gone == [f"removed at {AT}: query (attributes.step = 2) → None"]
    assert changes(below_root(first), below_root(first, third)) == [
        f"added at {AT}: None → query (attributes.step = 3)"
    ]


def test_a_number_that_is_another_each_time_tells_none_apart() -> None:
    first, second, third, other = (child(id=str(n), attributes={"rows": n}) for n in (1, 2, 3, 4))

    assert changes(below_root(first, second, third), below_root(first, other)) == [
        f"count_changed at {AT}: count 3 → 2",
        f"value_changed at {AT}: attributes.rows 2 → 4",
    ]
