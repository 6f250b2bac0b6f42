"""OTLP request bodies → protobuf messages → model values.

Source: opentelemetry-proto, "OTLP/HTTP" of the OTLP specification. OTLP's JSON
differs from protobuf's own JSON mapping in one point: ids are hex, not base64.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError as ProtobufError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness.codec import span_ids
from harness.codec.attributes import any_value, key_values
from harness.codec.enumerations import kind_of, status_code_of
from harness.codec.json_text import why_not_json
from harness.codec.otlp_metrics import metric_of
from harness.errors import DecodeError, UnsupportedMedia
from harness.model import (
    Link,
    LogRecord,
    Metric,
    Resource,
    Scope,
    Span,
    SpanEvent,
    Status,
)

REQUEST_TYPES: dict[str, Callable[[], Any]] = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
}
ZIPKIN_PATH = "/api/v2/spans"
PATHS = frozenset({*REQUEST_TYPES, ZIPKIN_PATH})
GRPC_METHODS = {
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": "/v1/traces",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": "/v1/metrics",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": "/v1/logs",
}
PROTOBUF = "application/x-protobuf"
GRPC = "application/grpc"
JSON = "application/json"
INVALID_IDS = "a trace id has 16 bytes and a span id 8, not all of them zero"

_HEX_IDS = frozenset({"traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id"})
_WIRE = ("wire",)


def parse_request(path: str, content_type: str, body: bytes) -> Any:
    """Return the export request message of a body.

    Args:
        path: ``/v1/traces``, ``/v1/metrics``, ``/v1/logs``, or Zipkin's ``/api/v2/spans``.
        content_type: The header, with or without parameters.
        body: Uncompressed.

    Raises:
        DecodeError: Another path or content type, or a body that does not parse.
    """
    if path == ZIPKIN_PATH:
        from harness.codec import zipkin  # few apps send any

        return zipkin.parse_request(content_type, body)
    if path not in REQUEST_TYPES:
        raise DecodeError(f"path {path!r} is not one of {', '.join(REQUEST_TYPES)}")
    media_type = content_type.partition(";")[0].strip().lower()
    message = REQUEST_TYPES[path]()
    if media_type in (PROTOBUF, GRPC):
        try:
            message.ParseFromString(body)
        except ProtobufError as error:
            raise DecodeError(f"body of {len(body)} bytes is not protobuf for {path}: {error}") from error
    elif media_type == JSON:
        _parse_json(message, path, body)
    else:
        raise UnsupportedMedia(f"content-type {content_type!r} is not {PROTOBUF} or {JSON}")
    return message


def _parse_json(message: Any, path: str, body: bytes) -> None:
    if body.lstrip()[:1] != b"{":  # protobuf's parser takes an empty list for an empty message
        raise DecodeError(f"body of {len(body)} bytes is not OTLP JSON for {path}: expected an object")
    try:
        document = json.loads(body)
        json_format.ParseDict(_ids_to_base64(document), message, ignore_unknown_fields=True)
    except (ValueError, TypeError, AttributeError, RecursionError, json_format.ParseError) as error:
        # protobuf's parser trusts the shape of what json.loads gives it.
        why = why_not_json(error, body)
        raise DecodeError(f"body of {len(body)} bytes is not OTLP JSON for {path}: {why}") from error


def _ids_to_base64(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _hex_to_base64(v) if k in _HEX_IDS else _ids_to_base64(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_ids_to_base64(item) for item in value]
    return value


def _hex_to_base64(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64encode(binascii.unhexlify(value)).decode("ascii")
    except ValueError as error:
        raise DecodeError(f"id {value!r} is not hexadecimal") from error


def count_items(message: Any) -> int:
    """Return how many spans, metrics or log records a request message carries."""
    if isinstance(message, ExportTraceServiceRequest):
        return sum(len(s.spans) for r in message.resource_spans for s in r.scope_spans)
    if isinstance(message, ExportMetricsServiceRequest):
        return sum(len(s.metrics) for r in message.resource_metrics for s in r.scope_metrics)
    return sum(len(s.log_records) for r in message.resource_logs for s in r.scope_logs)


def path_of(body: bytes) -> str | None:
    """Return the path that a protobuf body belongs to, None where no request type knows all that is in it.

    Example:
        >>> path_of(bytes.fromhex("0a06120412020a00")), path_of(b"[]")
        (None, None)
    """
    for path, request_type in REQUEST_TYPES.items():
        message = request_type()
        try:
            message.ParseFromString(body)
        except ProtobufError:
            continue
        if count_items(message) > count_invalid(message):
            message.DiscardUnknownFields()  # such as a metric's name, where a log record has its time
            if message.ByteSize() == len(body):
                return path
    return None


def count_invalid(message: Any, body: bytes = b"") -> int:
    """Return how many spans of a request have no valid ids; those are not accepted.

    Args:
        body: What the message was made of, if it was protobuf: it is looked at faster.
    """
    if not isinstance(message, ExportTraceServiceRequest):
        return 0
    if body and span_ids.are_all_valid(body, count_items(message)):
        return 0
    scopes = (
        scope_spans for resource_spans in message.resource_spans for scope_spans in resource_spans.scope_spans
    )
    return sum(not is_valid(span) for scope_spans in scopes for span in scope_spans.spans)


def is_valid(span: Any) -> bool:
    """Return whether a span's ids are. Source: OpenTelemetry specification, "SpanContext"."""
    return len(span.trace_id) == 16 and len(span.span_id) == 8 and any(span.trace_id) and any(span.span_id)


SpanKey = tuple[bytes, ...]
"""Trace id (16 bytes), span id (8 bytes), and of a Zipkin server its service (`zipkin_halves`)."""


def spans_of(message: ExportTraceServiceRequest) -> Iterator[tuple[SpanKey, Callable[[], Span]]]:
    """Yield each span of a trace request as its key and a function that decodes it.

    Most spans were already seen in-process; those are never decoded.
    """
    for resource_spans in message.resource_spans:
        resource = _resource(resource_spans)
        for scope_spans in resource_spans.scope_spans:
            scope = _scope(scope_spans)
            for item in filter(is_valid, scope_spans.spans):
                yield (item.trace_id, item.span_id), functools.partial(_span, item, resource, scope)


def _span(item: Any, resource: Resource, scope: Scope) -> Span:
    return Span(
        trace_id=item.trace_id.hex(),
        span_id=item.span_id.hex(),
        parent_span_id=item.parent_span_id.hex() or None,
        trace_state=item.trace_state,
        name=item.name,
        kind=kind_of(item.kind),
        start_time_unix_nano=item.start_time_unix_nano,
        end_time_unix_nano=item.end_time_unix_nano,
        status=Status(status_code_of(item.status.code), item.status.message),
        attributes=key_values(item.attributes),
        events=tuple(
            SpanEvent(name=e.name, time_unix_nano=e.time_unix_nano, attributes=key_values(e.attributes))
            for e in item.events
        ),
        links=tuple(
            Link(
                trace_id=k.trace_id.hex(),
                span_id=k.span_id.hex(),
                trace_state=k.trace_state,
                attributes=key_values(k.attributes),
            )
            for k in item.links
        ),
        resource=resource,
        scope=scope,
        witnesses=_WIRE,
    )


def metrics_of(message: ExportMetricsServiceRequest) -> Iterator[Metric]:
    """Yield the metrics of a metrics request, witnessed by the wire."""
    for resource_metrics in message.resource_metrics:
        resource = _resource(resource_metrics)
        for scope_metrics in resource_metrics.scope_metrics:
            scope = _scope(scope_metrics)
            for item in scope_metrics.metrics:
                yield metric_of(item, resource, scope)


def log_records_of(message: ExportLogsServiceRequest) -> Iterator[LogRecord]:
    """Yield the log records of a logs request, witnessed by the wire."""
    for resource_logs in message.resource_logs:
        resource = _resource(resource_logs)
        for scope_logs in resource_logs.scope_logs:
            scope = _scope(scope_logs)
            for item in scope_logs.log_records:
                yield LogRecord(
                    body=any_value(item.body),
                    severity_number=item.severity_number,
                    severity_text=item.severity_text,
                    time_unix_nano=item.time_unix_nano,
                    observed_time_unix_nano=item.observed_time_unix_nano,
                    event_name=item.event_name,
                    attributes=key_values(item.attributes),
                    trace_id=item.trace_id.hex() or None,
                    span_id=item.span_id.hex() or None,
                    resource=resource,
                    scope=scope,
                    witnesses=_WIRE,
                )


def _resource(holder: Any) -> Resource:
    return Resource(attributes=key_values(holder.resource.attributes), schema_url=holder.schema_url)


def _scope(holder: Any) -> Scope:
    return Scope(
        name=holder.scope.name,
        version=holder.scope.version,
        schema_url=holder.schema_url,
        attributes=key_values(holder.scope.attributes),
    )
