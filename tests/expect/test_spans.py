from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness import (
    CLIENT,
    ERROR,
    OK,
    SERVER,
    Status,
    absent,
    contains,
    event,
    hex_id,
    iso8601,
    link,
    lt,
    one_of,
    regex,
    segment,
    span,
)
from harness.expect import SpanExpectation
from harness.model import (
    Finding,
    Link,
    Resource,
    Scope,
    Site,
    Span,
    SpanEvent,
    SpanKind,
    StatusCode,
    Telemetry,
)
from tests.builders import TRACE, a_span, a_telemetry

OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c"


def findings(expectation: SpanExpectation, *spans: Span, **telemetry: Any) -> list[str]:
    verdict = expectation.check(a_telemetry(*spans, **telemetry))
    return [f"{f.where} | {f.id}: {f.message}" for f in verdict.findings]


def home() -> Span:
    return a_span(
        "GET /",
        kind=SpanKind.SERVER,
        ms=250,
        scope=Scope(name="flask", version="1"),
        attributes={"app.results_length": 3, "http.route": "/", "ids": [1, 2]},
        events=(
            SpanEvent(name="exception", time_unix_nano=1, attributes={"exception.type": "TypeError"}),
            SpanEvent(name="retry", time_unix_nano=2),
        ),
        links=(Link(trace_id=OTHER_TRACE, span_id="b" * 16, attributes={"why": "batch"}),),
        resource=Resource(attributes={"service.name": "backend-flask"}),
    )


@pytest.mark.parametrize(
    "expectation",
    [
        span("GET /"),
        span(regex("^GET")),
        span("GET /", kind=SERVER, scope="flask", status=StatusCode.UNSET, duration=lt(0.5)),
        span("GET /", scope=contains("las"), kind=one_of(SERVER, CLIENT), duration=0.25),
        span("GET /", attributes={"http.route": "/", "ids": (1, 2), "app.password": absent}),
        span("GET /", attributes=contains("http.route")),
        span("GET /", events=["exception", event("retry")], links=[link(span_id=hex_id(16))]),
        span("GET /", events=[event("exception", attributes={"exception.type": "TypeError"})]),
        span("GET /", links=[link(trace_id=OTHER_TRACE, attributes={"why": "batch"})]),
        span("GET /", resource={"service.name": "backend-flask"}),
    ],
)
def test_what_is_named_holds_and_the_rest_may_be_anything(expectation: SpanExpectation) -> None:
    assert findings(expectation, a_span("other"), home()) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (span("GET /", kind=CLIENT), "kind_mismatch: kind: expected CLIENT, captured SERVER"),
        (span("GET /", scope="django"), "scope_mismatch: scope: expected 'django', captured 'flask'"),
        (span("GET /", status=ERROR), "status_mismatch: status: expected ERROR, captured UNSET"),
        (
            span("GET /", status=one_of(OK, ERROR)),
            "status_mismatch: status: expected one_of(OK, ERROR), captured UNSET (none of them matches)",
        ),
        (
            span("GET /", status=Status(StatusCode.ERROR, "boom")),
            "status_mismatch: status: expected Status(ERROR, 'boom'), captured UNSET",
        ),
        (
            span("GET /", duration=lt(0.1)),
            "duration_mismatch: duration: expected lt(0.1), captured 0.25 (not less than 0.1)",
        ),
        (
            span("GET /", attributes={"app.results_length": "3"}),
            "attribute_mismatch: app.results_length: expected '3', captured 3 (str expected, int captured)",
        ),
        (
            span("GET /", attributes={"app.results_length": iso8601()}),
            (
                "attribute_mismatch: app.results_length: expected iso8601(), captured 3"
                " (str expected, int captured)"
            ),
        ),
        (
            span("GET /", attributes={"ids": [1, 3]}),
            "attribute_mismatch: ids[1]: expected 3, captured 2",
        ),
        (
            span("GET /", attributes={"app.result_length": 3}),
            "attribute_missing: no attribute 'app.result_length'; closest: 'app.results_length' = 3",
        ),
        (
            span("GET /", attributes={"zzz": 3}),
            "attribute_missing: no attribute 'zzz'; captured: 'app.results_length', 'http.route', 'ids'",
        ),
        (
            span("GET /", attributes={"http.route": absent}),
            "attribute_unexpected: http.route: expected absent, captured '/'",
        ),
        (
            span("GET /", attributes=contains("zzz")),
            (
                "attribute_mismatch: attributes: expected contains('zzz'), captured"
                " {'app.results_length': 3, 'http.route': '/', 'ids': [1, 2]} (no such key)"
            ),
        ),
        (
            span("GET /", resource={"service.name": "web"}),
            "resource_mismatch: service.name: expected 'web', captured 'backend-flask'",
        ),
        (
            span("GET /", resource={"service.version": "1"}),
            (
                "resource_missing: no resource attribute 'service.version';"
                " closest: 'service.name' = 'backend-flask'"
            ),
        ),
        (
            span("GET /", events=["exceptions"]),
            "event_missing: no event 'exceptions' was captured; closest: 'exception'",
        ),
        (
            span("GET /", events=["zzz"]),
            "event_missing: no event 'zzz' was captured; captured: 'exception', 'retry'",
        ),
        (span("GET /", events=["retry", "retry"]), "event_missing: no further event 'retry' was captured"),
        (
            span("GET /", events=[event(regex("^r"), attributes={"n": 1})]),
            "attribute_missing: event matching regex('^r'): no attribute 'n'; none was captured",
        ),
        (
            span("GET /", events=[event("exception", attributes={"exception.type": "KeyError"})]),
            (
                "attribute_mismatch: event 'exception': exception.type:"
                " expected 'KeyError', captured 'TypeError'"
            ),
        ),
        (
            span("GET /", links=[link(span_id="a" * 16)]),
            (
                "link_missing: no link(span_id='aaaaaaaaaaaaaaaa') was captured;"
                " captured: '0af7651916cd43dd8448eb211c80319c/bbbbbbbbbbbbbbbb'"
            ),
        ),
        (
            span("GET /", links=[link(attributes={"why": "retry"})]),
            "attribute_mismatch: link(attributes={'why': 'retry'}): why: expected 'retry', captured 'batch'",
        ),
    ],
)
def test_a_detail_that_does_not_hold(expectation: SpanExpectation, message: str) -> None:
    assert findings(expectation, home(), a_span("other")) == [f"GET / | {message}"]


def test_empty_attributes_events_and_links() -> None:
    assert findings(span("a", attributes={"x": 1}, events=["e"], links=[link()]), a_span("a")) == [
        "a | attribute_missing: no attribute 'x'; none was captured",
        "a | event_missing: no event 'e' was captured; the span has no events",
        "a | link_missing: no link() was captured; the span has no links",
    ]


def test_an_unfinished_span_has_no_duration() -> None:
    assert findings(span("a", duration=lt(1)), a_span("a", ms=None)) == [
        (
            "a | duration_mismatch: duration: expected lt(1), captured None"
            " (int or float expected, NoneType captured)"
        )
    ]


def test_all_findings_are_told_at_once_against_the_closest_span() -> None:
    close = a_span("a", span_id="1" * 16, attributes={"x": 1, "y": 0}, site=Site("app.py", 7))
    far = a_span("a", span_id="2" * 16, attributes={"x": 0})
    expectation = span("a", kind=SERVER, attributes={"x": 1, "y": 1, "z": 1})
    verdict = expectation.check(a_telemetry(far, close))
    where = {"signal": "span", "where": "a", "site": Site("app.py", 7), "trace_id": TRACE}
    assert verdict.findings == (
        Finding(id="kind_mismatch", message="kind: expected SERVER, captured INTERNAL", **where),  # type: ignore[arg-type]
        Finding(id="attribute_mismatch", message="y: expected 1, captured 0", **where),  # type: ignore[arg-type]
        Finding(id="attribute_missing", message="no attribute 'z'; captured: 'x', 'y'", **where),  # type: ignore[arg-type]
    )


def test_each_match_tells_the_paths_that_were_checked() -> None:
    expectation = span(
        "GET /",
        kind=SERVER,
        scope="flask",
        status=StatusCode.UNSET,
        attributes={"http.route": "/", "ids": contains(1)},
        events=[event("exception", attributes={"exception.type": "TypeError"}), "retry"],
        links=[link()],
        resource={"service.name": "backend-flask"},
        duration=lt(1),
    )
    (match,) = expectation.check(a_telemetry(home())).matched
    assert (match.signal, match.node_id) == ("span", f"{TRACE}/{home().span_id}")
    assert match.fields == (
        "name",
        "kind",
        "scope",
        "status",
        "attributes.http.route",
        "attributes.ids",
        "events.exception",
        "events.exception.attributes.exception.type",
        "events.retry",
        "links",
        "resource.service.name",
        "duration",
    )


def test_its_repr_is_source() -> None:
    expectation = span("GET /", kind=SERVER, attributes={"a": iso8601()}, events=["e"], links=[link()])
    expectation = expectation.with_child(span("b", status=ERROR)).linked_to(span("c"))
    assert repr(expectation) == (
        "span('GET /', kind=SERVER, attributes={'a': iso8601()}, events=[event('e')], links=[link()])"
        ".with_child(span('b', status=ERROR)).linked_to(span('c'))"
    )
    assert eval(repr(expectation)) == expectation  # noqa: S307 - the source is our own


def test_expectations_are_values() -> None:
    parent = span("a")
    assert parent.with_child(span("b")) == span("a").with_child(span("b"))
    assert parent == span("a")
    with pytest.raises(AttributeError):
        parent.name = "b"  # type: ignore[misc]


def test_constants_of_another_library_are_refused() -> None:
    from enum import Enum

    class OtelSpanKind(Enum):
        SERVER = 1

    with pytest.raises(TypeError) as caught:
        span("a", kind=OtelSpanKind.SERVER)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "span: kind: expected one of harness's UNSPECIFIED, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER"
        " or a matcher, <OtelSpanKind.SERVER: 1> given; closest: SERVER"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (span("a").with_child, "with_child: expected at least one span(…), none given"),
        (span("a").with_descendant, "with_descendant: expected at least one span(…), none given"),
        (span("a").linked_to, "linked_to: expected at least one span(…), none given"),
        (segment("a").with_subsegment, "with_subsegment: expected at least one subsegment(…), none given"),
    ],
)
def test_a_relation_to_nothing_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == message


def test_what_is_no_link_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^links: expected link\(…\), 'b' given$"):
        span("a", links=["b"])  # type: ignore[list-item]


def test_a_child_of_another_signal_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^with_child: expected span\(…\), segment\('a'\) given$"):
        span("a").with_child(segment("a"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^with_child: expected span\(…\), 'b' given$"):
        span("a").with_child("b")  # type: ignore[arg-type]


def test_telemetry_without_spans_is_no_error() -> None:
    assert not span("a").check(Telemetry()).passed
