"""Adding up the deltas that several collections of one scenario gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from harness.model import DataPoint, Metric, MetricType, Temporality


def merge_deltas(metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """Return one metric per name and scope, with the delta points of a series added up.

    Metrics cannot be reset between tests, so a scenario's metrics are the
    deltas collected while it ran. Gauges keep their last value; cumulative
    points (from the wire) are left alone.
    """
    merged: dict[tuple[str, str, str | None, tuple[str, ...], str], Metric] = {}
    owners: dict[int, str] = {}  # most metrics hold the same resource
    for metric in metrics:
        owner = owners.get(id(metric.resource))
        if owner is None:
            owner = owners[id(metric.resource)] = _in_order(metric.resource.attributes)
        key = (metric.scope.name, metric.name, metric.namespace, metric.witnesses, owner)
        known = merged.get(key)
        merged[key] = metric if known is None else _merge(known, metric)
    return tuple(merged.values())


def _in_order(attributes: Mapping[str, object]) -> str:
    return repr(sorted(attributes.items(), key=lambda pair: pair[0]))


def _merge(first: Metric, second: Metric) -> Metric:
    series = {_in_order(p.attributes): p for p in first.data_points}
    add = first.temporality is Temporality.DELTA and second.temporality is Temporality.DELTA
    for point in second.data_points:
        key = _in_order(point.attributes)
        known = series.get(key)
        if known is None or not add or first.type is MetricType.GAUGE:
            series[key] = point
        else:
            series[key] = _add(known, point)
    return msgspec.structs.replace(first, data_points=tuple(series.values()))


def _add(first: DataPoint, second: DataPoint) -> DataPoint:
    same_buckets = first.explicit_bounds == second.explicit_bounds
    return msgspec.structs.replace(
        second,
        start_time_unix_nano=first.start_time_unix_nano,
        value=_sum(first.value, second.value),
        count=None if first.count is None or second.count is None else first.count + second.count,
        sum=_sum(first.sum, second.sum),
        min=min((v for v in (first.min, second.min) if v is not None), default=None),
        max=max((v for v in (first.max, second.max) if v is not None), default=None),
        bucket_counts=tuple(a + b for a, b in zip(first.bucket_counts, second.bucket_counts, strict=False))
        if same_buckets
        else second.bucket_counts,
    )


def _sum(first: float | None, second: float | None) -> int | float | None:
    return second if first is None else first if second is None else first + second
