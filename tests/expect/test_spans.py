from __future__ import annotations

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


class TestMissing:
    def test_nothing_at_all(self) -> None:
        assert findings(span("GET /")) == [
            "GET / | span_missing: no span 'GET /' was captured; no span was captured at all"
        ]

    def test_the_closest_name(self) -> None:
        spans = [a_span("GET /users"), a_span("home-activites-mock-data")]
        assert findings(span("home-activities-mock-data"), *spans) == [
            (
                "home-activities-mock-data | span_missing: no span 'home-activities-mock-data' was captured;"
                " closest: 'home-activites-mock-data'"
            )
        ]

    def test_no_close_name(self) -> None:
        spans = [a_span(f"query {n}", at_ms=n) for n in range(8)]
        assert findings(span("GET /"), *spans) == [
            (
                "GET / | span_missing: no span 'GET /' was captured; captured:"
                " 'query 0', 'query 1', 'query 2', 'query 3', 'query 4' and 3 more"
            )
        ]

    def test_a_matcher_as_name(self) -> None:
        assert findings(span(regex("^POST")), a_span("GET /")) == [
            "regex('^POST') | span_missing: no span matching regex('^POST') was captured; captured: 'GET /'"
        ]

    def test_another_expectation_took_it(self) -> None:
        from harness.expect import check_all

        verdict = check_all([span("a"), span("a")], a_telemetry(a_span("a")))
        assert [f.message for f in verdict.findings] == [
            "no further span 'a' was captured; 1 captured, matched by other expectations"
        ]


class TestChildren:
    root = a_span("GET /")
    middle = a_span("middle", parent=root)
    leaf = a_span("leaf", parent=middle, site=Site("leaf.py", 3))
    elsewhere = a_span("GET /other", trace_id=OTHER_TRACE)
    stranger = a_span("stranger", parent=elsewhere)
    orphan = a_span("orphan", parent_span_id="f" * 16)

    def told(self, expectation: SpanExpectation) -> list[str]:
        spans = [self.root, self.middle, self.leaf, self.elsewhere, self.stranger, self.orphan]
        return findings(expectation, *spans)

    @pytest.mark.parametrize(
        "expectation",
        [
            span("GET /").with_child(span("middle").with_child(span("leaf"))),
            span("GET /").with_child(span("middle")).with_descendant(span("leaf")),
            span("GET /").with_descendant(span("leaf"), span(regex("mid"))),
            span(regex("GET")).with_child(span("stranger")),
        ],
    )
    def test_they_are_found_below_their_parent(self, expectation: SpanExpectation) -> None:
        assert self.told(expectation) == []

    @pytest.mark.parametrize(
        ("expectation", "message"),
        [
            (
                span("GET /").with_child(span("leaf")),
                (
                    "GET / › leaf | span_not_under_parent: span 'leaf' was captured,"
                    " but not as a child of 'GET /'; it is at GET / › middle › leaf"
                ),
            ),
            (
                span("GET /").with_descendant(span("stranger")),
                (
                    "GET / › stranger | span_not_under_parent: span 'stranger' was captured, but not below"
                    " 'GET /'; it is at GET /other › stranger of another trace,"
                    " 0af7651916cd43dd8448eb211c80319c"
                ),
            ),
            (
                span("middle").with_child(span("GET /other")),
                (
                    "middle › GET /other | span_not_under_parent: span 'GET /other' was captured, but not as"
                    " a child of 'middle'; it is a root of another trace, 0af7651916cd43dd8448eb211c80319c"
                ),
            ),
            (
                span("GET /").with_child(span("orphan")),
                (
                    "GET / › orphan | span_not_under_parent: span 'orphan' was captured, but not as a"
                    " child of 'GET /'; it is a root: its parent ffffffffffffffff was not captured"
                ),
            ),
            (
                span("GET /").with_child(span("middle").with_child(span("leaf", kind=SERVER))),
                "GET / › middle › leaf | kind_mismatch: kind: expected SERVER, captured INTERNAL",
            ),
            (
                span("GET /").with_child(span("middel")),
                "GET / › middel | span_missing: no child span 'middel' was captured; closest: 'middle'",
            ),
            (
                span("GET /").with_descendant(span("leav")),
                "GET / › leav | span_missing: no descendant span 'leav' was captured; closest: 'leaf'",
            ),
            (
                span("GET /").with_child(span("strangr")),
                (
                    "GET / › strangr | span_missing: no child span 'strangr' was captured;"
                    " closest: 'stranger' at GET /other › stranger"
                ),
            ),
            (
                span("leaf").with_child(span("zzz")),
                "leaf › zzz | span_missing: no child span 'zzz' was captured; 'leaf' has none",
            ),
            (
                span("GET /").with_child(span("middle"), span("middle")),
                (
                    "GET / › middle | span_missing: no further span 'middle' was captured;"
                    " 1 captured, matched by other expectations"
                ),
            ),
            (
                span("GET /").with_child(span("middle")).with_descendant(span("middle")),
                (
                    "GET / › middle | span_missing: no further span 'middle' was captured;"
                    " 1 captured, matched by other expectations"
                ),
            ),
        ],
    )
    def test_what_is_not_there_is_told_with_its_place(
        self, expectation: SpanExpectation, message: str
    ) -> None:
        assert self.told(expectation) == [message]

    def test_the_line_that_made_a_misplaced_span_is_told(self) -> None:
        verdict = span("GET /").with_child(span("leaf")).check(a_telemetry(self.root, self.middle, self.leaf))
        assert verdict.findings[0].site == Site("leaf.py", 3)

    def test_the_parent_whose_children_hold_is_chosen(self) -> None:
        one, other = a_span("p", span_id="1" * 16), a_span("p", span_id="2" * 16)
        telemetry = a_telemetry(one, other, a_span("c", parent=other))
        verdict = span("p").with_child(span("c")).check(telemetry)
        assert [m.node_id for m in verdict.matched] == [
            f"{TRACE}/{'2' * 16}",
            f"{TRACE}/{a_span('c').span_id}",
        ]

    def test_parent_and_child_tell_their_findings_together(self) -> None:
        expectation = span("GET /", kind=CLIENT).with_child(span("middle", scope="x"), span("zzz"))
        assert self.told(expectation) == [
            "GET / | kind_mismatch: kind: expected CLIENT, captured INTERNAL",
            "GET / › middle | scope_mismatch: scope: expected 'x', captured ''",
            "GET / › zzz | span_missing: no child span 'zzz' was captured; captured: 'middle'",
        ]


class TestLinkedTo:
    publish = a_span("publish", trace_id=OTHER_TRACE)
    process = a_span("process", links=(Link(trace_id=OTHER_TRACE, span_id=publish.span_id),))

    def test_the_target_of_a_link(self) -> None:
        expectation = span("process").linked_to(span("publish"))
        verdict = expectation.check(a_telemetry(self.publish, self.process))
        assert verdict.passed
        assert [m.fields for m in verdict.matched] == [("name", "links"), ("name",)]

    def test_a_target_that_no_link_points_to(self) -> None:
        spans = [self.publish, self.process, a_span("other")]
        assert findings(span("process").linked_to(span("other")), *spans) == [
            "process › other | link_missing: span 'other' was captured, but no link of 'process' points to it"
        ]

    def test_a_target_that_was_not_captured(self) -> None:
        assert findings(span("process").linked_to(span("publish")), self.process) == [
            "process › publish | span_missing: no linked span 'publish' was captured;"
            " 'process' links to 0af7651916cd43dd8448eb211c80319c/" + self.publish.span_id
        ]

    def test_a_span_without_links(self) -> None:
        assert findings(span("a").linked_to(span("b")), a_span("a")) == [
            "a › b | span_missing: no linked span 'b' was captured; 'a' has no links"
        ]

    def test_a_target_with_other_details(self) -> None:
        assert findings(
            span("process").linked_to(span("publish", kind=CLIENT)), self.publish, self.process
        ) == ["process › publish | kind_mismatch: kind: expected CLIENT, captured INTERNAL"]


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
        "kind: expected one of harness's UNSPECIFIED, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER;"
        " <OtelSpanKind.SERVER: 1> given"
    )


def test_a_child_of_another_signal_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^with_child: expected span\(…\), segment\('a'\) given$"):
        span("a").with_child(segment("a"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^with_child: expected span\(…\), 'b' given$"):
        span("a").with_child("b")  # type: ignore[arg-type]


def test_telemetry_without_spans_is_no_error() -> None:
    assert not span("a").check(Telemetry()).passed
