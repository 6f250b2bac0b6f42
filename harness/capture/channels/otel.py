"""Channel ``otel``: OpenTelemetry, in-process and from OTLP/HTTP exports."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from harness.capture.bucket import Bucket
from harness.capture.channel import Context, OpenNode
from harness.capture.otel_evidence import StartedSpan
from harness.capture.otel_watch import OtelWatch
from harness.capture.otlp_receiver import OtlpReceiver, Received
from harness.codec import otlp, sdk
from harness.model import Rejected

_OTHER_ENDPOINTS = (
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
)


class OtelChannel:
    """Sees spans, metrics and log records in-process, and what the exporters send of them."""

    def __init__(self, context: Context) -> None:
        self._owners = context.owners
        self._receiver = OtlpReceiver(context.loop, context.arrivals)
        self._watch = OtelWatch(context.patches, context.arrivals)
        self._open: dict[int, StartedSpan] = {}
        self._seen_in_process: set[tuple[str, str]] = set()

    def environment(self) -> dict[str, str | None]:
        """Return the endpoint; those of one signal would win over it, so they are removed."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self._receiver.endpoint} | dict.fromkeys(_OTHER_ENDPOINTS)

    def flush(self, deadline: float, *, exporters: bool) -> None:
        """Flush the exporters if asked to: in-process telemetry is already here."""
        if exporters:
            self._watch.flush(max(1, round((deadline - time.monotonic()) * 1000)))

    def ingest(self) -> None:
        """Hand over spans, records, metrics and requests."""
        self._ingest_spans()
        current = self._owners.current
        while self._watch.processors:
            current.processors.append(self._watch.processors.popleft())
        while self._watch.emitted:
            emitted = self._watch.emitted.popleft()
            trace_id = emitted.record.log_record.trace_id
            owner = self._owners.of_trace(f"{trace_id:032x}") if trace_id else current
            owner.emitted.append(emitted)
        for reader in self._watch.readers:
            reader.collect()
            while reader.collected:
                metrics = sdk.metrics_of(reader.collected.popleft())
                self._seen_in_process.update((m.scope.name, m.name) for m in metrics)
                current.metrics += metrics
        while self._receiver.received:
            self._ingest_request(self._receiver.received.popleft())

    def _ingest_spans(self) -> None:
        while self._watch.started:
            started = self._watch.started.popleft()
            context = started.span.context
            if not context.trace_flags.sampled:
                continue  # recorded for the app's own use, never exported
            key = (context.trace_id.to_bytes(16, "big"), context.span_id.to_bytes(8, "big"))
            self._owners.of_trace(key[0].hex()).started[key] = started
            if started.open:
                self._open[id(started.span)] = started

    def _ingest_request(self, request: Received | Rejected) -> None:
        current = self._owners.current
        if isinstance(request, Rejected):
            current.rejected.append(request)
            return
        path = request.export.path
        if path == "/v1/traces":
            owners = self._ingest_wire_spans(request.message)
        elif path == "/v1/logs":
            owners = []
            for record in otlp.log_records_of(request.message):
                owner = self._owners.of_trace(record.trace_id) if record.trace_id else current
                owner.wire_records.append(record)
                owners.append(owner)
        else:
            metrics = otlp.metrics_of(request.message)
            current.metrics += (m for m in metrics if (m.scope.name, m.name) not in self._seen_in_process)
            owners = []
        if not owners:
            current.exports.append(request.export)
        for owner in {id(o): o for o in owners}.values():
            # One batch may carry several scenarios' spans: each sees a request with its own share.
            share = sum(o is owner for o in owners)
            owner.exports.append(msgspec.structs.replace(request.export, items=share))

    def _ingest_wire_spans(self, message: Any) -> list[Bucket]:
        owners = []
        for key, decode in otlp.spans_of(message):
            owner = self._owners.of_trace(key[0].hex())
            owners.append(owner)
            owner.on_wire.add(key)
            if key not in owner.started:
                owner.wire_spans[key] = decode()  # a resend replaces itself
        return owners

    def open_nodes(self) -> list[OpenNode]:
        """Return the spans not ended yet."""
        self._open = {key: s for key, s in self._open.items() if s.open}
        return [OpenNode(key, "span", s.span.name, s.thread, s.site()) for key, s in self._open.items()]

    def end_scenario(self) -> None:
        """Stop waiting for open spans: they stay their scenario's, by trace id."""
        self._open.clear()

    def stop(self) -> None:
        """Close the receiver; the SDK's own exit handlers have run by then."""
        self._receiver.close()


def create(context: Context) -> OtelChannel:
    """Return the channel."""
    return OtelChannel(context)
