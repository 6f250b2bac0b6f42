"""What holds for the diff of any two runs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.analysis.diff import diff_records
from harness.analysis.diff.canonical import Operations, canonical_run
from harness.analysis.diff.pairing import most_similar, outline, similarity
from harness.analysis.diff.shape import Shape, Shapes
from harness.model import RunRecord, Span, SpanEvent, SpanKind, Status, StatusCode
from tests.analysis.diff.runs import a_run
from tests.builders import a_log_event, a_segment, a_span, a_subsegment

NAMES = st.sampled_from(["GET /x", "query", "query", "render", "a", ""])
KEYS = st.sampled_from(["app.now", "app.rows", "http.status_code", "http.response.status_code", "wait_ms"])
VALUES = st.one_of(
    st.booleans(),
    st.integers(0, 5),
    st.floats(),
    st.sampled_from(["", "GET", "2026-03-01T12:00:00Z", "\ud800"]),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers() | st.text(max_size=2), max_size=2),
)
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=3)


@st.composite
def spans_of(draw: st.DrawFn) -> list[Span]:
    """Draw a forest: each span's parent is an earlier one, or none."""
    spans: list[Span] = []
    for number in range(draw(st.integers(0, 9))):
        parent = draw(st.none() | st.sampled_from(spans)) if spans else None
        events = draw(st.lists(st.sampled_from(["exception", "sent"]), max_size=1))
        spans.append(
            a_span(
                draw(NAMES),
                parent=parent,
                span_id=f"{number + 1:016x}",
                trace_id=parent.trace_id if parent else f"{number + 1:032x}",
                kind=draw(st.sampled_from(SpanKind)),
                status=Status(draw(st.sampled_from(StatusCode))),
                attributes=draw(ATTRIBUTES),
                events=tuple(SpanEvent(name=name, time_unix_nano=1) for name in events),
            )
        )
    return spans


@st.composite
def runs(draw: st.DrawFn) -> RunRecord:
    captured: list[Any] = draw(spans_of())
    pairs = draw(st.lists(st.tuples(ATTRIBUTES, ATTRIBUTES), max_size=2))
    captured += [
        a_segment("backend", a_subsegment("mock", annotations=first, metadata={"ns": second}))
        for first, second in pairs
    ]
    captured += map(a_log_event, draw(st.lists(st.sampled_from(["a 1", "b", "a 2 c"]), max_size=3)))
    return a_run(*captured)


@given(runs())
def test_a_run_does_not_differ_from_itself(run: RunRecord) -> None:
    assert diff_records(run, run).changes == ()


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_is_no_change(run: RunRecord, order: random.Random) -> None:
    (scenario,) = run.scenarios
    telemetry = scenario.telemetry
    shuffled = {}
    for name in ("spans", "segments", "log_events"):
        items = list(getattr(telemetry, name))
        order.shuffle(items)
        shuffled[name] = tuple(items)
    other = replace(run, scenarios=(replace(scenario, telemetry=replace(telemetry, **shuffled)),))

    assert diff_records(run, other).changes == ()


@given(spans_of())
def test_ids_and_times_are_no_change(spans: list[Span]) -> None:
    others = [
        replace(
            span,
            trace_id=f"{int(span.trace_id, 16) + 77:032x}",
            span_id=f"{int(span.span_id, 16) + 77:016x}",
            parent_span_id=span.parent_span_id and f"{int(span.parent_span_id, 16) + 77:016x}",
            start_time_unix_nano=span.start_time_unix_nano + 12345,
        )
        for span in spans
    ]

    assert diff_records(a_run(*spans), a_run(*others)).changes == ()


_MIRRORED = {"added": "removed", "removed": "added"}


@given(runs(), runs())
def test_the_diff_back_mirrors_the_diff(one: RunRecord, two: RunRecord) -> None:
    there = Counter(
        (_MIRRORED.get(c.kind, c.kind), c.noun, c.what, c.after, c.before, c.nodes)
        for c in diff_records(one, two).changes
        if c.kind in _MIRRORED
    )
    back = Counter(
        (c.kind, c.noun, c.what, c.before, c.after, c.nodes)
        for c in diff_records(two, one).changes
        if c.kind in _MIRRORED
    )

    assert there == back


@given(runs(), runs())
def test_no_changes_means_that_the_other_way_has_none(one: RunRecord, two: RunRecord) -> None:
    assert (diff_records(one, two).changes == ()) is (diff_records(two, one).changes == ())


@given(spans_of(), spans_of())
def test_no_nodes_are_more_similar_than_their_outlines_allow(before: list[Span], after: list[Span]) -> None:
    shapes = Shapes()
    runs = [canonical_run(a_run(*spans), shapes) for spans in (before, after)]
    first, second = (list(_with_below(run.scenarios["test_x"])) for run in runs)

    for one in first:
        for other in second:
            assert similarity(one, other) <= most_similar(outline(one), outline(other)) + 1e-9


def _with_below(signals: Mapping[str, Operations]) -> Iterator[Shape]:
    pending = [shape for found in signals.get("span", {}).values() for shape in found]
    while pending:
        shape = pending.pop()
        yield shape
        pending += [below for below, _ in shape.children]
