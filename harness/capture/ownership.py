"""Telemetry belongs to the scenario in which its trace began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.capture.bucket import Bucket, other_threads


class Ownership:
    """Routes what arrives to buckets.

    What carries a trace id goes to the bucket in which that trace began,
    however late it arrives; what carries none goes to the current bucket,
    which is right because each scenario settles at its end.

    A thread that begins a trace does so in the current bucket, whichever scenario
    started it: a worker of a pool outlives the scenario that first needed it.

    Scenarios may reuse a trace id (a fixed ``traceparent`` in a test), so a
    trace begins anew wherever a span without a known parent starts.
    """

    def __init__(self) -> None:
        self.outside = Bucket()
        self.current = self.outside
        self._of_trace: dict[str, list[Bucket]] = {}

    def begin(self) -> Bucket:
        """Make a new bucket current."""
        self.current = Bucket(other_threads())
        return self.current

    def end(self) -> None:
        """Make the outside bucket current again."""
        self.current = self.outside

    def begin_trace(self, trace_id: str) -> Bucket:
        """Return the current bucket, from now on the owner of this trace."""
        buckets = self._of_trace.setdefault(trace_id, [])
        if not buckets or buckets[-1] is not self.current:
            buckets.append(self.current)
        return self.current

    def of_node(self, trace_id: str, *node_ids: str) -> Bucket | None:
        """Return the bucket that holds one of these spans or segments, if any does; the latest of several."""
        return next(self.holders(trace_id, *node_ids), None)

    def holders(self, trace_id: str, *node_ids: str) -> Iterator[Bucket]:
        """Yield the buckets that hold one of these spans or segments, the latest first."""
        for bucket in reversed(self._of_trace.get(trace_id, ())):
            if any(node_id in bucket.node_ids for node_id in node_ids):
                yield bucket

    def of_trace(self, trace_id: str) -> Bucket:
        """Return the latest owner of a trace; the current bucket owns one never seen before."""
        buckets = self._of_trace.get(trace_id)
        return buckets[-1] if buckets else self.begin_trace(trace_id)

    @staticmethod
    def shares(owners: Iterable[Bucket]) -> Iterator[tuple[Bucket, int]]:
        """Yield each owner of a batch's items, and how many of them it owns.

        One batch may carry several scenarios' items: each scenario sees a request with its own share.
        """
        yield from Counter(owners).items()

    def restart(self) -> None:
        """Forget everything, for a second run in this process."""
        self.outside = self.current = Bucket()
        self._of_trace.clear()
