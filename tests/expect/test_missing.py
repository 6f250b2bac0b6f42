from __future__ import annotations

from typing import Any

import pytest

from harness import (
    CLIENT,
    SERVER,
    regex,
    span,
)
from harness.expect import SpanExpectation, check_all
from harness.model import (
    Link,
    Site,
    Span,
    SpanKind,
)
from tests.builders import TRACE, a_span, a_telemetry

OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c"


def findings(expectation: SpanExpectation, *spans: Span, **telemetry: Any) -> list[str]:
    verdict = expectation.check(a_telemetry(*spans, **telemetry))
    return [f"{f.where} | {f.id}: {f.message}" for f in verdict.findings]


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

    def test_one_that_is_as_expected_in_all_but_its_name(self) -> None:
        spans = [a_span("zzz", attributes={"app.id": 7}), a_span("yyy")]
        assert findings(span("GET /", attributes={"app.id": 7}), *spans) == [
            (
                "GET / | span_missing: no span 'GET /' was captured;"
                " closest: 'zzz', as expected in all but its name"
            )
        ]

    def test_another_expectation_took_it(self) -> None:
        verdict = check_all([span("a"), span("a")], a_telemetry(a_span("a")))
        assert [f.message for f in verdict.findings] == [
            "no further span 'a' was captured; the 1 captured is taken by span('a')"
        ]

    def test_the_others_that_took_several_are_named(self) -> None:
        wanted = [span("a", kind=SERVER), span("a"), span("a"), span("a", attributes={"n": 1}), span("a")]
        captured = [
            a_span("a", kind=SpanKind.SERVER),
            a_span("a", span_id="2" * 16),
            a_span("a", span_id="3" * 16),
            a_span("a", span_id="4" * 16),
        ]
        verdict = check_all(wanted, a_telemetry(*captured))
        assert [f.message for f in verdict.findings] == [
            (
                "no further span 'a' was captured; the 4 captured are taken by "
                "span('a', kind=SERVER), 3 × span('a')"
            )
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
                (
                    "GET / › leav | span_missing: no descendant span 'leav' was captured;"
                    " closest: 'leaf' (leaf.py:3)"
                ),
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
                    " the 1 captured is taken by span('middle')"
                ),
            ),
            (
                span("GET /").with_child(span("middle")).with_descendant(span("middle")),
                (
                    "GET / › middle | span_missing: no further span 'middle' was captured;"
                    " the 1 captured is taken by span('middle')"
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
            (
                "process › other | link_missing: span 'other' was captured, but no link of 'process' points"
                " to it; 'process' links to 'publish'"
            )
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


def test_a_missing_child_has_the_line_at_which_its_parent_began() -> None:
    parent = a_span("GET /", site=Site("app.py", 7))
    (finding,) = span("GET /").with_child(span("query")).check(a_telemetry(parent)).findings
    assert (finding.message, finding.site) == (
        "no child span 'query' was captured; 'GET /' has none",
        Site("app.py", 7),
    )
