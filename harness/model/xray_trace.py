"""X-Ray traces: the segment trees that share a trace id."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from harness.model.segment import Segment


class XRayTrace(msgspec.Struct, frozen=True):
    """One trace as X-Ray sees it: what a filter expression is about.

    Attributes:
        trace_id: ``1-`` 8 hex digits ``-`` 24 hex digits.
        segments: At least one, in order of start, each with its subsegments.
    """

    trace_id: str
    segments: tuple[Segment, ...]

    @property
    def duration(self) -> float | None:
        """The seconds from its first start to its last end; None while nothing has ended."""
        ends = [segment.end_time for segment in self.segments if segment.end_time is not None]
        return max(ends) - self.segments[0].start_time if ends else None

    @property
    def root(self) -> Segment:
        """The entry point: the earliest segment that no other segment of this trace called.

        A trace whose first service was not captured has the earliest segment
        that names a parent; forged input, where all call each other, the earliest.
        """
        for segment in self.segments:
            if segment.parent_id is None:
                return segment
        ids = {segment.id for segment in self.segments}
        for segment in self.segments:
            if segment.parent_id not in ids:
                return segment
        return self.segments[0]


def xray_traces_of(segments: Iterable[Segment]) -> tuple[XRayTrace, ...]:
    """Return segments grouped by trace id, in order of their earliest segment."""
    grouped: dict[str, list[Segment]] = {}
    for segment in sorted(segments, key=lambda item: item.start_time):
        grouped.setdefault(segment.trace_id, []).append(segment)
    return tuple(XRayTrace(trace_id, tuple(items)) for trace_id, items in grouped.items())
