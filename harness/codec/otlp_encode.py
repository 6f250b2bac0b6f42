"""Model values → OTLP export requests: the way back of `harness.codec.otlp`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from harness.codec.otlp import REQUEST_TYPES
from harness.model import (
    DataPoint,
    LogRecord,
    Metric,
    MetricType,
    Resource,
    Scope,
    Span,
    SpanKind,
    StatusCode,
    Telemetry,
    Temporality,
)

MAX_REQUEST_BYTES = 1024 * 1024
"""Of the items of one request, if there are several; gRPC servers take messages of 4 MiB by default."""

# The protobuf stubs take an enum's value and no int, though the runtime takes any.
_KINDS: dict[SpanKind, Any] = {kind: number for number, kind in enumerate(SpanKind)}
_STATUS_CODES: dict[StatusCode, Any] = {code: number for number, code in enumerate(StatusCode)}
_TEMPORALITIES: dict[Temporality, Any] = {code: number for number, code in enumerate(Temporality)}
_FIELDS = {
    "/v1/traces": ("resource_spans", "scope_spans", "spans"),
    "/v1/metrics": ("resource_metrics", "scope_metrics", "metrics"),
    "/v1/logs": ("resource_logs", "scope_logs", "log_records"),
}


def export_requests(telemetry: Telemetry) -> Iterator[tuple[str, Any]]:
    """Yield the path and the message of each request that carries the OpenTelemetry part of a telemetry.

    CloudWatch's metrics are no part of it. What the model does not keep is not there: flags, exemplars,
    dropped counts, quantiles, and the buckets of exponential histograms.

    Raises:
        ValueError: An id is not hexadecimal, or a number or a text cannot be said in protobuf.
    """
    signals = (
        ("/v1/traces", telemetry.spans, _span),
        ("/v1/metrics", [metric for metric in telemetry.metrics if metric.namespace is None], _metric),
        ("/v1/logs", telemetry.log_records, _log_record),
    )
    for path, items, encode in signals:
        for group in _by_origin(items):
            for batch in _batches(map(encode, group)):
                yield path, _request(path, group[0].resource, group[0].scope, batch)


def _by_origin(items: Iterable[Any]) -> Iterable[list[Any]]:
    groups: dict[tuple[bytes, bytes], list[Any]] = {}
    for item in items:
        origin = (msgspec.json.encode(item.resource), msgspec.json.encode(item.scope))
        groups.setdefault(origin, []).append(item)
    return groups.values()


def _batches(messages: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for message in messages:
        size += message.ByteSize()
        if batch and size > MAX_REQUEST_BYTES:
            yield batch
            batch, size = [], message.ByteSize()
        batch.append(message)
    if batch:
        yield batch


def _request(path: str, resource: Resource, scope: Scope, items: list[Any]) -> Any:
    message = REQUEST_TYPES[path]()
    of_resource, of_scope, signal = _FIELDS[path]
    by_resource = getattr(message, of_resource).add(
        resource=resource_pb2.Resource(attributes=_key_values(resource.attributes)),
        schema_url=resource.schema_url,
    )
    by_scope = getattr(by_resource, of_scope).add(
        scope=InstrumentationScope(
            name=scope.name, version=scope.version, attributes=_key_values(scope.attributes)
        ),
        schema_url=scope.schema_url,
    )
    getattr(by_scope, signal).extend(items)
    return message


def _span(span: Span) -> Any:
    return trace_pb2.Span(
        trace_id=_id(span.trace_id),
        span_id=_id(span.span_id),
        parent_span_id=_id(span.parent_span_id),
        trace_state=span.trace_state,
        name=span.name,
        kind=_KINDS[span.kind],
        start_time_unix_nano=span.start_time_unix_nano,
        end_time_unix_nano=span.end_time_unix_nano or 0,
        status=trace_pb2.Status(
            code=_STATUS_CODES[span.status.code],
            message=span.status.message,
        ),
        attributes=_key_values(span.attributes),
        events=[
            trace_pb2.Span.Event(
                name=event.name,
                time_unix_nano=event.time_unix_nano,
                attributes=_key_values(event.attributes),
            )
            for event in span.events
        ],
        links=[
            trace_pb2.Span.Link(
                trace_id=_id(link.trace_id),
                span_id=_id(link.span_id),
                trace_state=link.trace_state,
                attributes=_key_values(link.attributes),
            )
            for link in span.links
        ],
    )


def _log_record(record: LogRecord) -> Any:
    severity: Any = record.severity_number
    return logs_pb2.LogRecord(
        body=to_any_value(record.body),
        severity_number=severity,
        severity_text=record.severity_text,
        time_unix_nano=record.time_unix_nano,
        observed_time_unix_nano=record.observed_time_unix_nano,
        event_name=record.event_name,
        attributes=_key_values(record.attributes),
        trace_id=_id(record.trace_id),
        span_id=_id(record.span_id),
    )


def _metric(metric: Metric) -> Any:
    message = metrics_pb2.Metric(name=metric.name, unit=metric.unit, description=metric.description)
    data = getattr(message, metric.type.value)
    data.SetInParent()
    data.data_points.extend(_point(metric.type, point) for point in metric.data_points)
    if metric.type in (MetricType.SUM, MetricType.HISTOGRAM, MetricType.EXPONENTIAL_HISTOGRAM):
        data.aggregation_temporality = _TEMPORALITIES[metric.temporality]
    if metric.type is MetricType.SUM:
        data.is_monotonic = metric.is_monotonic
    return message


_POINTS: dict[MetricType, Any] = {
    MetricType.SUM: metrics_pb2.NumberDataPoint,
    MetricType.GAUGE: metrics_pb2.NumberDataPoint,
    MetricType.HISTOGRAM: metrics_pb2.HistogramDataPoint,
    MetricType.EXPONENTIAL_HISTOGRAM: metrics_pb2.ExponentialHistogramDataPoint,
    MetricType.SUMMARY: metrics_pb2.SummaryDataPoint,
}


def _point(kind: MetricType, point: DataPoint) -> Any:
    message = _POINTS[kind](
        attributes=_key_values(point.attributes),
        start_time_unix_nano=point.start_time_unix_nano,
        time_unix_nano=point.time_unix_nano,
    )
    fields = message.DESCRIPTOR.fields_by_name
    for name in ("count", "sum", "min", "max"):
        value = getattr(point, name)
        if name in fields and value is not None:
            setattr(message, name, value)
    if "as_int" in fields and point.value is not None:
        setattr(message, "as_int" if isinstance(point.value, int) else "as_double", point.value)
    if "explicit_bounds" in fields:
        message.bucket_counts.extend(point.bucket_counts)
        message.explicit_bounds.extend(point.explicit_bounds)
    return message


def _id(text: str | None) -> bytes:
    return bytes.fromhex(text or "")


def _key_values(attributes: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=to_any_value(value)) for key, value in attributes.items()]


def to_any_value(value: Any) -> AnyValue:
    """Return a plain value as OTLP has it; what it has no kind for is its text."""
    match value:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case Mapping():
            return AnyValue(kvlist_value=KeyValueList(values=_key_values(value)))
        case list() | tuple():
            return AnyValue(array_value=ArrayValue(values=map(to_any_value, value)))
        case _:
            return AnyValue(string_value=str(value))
