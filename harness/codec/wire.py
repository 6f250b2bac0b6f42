"""What arrived on the wire → telemetry, without any receiver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from harness.codec import adot, cloudwatch, metric_merge, witnesses, xray, xray_trees
from harness.codec.arrivals_file import Arrival
from harness.codec.cloudwatch_refused import Refused
from harness.errors import DecodeError
from harness.model import (
    ExportRequest,
    Incident,
    LogEvent,
    LogRecord,
    Metric,
    Rejected,
    Segment,
    Span,
    Subsegment,
    Telemetry,
    Unsampled,
)

_WIRE = ("wire",)


class WireTelemetry:
    """Collects arrivals and decodes them, each when it is added."""

    def __init__(self) -> None:
        self._spans: dict[tuple[bytes, ...], Callable[[], Span]] = {}
        self._zipkin_spans: dict[tuple[bytes, ...], Callable[[], Span]] = {}
        self._unsampled: Counter[Unsampled] = Counter()
        self._metrics: list[Metric] = []
        self._log_records: list[LogRecord] = []
        self._documents: list[Segment | Subsegment] = []
        self._log_events: list[LogEvent] = []
        self._exports: list[ExportRequest] = []
        self._hashes: set[int] = set()  # of documents: 64 bits each, and not the bytes
        self._rejected: list[Rejected] = []
        self._incidents: list[Incident] = []
        self._refused: Refused[None] = Refused()

    def add(self, arrival: Arrival, body: bytes) -> None:
        """Take one arrival; what does not decode is kept as rejected."""
        if arrival.rejected is not None:
            self._rejected.append(msgspec.structs.replace(arrival.rejected, payload=body))
        elif arrival.incident is not None:
            self._incidents.append(arrival.incident)
        elif arrival.export is None:
            self._add_datagram(body)
        else:
            self._add_export(arrival.export, body)

    def _add_datagram(self, datagram: bytes) -> None:
        try:
            body = xray.split_datagram(datagram)
            payload = adot.parse_payload(body)
            if payload is None:
                self._add_document(xray.parse_document(body), body, datagram)
            else:
                self._add_payload(payload, datagram)
        except DecodeError as error:
            self._rejected.append(Rejected(channel="xray", reason=str(error), payload=datagram))

    def _add_document(self, document: Segment | Subsegment, body: bytes, datagram: bytes) -> None:
        if (hashed := hash(body)) in self._hashes:
            self._rejected.append(xray.duplicate_of(document, datagram))
        else:
            self._hashes.add(hashed)
            self._documents.append(document)

    def _add_payload(self, payload: adot.Payload, datagram: bytes) -> None:
        from harness.codec import otlp

        if payload.path == "/v1/metrics":
            self._metrics += otlp.metrics_of(payload.message)
        elif payload.kind == adot.UNSAMPLED:
            self._unsampled.update(adot.unsampled_spans(payload))
        else:
            self._add_spans(otlp.spans_of(payload.message))
        invalid, reason = adot.rejected_spans(payload)
        if invalid:
            self._rejected.append(Rejected(channel="xray", reason=reason, payload=datagram))
        items = otlp.count_items(payload.message) - invalid
        self._exports.append(ExportRequest(channel="xray", path=f"udp {payload.kind}", items=items))

    def _add_export(self, export: ExportRequest, body: bytes) -> None:
        self._exports.append(export)
        if export.error:
            self._refused.refuse(cloudwatch.refused_of(export, body), export.error, None)
        if not export.items or export.status >= 300 or export.status == 0:
            return  # nothing of it was accepted; the exporter sends it again, or drops it
        try:
            if export.channel == "otlp":
                self._add_otlp(export, body)
            else:
                self._add_aws(export, body)
        except DecodeError as error:
            reason = f"{export.path}: {error}"
            self._rejected.append(Rejected(channel=export.channel, reason=reason, payload=body))

    def _add_otlp(self, export: ExportRequest, body: bytes) -> None:
        from harness.codec import otlp, zipkin_halves  # protobuf is imported by those who receive some

        message = otlp.parse_request(export.path, export.headers.get("content-type", ""), body)
        if export.path == otlp.ZIPKIN_PATH:
            self._zipkin_spans.update(zipkin_halves.spans_of(message))
        elif export.path == "/v1/traces":
            self._add_spans(otlp.spans_of(message))
        elif export.resent:
            return
        elif export.path == "/v1/logs":
            self._log_records += otlp.log_records_of(message)
        else:
            self._metrics += otlp.metrics_of(message)

    def _add_spans(self, spans: Iterable[tuple[tuple[bytes, ...], Callable[[], Span]]]) -> None:
        for key, decode in spans:
            kept = self._spans.setdefault(key, decode)
            if kept is not decode and (conflict := witnesses.conflicting(kept(), decode())):
                self._incidents.append(conflict)

    def _add_aws(self, export: ExportRequest, body: bytes) -> None:
        items = telemetry_of_aws(export, body)
        self._refused.accept(items)
        for item in items:
            if isinstance(item, Metric):
                self._metrics.append(item)
            else:
                self._log_events.append(msgspec.structs.replace(item, witnesses=_WIRE))

    def telemetry(self) -> Telemetry:
        """Return everything added so far."""
        segments, orphans = xray_trees.join_documents(self._documents)
        self._incidents += (incident for _, incident in self._refused.take())
        return Telemetry(
            spans=self._decoded_spans(),
            metrics=metric_merge.merge_deltas(self._metrics),
            log_records=tuple(self._log_records),
            segments=segments,
            log_events=tuple(self._log_events),
            exports=tuple(self._exports),
            rejected=tuple(self._rejected),
            incidents=(*self._incidents, *orphans),
            unsampled=tuple(msgspec.structs.replace(u, count=n) for u, n in self._unsampled.items()),
        )

    def _decoded_spans(self) -> tuple[Span, ...]:
        # Zipkin tells less of a span than OTLP does.
        found = self._zipkin_spans | self._spans
        if not found:
            return ()
        from harness.codec import zipkin_halves

        spans = sorted((decode() for decode in found.values()), key=_start)
        return tuple(zipkin_halves.unshared(spans))


def telemetry_of_aws(export: ExportRequest, body: bytes) -> tuple[LogEvent, ...] | tuple[Metric, ...]:
    """Return the telemetry of a request that the AWS endpoint accepted.

    Raises:
        DecodeError: The body does not parse as the operation's input.
    """
    return cloudwatch.items_of(export, body) if export.status < 300 else ()


def _start(span: Span) -> int:
    return span.start_time_unix_nano
