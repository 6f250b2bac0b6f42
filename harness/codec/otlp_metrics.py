"""OTLP metric messages → `Metric`."""

from __future__ import annotations

from typing import Any

from harness.codec.attributes import key_values
from harness.codec.enumerations import temporality_of
from harness.model import DataPoint, Metric, MetricType, Resource, Scope


def metric_of(item: Any, resource: Resource, scope: Scope) -> Metric:
    """Return an OTLP ``Metric`` message as a `Metric`; one without data has no points."""
    kind = item.WhichOneof("data")
    data = getattr(item, kind) if kind else None
    return Metric(
        name=item.name,
        type=MetricType(kind or "gauge"),
        unit=item.unit,
        description=item.description,
        temporality=temporality_of(getattr(data, "aggregation_temporality", 0)),
        is_monotonic=getattr(data, "is_monotonic", False),
        data_points=tuple(_point(p) for p in data.data_points) if data is not None else (),
        resource=resource,
        scope=scope,
        witnesses=("wire",),
    )


def _point(point: Any) -> DataPoint:
    fields = {field.name for field in point.DESCRIPTOR.fields}
    value = None
    if "as_int" in fields and point.WhichOneof("value"):
        value = getattr(point, point.WhichOneof("value"))
    return DataPoint(
        attributes=key_values(point.attributes),
        start_time_unix_nano=point.start_time_unix_nano,
        time_unix_nano=point.time_unix_nano,
        value=value,
        count=point.count if "count" in fields else None,
        sum=point.sum if "sum" in fields else None,
        min=point.min if "min" in fields and point.HasField("min") else None,
        max=point.max if "max" in fields and point.HasField("max") else None,
        bucket_counts=tuple(point.bucket_counts) if "bucket_counts" in fields else (),
        explicit_bounds=tuple(point.explicit_bounds) if "explicit_bounds" in fields else (),
    )
