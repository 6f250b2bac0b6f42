"""Telemetry belongs to the scenario in which its trace began."""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import msgspec

from harness.capture.bucket import Bucket, other_threads
from harness.capture.call_site import CallSite, resolve, works_in_pool
from harness.model import Incident, Rejected


class Origin(NamedTuple):
    """Where the app made something that works behind its back, and the scenario in which it did.

    Attributes:
        owner: Weak: a provider outlives the run that made it, and the spans of that run need not.
    """

    owner: weakref.ref[Bucket]
    call: CallSite | None


_flushed: ContextVar[Origin | None] = ContextVar("harness_flushed", default=None)


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
        self.outside = self.current = Bucket()
        self._of_run = weakref.WeakSet([self.outside])
        self._of_trace: dict[str, list[Bucket]] = {}
        self._of_thread: weakref.WeakKeyDictionary[threading.Thread, Bucket] = weakref.WeakKeyDictionary()

    def begin(self, name: str = "") -> Bucket:
        """Make a new bucket current."""
        self.current = Bucket(self._claim_threads(), name=name)
        self._of_run.add(self.current)
        return self.current

    def of_run(self) -> list[Bucket]:
        """Return the buckets of this run that are still known to anybody."""
        return list(self._of_run)

    def end(self) -> None:
        """Make the outside bucket current again."""
        self._claim_threads()
        self.current = self.outside

    def _claim_threads(self) -> list[threading.Thread]:
        """Return the threads that run; those not seen before began in the current bucket."""
        running = other_threads()
        for thread in running:
            self._of_thread.setdefault(thread, self.current)
        return running

    @contextmanager
    def flushing(self, origin: Origin) -> Iterator[None]:
        """Say whose exporters send what they hold in this context, which no line of a test asked for."""
        token = _flushed.set(origin)
        try:
            yield
        finally:
            _flushed.reset(token)

    def add_incident(self, incident: Incident) -> None:
        """Give an incident of this thread to the bucket that it belongs to.

        An exporter works behind the app's back, on a thread of its own or flushed by us: what happens to
        it belongs to the scenario that made it, whichever is current by now.
        """
        origin = _flushed.get()
        if origin is not None:
            self.add_of(origin, incident)
        elif incident.site is None and not works_in_pool():  # no line of the app called
            self._of_thread.get(threading.current_thread(), self.current).add(incident)
        else:
            self.current.add(incident)

    def add_of(self, origin: Origin, item: Incident | Rejected) -> None:
        """Give what happened to an exporter to the bucket in which the app made it, with the app's line."""
        owner = origin.owner()
        if owner is None or owner not in self._of_run:  # an earlier run made it: start-up of this one
            owner = self.outside
        owner.add(msgspec.structs.replace(item, site=resolve(origin.call)))

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
        self._of_run = weakref.WeakSet([self.outside])
        self._of_trace.clear()
        self._of_thread.clear()
