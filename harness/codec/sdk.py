"""In-process OpenTelemetry SDK objects → model values.

The SDK is not imported: its public properties are enough.
"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import Any, TypeVar, cast

from harness.codec.attributes import plain, plain_attributes
from harness.codec.enumerations import temporality_of
from harness.model import (
    DataPoint,
    Link,
    LogRecord,
    Metric,
    MetricType,
    Resource,
    Scope,
    Site,
    Span,
    SpanEvent,
    SpanKind,
    Status,
    StatusCode,
)

T = TypeVar("T")
_PROCESS = ("process",)
_SHARED = 256
"""How many resources and scopes are remembered: a process has a few."""


_KINDS = {kind.name: kind for kind in SpanKind}


def span_of(span: Any, site: Site | None) -> Span:
    """Return an SDK ``ReadableSpan`` (ended or not) as a `Span`."""
    context = span.context
    return Span(
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        parent_span_id=f"{span.parent.span_id:016x}" if span.parent else None,
        trace_state=context.trace_state.to_header() if context.trace_state else "",
        name=_text(span.name),
        kind=_KINDS.get(getattr(span.kind, "name", ""), SpanKind.INTERNAL),
        start_time_unix_nano=_moment(span.start_time) or 0,
        end_time_unix_nano=_moment(span.end_time),
        status=Status(StatusCode(span.status.status_code.name.lower()), span.status.description or ""),
        attributes=plain_attributes(span.attributes),
        events=tuple(
            SpanEvent(
                name=_text(e.name),
                time_unix_nano=_moment(e.timestamp) or 0,
                attributes=plain_attributes(e.attributes),
            )
            for e in span.events
        ),
        links=tuple(
            Link(
                trace_id=f"{k.context.trace_id:032x}",
                span_id=f"{k.context.span_id:016x}",
                trace_state=k.context.trace_state.to_header(),
                attributes=plain_attributes(k.attributes),
            )
            for k in span.links
        ),
        resource=_resource(span.resource),
        scope=_scope(span.instrumentation_scope),
        witnesses=_PROCESS,
        site=site,
    )


def log_record_of(item: Any, site: Site | None) -> LogRecord:
    """Return an SDK ``ReadWriteLogRecord`` as a `LogRecord`."""
    record = item.log_record
    return LogRecord(
        body=plain(record.body),
        severity_number=record.severity_number.value if record.severity_number else 0,
        severity_text=_text(record.severity_text or ""),
        time_unix_nano=_moment(record.timestamp) or 0,
        observed_time_unix_nano=_moment(record.observed_timestamp) or 0,
        event_name=_text(record.event_name or ""),
        attributes=plain_attributes(record.attributes),
        trace_id=f"{record.trace_id:032x}" if record.trace_id else None,
        span_id=f"{record.span_id:016x}" if record.span_id else None,
        resource=_resource(item.resource),
        scope=_scope(item.instrumentation_scope),
        witnesses=_PROCESS,
        site=site,
    )


def metrics_of(data: Any) -> list[Metric]:
    """Return an SDK ``MetricsData`` as metrics, in the SDK's order."""
    return [
        _metric(metric, _resource(resource_metrics.resource), _scope(scope_metrics.scope))
        for resource_metrics in data.resource_metrics
        for scope_metrics in resource_metrics.scope_metrics
        for metric in scope_metrics.metrics
    ]


def _metric(metric: Any, resource: Resource, scope: Scope) -> Metric:
    data = metric.data
    return Metric(
        name=metric.name,
        type=_METRIC_TYPES[type(data).__name__],
        unit=metric.unit or "",
        description=metric.description or "",
        temporality=temporality_of(getattr(data, "aggregation_temporality", 0)),
        is_monotonic=getattr(data, "is_monotonic", False),
        data_points=tuple(_point(point) for point in data.data_points),
        resource=resource,
        scope=scope,
        witnesses=_PROCESS,
    )


_METRIC_TYPES = {
    "Sum": MetricType.SUM,
    "Gauge": MetricType.GAUGE,
    "Histogram": MetricType.HISTOGRAM,
    "ExponentialHistogram": MetricType.EXPONENTIAL_HISTOGRAM,
}


def _point(point: Any) -> DataPoint:
    return DataPoint(
        attributes=plain_attributes(point.attributes),
        start_time_unix_nano=point.start_time_unix_nano or 0,
        time_unix_nano=point.time_unix_nano,
        value=_number(getattr(point, "value", None)),
        count=getattr(point, "count", None),
        sum=_number(getattr(point, "sum", None)),
        min=_number(getattr(point, "min", None)),
        max=_number(getattr(point, "max", None)),
        bucket_counts=tuple(getattr(point, "bucket_counts", ())),
        explicit_bounds=tuple(getattr(point, "explicit_bounds", ())),
    )


def _text(value: Any) -> str:
    """Return a name as text: the SDK keeps what it is given."""
    if type(value) is str:
        return value
    return str.__str__(value) if isinstance(value, str) else str(value)


def _moment(value: Any) -> int | None:
    """Return nanoseconds since the epoch as a whole number; apps give `time.time() * 1e9`."""
    return value if type(value) is int or value is None else int(value)


def _number(value: Any) -> int | float | None:
    """Return a measurement as OTLP has it: the SDK keeps what it is given, such as True or a NumPy scalar."""
    if value is None or type(value) in (int, float):
        return cast("int | float | None", value)
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def _once_per_object(convert: Callable[[Any], T]) -> Callable[[Any], T]:
    """Convert an immutable SDK object once: every span holds the same resource and scope."""
    known: dict[int, tuple[Any, T]] = {}  # each with its object, so that no other takes its id

    @functools.wraps(convert)
    def converted(value: Any) -> T:
        entry = known.get(id(value))
        if entry is None:
            if len(known) >= _SHARED:
                known.clear()
            entry = known[id(value)] = (value, convert(value))
        return entry[1]

    return converted


@_once_per_object
def _resource(resource: Any) -> Resource:
    return Resource(attributes=plain_attributes(resource.attributes), schema_url=resource.schema_url or "")


@_once_per_object
def _scope(scope: Any) -> Scope:
    if scope is None:
        return Scope()
    return Scope(
        name=_text(scope.name),
        version=_text(scope.version or ""),
        schema_url=scope.schema_url or "",
        attributes=plain_attributes(getattr(scope, "attributes", None)),
    )
