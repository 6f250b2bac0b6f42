"""Channel ``xray``: documents from the wire, and what the SDK in this process holds back."""

from __future__ import annotations

import re
import weakref
from contextlib import AbstractContextManager

import msgspec

from harness.capture import xray_evidence
from harness.capture.bucket import Bucket
from harness.capture.channel import Context, OpenNode
from harness.capture.environment import LOOPBACK
from harness.capture.xray_begun import BegunEntity
from harness.capture.xray_daemon import XRayDaemon, datagrams_dropped
from harness.capture.xray_rules import SamplingRule
from harness.capture.xray_sampling import sampled_by
from harness.capture.xray_watch import XRayWatch
from harness.codec import adot, xray
from harness.codec.arrivals_file import Arrival
from harness.errors import DecodeError
from harness.model import DaemonCounters, ExportRequest, Rejected, SamplingStatistics

_TRACE_ID = re.compile(rb'"trace_id":\s*"(1-[0-9a-f]{8}-[0-9a-f]{24})"').search
_ID = re.compile(rb'"id":\s*"([0-9a-f]{16})"').search


class XRayChannel:
    """A daemon on one loopback port, and a watch on the SDK's recorders."""

    wire_channel = "xray"

    def __init__(self, context: Context) -> None:
        self._owners = context.owners
        self._arrivals = context.arrivals
        self.daemon = XRayDaemon(context.loop, context.arrivals)
        context.services["xray"] = self.daemon.answer
        self._watch = XRayWatch(context.patches, context.arrivals, self.daemon.address)
        self._current: list[BegunEntity] = []
        self._counted = DaemonCounters()
        self._statistics: weakref.WeakKeyDictionary[Bucket, list[SamplingStatistics]] = (
            weakref.WeakKeyDictionary()
        )

    def environment(self, host: str = LOOPBACK) -> dict[str, str | None]:
        """Return the daemon's address, which is that of X-Ray's API, too."""
        address = f"{host}:{self.daemon.port}"
        return {"AWS_XRAY_DAEMON_ADDRESS": address, "AWS_ENDPOINT_URL_XRAY": f"http://{address}"}

    def listen(self, host: str) -> None:
        """Let the daemon listen on another address, too."""
        self.daemon.listen(host)

    def flush(self, deadline: float, *, exporters: bool) -> None:  # noqa: ARG002  the SDK holds nothing back
        """Wait until every datagram sent so far has been received."""
        self.daemon.barrier(deadline)

    def ingest(self) -> None:
        """Hand over what the SDK began, documents, requests and losses."""
        current = self._owners.current
        while self._watch.begun:
            self._ingest_begun(self._watch.begun.popleft())
        if self.daemon.datagrams.received:
            self._count_drops()  # where the kernel dropped some, others were in its buffer
        while self.daemon.datagrams.received:
            self._ingest_datagram(self.daemon.datagrams.received.popleft())
        while self.daemon.requests:
            current.add(self.daemon.requests.popleft())
        while self._watch.unsampled:
            current.add(self._watch.unsampled.popleft())
        while self._watch.incidents:
            incident = self._watch.incidents.popleft()
            owner = self._owners.of_trace(incident.trace_id) if incident.trace_id else current
            owner.add(incident)
        while self.daemon.statistics:
            self._statistics.setdefault(current, []).append(self.daemon.statistics.popleft())

    def take(self, arrival: Arrival, body: bytes) -> None:
        """Take a recorded datagram or request."""
        if arrival.export is None:
            self.daemon.datagrams.received.append(body)
        else:
            self.daemon.requests.append(arrival.export)

    def _ingest_begun(self, begun: BegunEntity) -> None:
        owner = self._owner_of_beginning(begun)
        owner.node_ids.add(begun.entity.id)
        owner.begun.append(begun)
        if begun.lambda_segment is not None:
            owner.invocations.setdefault(begun.lambda_segment.id, xray_evidence.function_name())
        self._current.append(begun)

    def _owner_of_beginning(self, begun: BegunEntity) -> Bucket:
        parent = getattr(begun.entity, "parent_segment", None)
        known = self._owners.of_node(begun.trace_id, parent.id) if parent is not None else None
        return known or self._owners.begin_trace(begun.trace_id)

    def _ingest_datagram(self, datagram: bytes) -> None:
        try:
            body = xray.split_datagram(datagram)
            payload = adot.parse_payload(body)
            if payload is not None:
                self._ingest_payload(payload, datagram)
                return
            document = xray.parse_document(body)
        except DecodeError as error:
            self._count(received=1, rejected=1)
            self._reject(datagram, str(error))
            return
        self._count(received=1, sent=1)
        trace_id = document.trace_id or ""
        owner = self._owners.of_node(trace_id, document.id, document.parent_id or "")
        owner = owner or self._owners.of_trace(trace_id)
        if (hashed := hash(body)) in owner.hashes:
            owner.add(xray.duplicate_of(document, datagram))
        else:
            owner.hashes.add(hashed)
            owner.add(document)

    def _reject(self, datagram: bytes, reason: str) -> None:
        """Keep what cannot be read, with the name and line of what it is of, if this process began that."""
        trace_id, own_id = (found and found[1].decode() for found in (_TRACE_ID(datagram), _ID(datagram)))
        owner = self._owners.of_node(trace_id, own_id) if trace_id and own_id else None
        site = None
        for begun in owner.begun if owner else ():
            if begun.entity.id == own_id:
                reason, site = f"{begun.kind} {begun.entity.name!r}: {reason}", begun.site()
        rejected = Rejected(channel="xray", reason=reason, payload=datagram, site=site)
        (owner or self._owners.current).add(rejected)

    def _ingest_payload(self, payload: adot.Payload, datagram: bytes) -> None:
        """Hand over what ADOT sent; X-Ray never shows the unsampled spans."""
        from harness.capture.wire_spans import ingest_wire_spans
        from harness.codec import otlp

        self._count(received=1, sent=1)
        current = self._owners.current
        if payload.path == "/v1/metrics":
            current.add(*otlp.metrics_of(payload.message))
        elif payload.kind == adot.UNSAMPLED:
            current.add(*adot.unsampled_spans(payload))
        else:
            ingest_wire_spans(self._owners, otlp.spans_of(payload.message))
        invalid, reason = adot.rejected_spans(payload)
        if invalid:
            current.add(Rejected(channel="xray", reason=reason, payload=datagram))
        items = otlp.count_items(payload.message) - invalid
        current.add(ExportRequest(channel="xray", path=f"udp {payload.kind}", items=items))

    def _count_drops(self) -> None:
        lost = self.daemon.drops() - self._counted.spillover
        if lost > 0:
            self._count(spillover=lost)
            self._owners.current.add(datagrams_dropped(lost))

    def _count(self, **more: int) -> None:
        counted = {name: getattr(self._counted, name) + number for name, number in more.items()}
        self._counted = msgspec.structs.replace(self._counted, **counted)

    def counters(self) -> DaemonCounters:
        """Return what became of the datagrams of this process so far."""
        return self._counted

    def statistics_of(self, bucket: Bucket) -> tuple[SamplingStatistics, ...]:
        """Return what SDKs reported about sampling while a bucket was the current one."""
        return tuple(self._statistics.get(bucket, ()))

    def open_nodes(self) -> list[OpenNode]:
        """Return the segments and subsegments not ended yet."""
        self._current = [begun for begun in self._current if not begun.ended]
        return [
            OpenNode(id(begun.entity), begun.kind, begun.entity.name, begun.thread, begun.site())
            for begun in self._current
        ]

    def end_scenario(self) -> None:
        """Take what this scenario left open off this thread, else the next one's work hangs below it."""
        mine = {id(begun.entity) for begun in self._current}
        for recorder in tuple(self._watch.recorders):
            entity = self._watch.current_of(recorder.context)
            if entity is not None and id(getattr(entity, "parent_segment", entity)) in mine | self._unsent():
                recorder.clear_trace_entities()
        self._current.clear()

    def _unsent(self) -> set[int]:
        return {id(begun.entity) for begun in self._owners.current.begun if not begun.sent}

    def sampling(self, *rules: SamplingRule) -> AbstractContextManager[None]:
        """Return a context in which the SDK samples by these rules instead of everything."""
        return sampled_by(rules, self.daemon, self._watch, self._arrivals)

    def finish(self) -> None:
        """Nothing more to report: what is unsent is unfinished, and known as such."""

    def stop(self) -> None:
        """Close the daemon, and the SDK's sockets."""
        self._watch.close()
        self.daemon.close()


def create(context: Context) -> XRayChannel:
    """Return the channel."""
    return XRayChannel(context)
