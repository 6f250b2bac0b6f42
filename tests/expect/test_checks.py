from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import ERROR, TelemetryAssertionError, log_event, regex, segment, span, subsegment
from harness.expect import SpanExpectation, check_all, check_count, check_none, check_one, find
from harness.expect.failure import failure_message
from harness.model import Site, Span, Telemetry, Verdict
from tests.builders import TRACE, a_log_event, a_segment, a_span, a_subsegment, a_telemetry


def told(verdict: Verdict) -> list[str]:
    return [f"{f.where} | {f.id}: {f.message}" for f in verdict.findings]


class TestCheckAll:
    def test_every_expectation_has_its_own_captured_value(self) -> None:
        one, two = a_span("a", span_id="1" * 16), a_span("a", span_id="2" * 16)
        verdict = check_all([span("a"), span("a")], a_telemetry(one, two))
        assert verdict.passed
        assert [m.node_id for m in verdict.matched] == [f"{TRACE}/{'1' * 16}", f"{TRACE}/{'2' * 16}"]

    def test_a_modest_expectation_leaves_the_picky_one_its_span(self) -> None:
        one = a_span("a", span_id="1" * 16, attributes={"x": 1})
        two = a_span("a", span_id="2" * 16)
        assert check_all([span("a"), span("a", attributes={"x": 1})], a_telemetry(one, two)).passed

    def test_each_unmet_expectation_is_explained_by_another_span(self) -> None:
        one = a_span("a", span_id="1" * 16, attributes={"x": 1, "y": 1})
        two = a_span("a", span_id="2" * 16, attributes={"x": 2, "y": 2})
        expectations = [span("a", attributes={"x": x, "y": x, "z": 0}) for x in (2, 1)]
        assert told(check_all(expectations, a_telemetry(one, two))) == [
            "a | attribute_missing: no attribute 'z'; captured: 'x', 'y'",
            "a | attribute_missing: no attribute 'z'; captured: 'x', 'y'",
        ]

    def test_all_signals_are_checked_and_all_findings_told(self) -> None:
        telemetry = a_telemetry(a_span("a"), a_segment("b", fault=True))
        verdict = check_all([span("a", status=ERROR), segment("b", fault=False), log_event("c")], telemetry)
        assert told(verdict) == [
            "a | status_mismatch: status: expected ERROR, captured UNSET",
            "segment b | fault_mismatch: fault: expected False, captured True",
            (
                "log event c | log_event_missing: no log event 'c' was captured;"
                " no log event was captured at all"
            ),
        ]
        assert (
            verdict.expectation
            == "expect(span('a', status=ERROR), segment('b', fault=False), log_event('c'))"
        )

    def test_what_holds_is_matched_even_when_something_else_does_not(self) -> None:
        verdict = check_all([span("a"), span("b")], a_telemetry(a_span("a")))
        assert [m.node_id for m in verdict.matched] == [f"{TRACE}/{a_span('a').span_id}"]

    def test_segments_and_subsegments_do_not_compete(self) -> None:
        telemetry = a_telemetry(a_segment("a", a_subsegment("a")))
        assert check_all([segment("a"), subsegment("a")], telemetry).passed

    def test_what_is_no_expectation_is_refused(self) -> None:
        with pytest.raises(
            TypeError, match=r"^expect: expected an expectation such as span\(…\), 'a' given$"
        ):
            check_all(["a"], Telemetry())  # type: ignore[list-item]
        with pytest.raises(TypeError, match=r"^expect: expected at least one expectation, none given$"):
            check_all([], Telemetry())


class TestCheckNone:
    def test_it_passes_when_nothing_matches(self) -> None:
        verdict = check_none([span("a", status=ERROR), span("b")], a_telemetry(a_span("a")))
        assert verdict == Verdict(expectation="expect_none(span('a', status=ERROR), span('b'))")

    def test_it_tells_what_matches_and_where_it_was_made(self) -> None:
        root = a_span("root")
        telemetry = a_telemetry(
            root,
            *[
                a_span("a", span_id=f"{n:016x}", parent=root, site=Site("app.py", n), at_ms=n)
                for n in range(1, 5)
            ],
        )
        verdict = check_none([span("a")], telemetry)
        assert told(verdict) == [
            (
                "a | span_unexpected: expected no span 'a', captured 4:"
                " root › a (app.py:1), root › a (app.py:2), root › a (app.py:3) and 1 more"
            )
        ]
        assert verdict.findings[0].site == Site("app.py", 1)
        assert verdict.matched == ()

    def test_ids_name_the_signal(self) -> None:
        telemetry = a_telemetry(a_segment("s", a_subsegment("t")), a_log_event("l"))
        verdict = check_none([segment("s"), subsegment("t"), log_event(regex("l"))], telemetry)
        assert told(verdict) == [
            "segment s | segment_unexpected: expected no segment 's', captured 1: s",
            "subsegment t | subsegment_unexpected: expected no subsegment 't', captured 1: s › t",
            (
                "log event regex('l') | log_event_unexpected: expected no log event matching regex('l'),"
                " captured 1: l"
            ),
        ]

    def test_what_must_not_be_there_is_told_whole(self) -> None:
        parent = a_span("p", attributes={"x": 1})
        telemetry = a_telemetry(parent, a_span("c", parent=parent))
        children = span("p").with_child(span("c"))
        assert told(check_none([children, span("p", attributes={"x": 1})], telemetry)) == [
            ("p | span_unexpected: expected no span matching span('p').with_child(span('c')), captured 1: p"),
            "p | span_unexpected: expected no span matching span('p', attributes={'x': 1}), captured 1: p",
        ]
        assert told(check_count(2, children, telemetry)) == [
            "p | count_mismatch: expected 2 spans matching span('p').with_child(span('c')), captured 1"
        ]

    def test_nothing_to_refuse_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"^expect_none: expected at least one expectation, none given$"):
            check_none([], Telemetry())


class TestCheckCount:
    telemetry = a_telemetry(
        a_span("a", span_id="1" * 16),
        a_span("a", span_id="2" * 16, attributes={"x": 2}),
        a_span("a", span_id="3" * 16, attributes={"x": 1}),
    )

    def test_it_counts_what_matches(self) -> None:
        verdict = check_count(3, span("a"), self.telemetry)
        assert (verdict.passed, len(verdict.matched)) == (True, 3)
        assert check_count(1, span("a", attributes={"x": 1}), self.telemetry).passed
        assert check_count(0, span("b"), self.telemetry).passed

    def test_too_few(self) -> None:
        verdict = check_count(2, span("a", attributes={"x": 1}), self.telemetry)
        assert told(verdict) == [
            (
                "a | count_mismatch: expected 2 spans matching span('a', attributes={'x': 1}), captured 1;"
                " 2 more differ, the closest in: no attribute 'x'; none was captured"
            )
        ]
        assert verdict.expectation == "expect_count(2, span('a', attributes={'x': 1}))"

    def test_none(self) -> None:
        assert told(check_count(1, span(regex("^b")), self.telemetry)) == [
            "regex('^b') | count_mismatch: expected 1 span matching regex('^b'), captured 0; captured: 'a'"
        ]

    def test_none_of_a_name_tells_the_closest(self) -> None:
        lines = [a_log_event(f"line {number}") for number in range(12)]
        telemetry = a_telemetry(a_log_event("HomeActivites"), *lines)
        verdict = check_count(1, log_event("HomeActivities"), telemetry)
        assert told(verdict) == [
            (
                "log event HomeActivities | count_mismatch: expected 1 log event 'HomeActivities', captured"
                " 0; closest: 'HomeActivites'"
            )
        ]
        message = failure_message(verdict, a_telemetry(*lines))
        assert message.splitlines()[-2:] == ["  cruddur/web  'line 9'", "  … 2 more log events"]

    def test_too_many(self) -> None:
        assert told(check_count(1, span("a"), self.telemetry)) == [
            "a | count_mismatch: expected 1 span 'a', captured 3: a, a, a"
        ]

    def test_a_negative_count_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"^expect_count: expected a count >= 0, -1 given$"):
            check_count(-1, span("a"), self.telemetry)


class TestFind:
    def test_the_one_that_matches(self) -> None:
        one, two = a_span("a", span_id="1" * 16), a_span("a", span_id="2" * 16, attributes={"x": 1})
        telemetry = a_telemetry(one, two)
        found: Span = find(span("a", attributes={"x": 1}), telemetry)
        assert found is two
        verdict = check_one(span("a", attributes={"x": 1}), telemetry)
        assert [(m.node_id, m.fields) for m in verdict.matched] == [
            (f"{TRACE}/{'2' * 16}", ("name", "attributes.x"))
        ]

    def test_none(self) -> None:
        with pytest.raises(TelemetryAssertionError) as caught:
            find(span("a", status=ERROR), a_telemetry(a_span("a")))
        assert str(caught.value) == (
            "1 expectation not met\n"
            "  at a\n"
            "    status_mismatch: status: expected ERROR, captured UNSET\n"
            "captured:\n"
            "  a [internal] 1.0 ms"
        )
        assert caught.value.verdict.expectation == "span('a', status=ERROR)"

    def test_several(self) -> None:
        telemetry = a_telemetry(a_log_event("x1"), a_log_event("x2"))
        with pytest.raises(TelemetryAssertionError) as caught:
            find(log_event(regex("x")), telemetry)
        assert str(caught.value) == (
            "1 expectation not met\n"
            "  at log event regex('x')\n"
            "    count_mismatch: expected 1 log event matching regex('x'), captured 2: x1, x2\n"
            "captured:\n"
            "  cruddur/web  'x1'\n"
            "  cruddur/web  'x2'"
        )


# Random trees of few names, so that expectations compete.
names = st.sampled_from("ab")


@st.composite
def forests(draw: st.DrawFn) -> list[Span]:
    spans: list[Span] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        parent = draw(st.sampled_from([None, *spans]))
        spans.append(
            a_span(
                draw(names),
                parent=parent,
                span_id=f"{number:016x}",
                at_ms=draw(st.integers(0, 3)),
                attributes={"x": draw(st.integers(0, 1))},
            )
        )
    return spans


def expectations(depth: int = 2) -> st.SearchStrategy[SpanExpectation]:
    simple = st.builds(span, names) | st.builds(
        lambda n, x: span(n, attributes={"x": x}), names, st.integers(0, 1)
    )
    if not depth:
        return simple
    below = st.lists(expectations(depth - 1), max_size=2)
    return st.builds(_with_nodes_below, simple, below, below)


def _with_nodes_below(
    expectation: SpanExpectation, children: list[SpanExpectation], descendants: list[SpanExpectation]
) -> SpanExpectation:
    if children:
        expectation = expectation.with_child(*children)
    return expectation.with_descendant(*descendants) if descendants else expectation


groups = st.lists(expectations(), min_size=1, max_size=3)


@given(forests(), groups, st.randoms())
def test_the_order_of_captured_spans_is_irrelevant(spans: list[Span], group: list[Any], random: Any) -> None:
    shuffled = list(spans)
    random.shuffle(shuffled)
    assert check_all(group, a_telemetry(*spans)) == check_all(group, a_telemetry(*shuffled))


@given(forests(), groups)
def test_an_unrelated_span_breaks_no_passing_check(spans: list[Span], group: list[Any]) -> None:
    more = [
        a_span("a", span_id="f" * 16, trace_id="0" * 31 + "1"),
        a_span("b", span_id="e" * 16, parent=spans[0]),
    ]
    if check_all(group, a_telemetry(*spans)).passed:
        assert check_all(group, a_telemetry(*more, *spans)).passed


@given(forests(), groups)
def test_a_check_passes_or_tells_why(spans: list[Span], group: list[Any]) -> None:
    telemetry = a_telemetry(*spans)
    verdict = check_all(group, telemetry)
    assert verdict == check_all(group, telemetry)
    roots = [m.node_id for m in verdict.matched]
    assert verdict.passed is (not verdict.findings)
    assert verdict.findings or len(roots) >= len(group)


@given(forests(), expectations())
def test_count_and_none_agree_with_all(spans: list[Span], expectation: SpanExpectation) -> None:
    telemetry = a_telemetry(*spans)
    fitting = next(n for n in range(len(spans) + 1) if check_count(n, expectation, telemetry).passed)
    assert check_none([expectation], telemetry).passed is (fitting == 0)
    assert check_all([expectation] * (fitting + 1), telemetry).passed is False
    assert fitting == 0 or check_all([expectation] * fitting, telemetry).passed


def test_deep_traces_do_not_recurse() -> None:
    spans: list[Span] = []
    for number in range(1, 4_001):
        parent = spans[-1] if spans else None
        spans.append(
            a_span("a" if number < 4_000 else "leaf", parent=parent, span_id=f"{number:016x}", at_ms=number)
        )
    telemetry = a_telemetry(*spans)
    assert check_all([span("a").with_descendant(span("leaf"))], telemetry).passed
    assert told(check_all([span("leaf").with_child(span("x"))], telemetry)) == [
        "leaf › x | span_missing: no child span 'x' was captured; 'leaf' has none"
    ]


def test_a_thousand_spans_of_a_name_are_matched() -> None:
    spans = [a_span("a", span_id=f"{n:016x}", attributes={"n": n}) for n in range(1, 1_001)]
    telemetry = a_telemetry(*spans)
    wanted = [span("a", attributes={"n": n}) for n in range(1_000, 990, -1)]
    verdict = check_all([*[span("a")] * 990, *wanted], telemetry)
    assert verdict.passed
    assert len({m.node_id for m in verdict.matched}) == 1_000


class TestWhichMatchTheSameSpan:
    """The table of docs/expectations.md."""

    root = a_span("a", span_id="1" * 16)
    one = a_span("b", span_id="2" * 16, parent=root)
    two = a_span("b", span_id="3" * 16, parent=one)

    @pytest.mark.parametrize(
        ("expectations", "needed"),
        [
            ([span("b"), span("b")], 2),
            ([span("a").with_child(span("b")), span("b")], 1),
            ([span("a").with_child(span("b")).with_descendant(span("b"))], 2),
        ],
    )
    def test_only_those_beside_one_another_compete(
        self, expectations: list[SpanExpectation], needed: int
    ) -> None:
        assert check_all(expectations, a_telemetry(self.root, self.one)).passed == (needed == 1)
        assert check_all(expectations, a_telemetry(self.root, self.one, self.two)).passed

    def test_segments_too(self) -> None:
        telemetry = a_telemetry(a_segment("a", a_subsegment("b")))
        nested = segment("a").with_subsegment(subsegment("b"))
        assert check_all([nested, subsegment("b")], telemetry).passed
        assert not check_all([subsegment("b"), subsegment("b")], telemetry).passed
