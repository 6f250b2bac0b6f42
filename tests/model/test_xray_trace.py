from __future__ import annotations

import pytest

from harness.model import Segment, xray_traces_of
from tests.builders import START_S, a_segment


def test_segments_are_grouped_and_in_order_of_start() -> None:
    late = a_segment("late", trace_id="b", start_time=START_S + 1)
    early, between = (
        a_segment("early", trace_id="a"),
        a_segment("between", trace_id="a", start_time=START_S + 2),
    )

    first, second = xray_traces_of([between, late, early])

    assert (first.trace_id, first.segments) == ("a", (early, between))
    assert (second.trace_id, second.segments) == ("b", (late,))


@pytest.mark.parametrize(
    ("segments", "root"),
    [
        ([a_segment("called", parent_id="x"), a_segment("entry", start_time=START_S + 1)], "entry"),
        ([a_segment("inner", parent_id="1"), a_segment("outer", id="1", parent_id="elsewhere")], "outer"),
        ([a_segment("one", id="1", parent_id="2"), a_segment("two", id="2", parent_id="1")], "one"),
    ],
)
def test_the_root_is_the_entry_point(segments: list[Segment], root: str) -> None:
    (trace,) = xray_traces_of(segments)
    assert trace.root.name == root
