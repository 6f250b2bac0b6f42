"""Telemetry belongs to the scenario in which its trace began."""

from __future__ import annotations

from harness.capture.bucket import Bucket

OUTSIDE = ""
"""The name of the bucket for telemetry that belongs to no scenario."""


class Ownership:
    """Routes what arrives to buckets.

    What carries a trace id goes to the bucket that was current when the trace
    was first seen, however late it arrives; what carries none goes to the
    current bucket, which is right because each scenario settles at its end.
    """

    def __init__(self) -> None:
        self.outside = Bucket(OUTSIDE)
        self.current = self.outside
        self._owner: dict[str, Bucket] = {}

    def begin(self, name: str) -> Bucket:
        """Make a new bucket current."""
        self.current = Bucket(name)
        return self.current

    def end(self) -> None:
        """Make the outside bucket current again."""
        self.current = self.outside

    def of_trace(self, trace_id: str) -> Bucket:
        """Return the owner of a trace; the current bucket owns one never seen before."""
        return self._owner.setdefault(trace_id, self.current)

    def restart(self) -> None:
        """Forget everything, for a second run in this process."""
        self.outside = self.current = Bucket(OUTSIDE)
        self._owner.clear()
