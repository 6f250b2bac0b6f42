"""Channel ``otel``: OpenTelemetry, in-process and from OTLP/HTTP exports."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

import msgspec

from harness.capture.bucket import Bucket
from harness.capture.channel import Context, OpenNode
from harness.capture.environment import LOOPBACK, OTHER_OTLP
from harness.capture.otel_evidence import (
    DroppedSpan,
    StartedSpan,
    context_leaked,
    name_and_site,
)
from harness.capture.otel_watch import OtelWatch
from harness.capture.otlp_receiver import OtlpReceiver, Received
from harness.capture.ownership import Origin
from harness.capture.sdk_warnings import SdkWarnings
from harness.capture.unexported import ExportComparison
from harness.capture.wire_spans import ingest_wire_spans
from harness.codec import otlp, sdk, zipkin_halves
from harness.codec.arrivals_file import Arrival
from harness.codec.otlp import SpanKey
from harness.model import Elsewhere, ExportRequest, Rejected, Resource


class OtelChannel:
    """Sees spans, metrics and log records in-process, and what the exporters send of them.

    Attributes:
        receiver: Where the exporters send.
    """

    wire_channel = "otlp"

    def __init__(self, context: Context) -> None:
        self._owners = context.owners
        self.receiver = OtlpReceiver(context.loop, context.arrivals)
        self._watch = OtelWatch(context.patches, context.arrivals, context.owners)
        self._warnings = SdkWarnings(context.owners)
        self._comparison = ExportComparison()
        self._open: dict[int, StartedSpan] = {}
        self._seen_in_process: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)

    def environment(self, host: str = LOOPBACK) -> dict[str, str | None]:
        """Return the endpoints, and what would win over them, to be removed."""
        endpoint = f"http://{host}:{self.receiver.port}"
        return {
            **OTHER_OTLP,
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
            "OTEL_EXPORTER_ZIPKIN_ENDPOINT": endpoint + otlp.ZIPKIN_PATH,
        }

    def listen(self, host: str) -> None:
        """Let the receiver listen on another address, too."""
        self.receiver.listen(host)

    def flush(self, deadline: float, *, exporters: bool) -> None:
        """Flush the exporters if asked to: in-process telemetry is already here."""
        self._warnings.attach()
        if not exporters:
            return
        arrived = len(self.receiver.received)
        for origin in self._watch.flush(deadline):
            self._ingest_refused(arrived, origin)
            arrived = len(self.receiver.received)

    def ingest(self) -> None:
        """Hand over spans, records, metrics and requests."""
        self._ingest_spans()
        self._ingest_dropped()
        current = self._owners.current
        while self._watch.processors:
            current.add(self._watch.processors.popleft())
        while self._watch.emitted:
            emitted = self._watch.emitted.popleft()
            record = emitted.record.log_record
            owner = current
            if record.trace_id:
                owner = self._owner_of_record(f"{record.trace_id:032x}", f"{record.span_id or 0:016x}")
            owner.add(emitted)
        for collected in self._watch.collect():
            metrics = sdk.metrics_of(collected)
            for metric in metrics:
                resources = self._seen_in_process[metric.scope.name, metric.name]
                if metric.resource not in resources:
                    resources.append(metric.resource)
            current.add(*metrics)
        while self.receiver.received:
            self._ingest_request(self.receiver.received.popleft())

    def take(self, arrival: Arrival, body: bytes) -> None:
        """Take a recorded request."""
        if arrival.export is None:
            return
        content_type = arrival.export.headers.get("content-type", "")
        message = otlp.parse_request(arrival.export.path, content_type, body)
        self.receiver.received.append(Received(arrival.export, message))

    def _ingest_spans(self) -> None:
        while self._watch.started:
            started = self._watch.started.popleft()
            context = started.span.context
            if not context.trace_flags.sampled:  # recorded for the app's own use, never exported
                reason = "recorded for the app alone (RECORD_ONLY)"
                span = started.span
                self._watch.dropped.append(DroppedSpan(span.name, started.call, span.parent, reason))
                continue
            key = _key_of(context)
            owner = self._owner_of_start(key, started.span.parent)
            if key in owner.started:
                owner.repeat(key, started)
            else:
                owner.node_ids.add(key[1].hex())
                owner.started[key] = started
                owner.provider_of[key] = started.provider
            self._note_elsewhere(started, owner)
            if started.open:
                self._open[id(started.span)] = started

    def _note_elsewhere(self, started: StartedSpan, owner: Bucket) -> None:
        """Tell the scenario of a span that its own thread began, and that is not its."""
        current = self._owners.current
        if owner is current or current is self._owners.outside or started.thread != current.thread:
            return
        parent = owner.started.get(_key_of(started.span.parent))
        if parent is not None:  # else it has come from the wire
            name, site = name_and_site(parent)
            current.add(
                Elsewhere(
                    name=started.span.name,
                    owner=owner.name,
                    parent=name,
                    parent_site=site,
                    site=started.site(),
                )
            )

    def _ingest_dropped(self) -> None:
        while self._watch.dropped:
            dropped = self._watch.dropped.popleft()
            (self._owner_of_child(dropped.parent) or self._owners.current).add(dropped)

    def _owner_of_start(self, key: SpanKey, parent: Any) -> Bucket:
        return self._owner_of_child(parent) or self._owners.begin_trace(key[0].hex())

    def _owner_of_child(self, parent: Any) -> Bucket | None:
        """Return the bucket that holds a parent, None for a span without a known one."""
        if parent is None:
            return None
        return self._owners.of_node(f"{parent.trace_id:032x}", f"{parent.span_id:016x}")

    def _ingest_request(self, request: Received | Rejected) -> None:
        current = self._owners.current
        if isinstance(request, Rejected):
            current.add(request)
            return
        if request.export.status >= 300 or request.export.status == 0:
            current.add(request.export)  # it was not accepted: its items come again, or are lost
            return
        owners = self._ingest_message(request.export, request.message)
        if not owners:
            current.add(request.export)
        for owner, share in self._owners.shares(owners):
            resent = min(share, request.export.resent)
            owner.add(msgspec.structs.replace(request.export, items=share, resent=resent))

    def _ingest_refused(self, since: int, origin: Origin) -> None:
        """Hand over what was refused since some requests had arrived: it is the flushed provider's."""
        received, position = self.receiver.received, since
        while position < len(received):  # grows meanwhile
            request = received[position]
            if isinstance(request, Rejected):
                del received[position]
                self._owners.add_of(origin, request)
            else:
                position += 1

    def _ingest_message(self, export: ExportRequest, message: Any) -> list[Bucket]:
        """Hand over what a request carries; return the owner of each item, where items have owners."""
        if export.path == otlp.ZIPKIN_PATH:
            return ingest_wire_spans(self._owners, zipkin_halves.spans_of(message), whole=False)
        if export.path == "/v1/traces":
            return ingest_wire_spans(self._owners, otlp.spans_of(message))
        if export.resent:
            return []
        if export.path == "/v1/logs":
            return self._ingest_wire_records(message)
        for metric in otlp.metrics_of(message):
            # Ours are here as deltas already; another process has a resource of its own.
            if metric.resource not in self._seen_in_process.get((metric.scope.name, metric.name), ()):
                self._owners.current.add(metric)
        return []

    def _ingest_wire_records(self, message: Any) -> list[Bucket]:
        owners = []
        for record in otlp.log_records_of(message):
            owner = self._owners.current
            if record.trace_id:
                owner = self._owner_of_record(record.trace_id, record.span_id or "")
            owner.add(record)
            owners.append(owner)
        return owners

    def _owner_of_record(self, trace_id: str, span_id: str) -> Bucket:
        return self._owners.of_node(trace_id, span_id) or self._owners.of_trace(trace_id)

    def open_nodes(self) -> list[OpenNode]:
        """Return the spans not ended yet."""
        self._open = {key: s for key, s in self._open.items() if s.open}
        return [OpenNode(key, "span", s.span.name, s.thread, s.site()) for key, s in self._open.items()]

    def end_scenario(self) -> None:
        """Stop waiting for open spans, which stay their scenario's, and take one off this thread."""
        self._open.clear()
        self._leave_context()

    def _leave_context(self) -> None:
        """Make no span of this scenario the current one, else the next one's would be its children."""
        if "opentelemetry.sdk.trace" not in sys.modules:
            return
        from opentelemetry import context, trace

        span = trace.get_current_span()
        if not span.get_span_context().is_valid:
            return
        started = self._owners.current.started.get(_key_of(span.get_span_context()))
        if started is None:
            return
        context.attach(trace.set_span_in_context(trace.INVALID_SPAN))
        if not span.is_recording():  # one that is open is unfinished
            self._owners.current.add(context_leaked(started))

    def finish(self) -> None:
        """Report the spans that their provider's exporters left out."""
        self._comparison.report(self._owners.of_run())

    def stop(self) -> None:
        """Close the receiver; the SDK's own exit handlers have run by then."""
        self._warnings.detach()
        self.receiver.close()


def _key_of(context: Any) -> SpanKey:
    """Return the ids of a span context of the SDK."""
    return context.trace_id.to_bytes(16, "big"), context.span_id.to_bytes(8, "big")


def create(context: Context) -> OtelChannel:
    """Return the channel."""
    return OtelChannel(context)
