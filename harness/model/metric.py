"""Metrics: OpenTelemetry instruments and CloudWatch metric data."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from harness.model.span import Resource, Scope


class MetricType(enum.StrEnum):
    """The shape of a metric's data points."""

    SUM = "sum"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    EXPONENTIAL_HISTOGRAM = "exponential_histogram"
    SUMMARY = "summary"
    CLOUDWATCH = "cloudwatch"


class Temporality(enum.StrEnum):
    """Whether a point counts since the last point or since the start."""

    UNSPECIFIED = "unspecified"
    DELTA = "delta"
    CUMULATIVE = "cumulative"


class DataPoint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One measurement series' value.

    Attributes:
        attributes: The series' attributes (CloudWatch: its dimensions).
        value: A sum's or gauge's value; a histogram's point has none.
        count: Number of measurements (histograms, CloudWatch).
        sum: Sum of the measurements, in the metric's unit.
        bucket_counts: One more than `explicit_bounds`.
    """

    attributes: dict[str, Any] = {}
    start_time_unix_nano: int = 0
    time_unix_nano: int = 0
    value: int | float | None = None
    count: int | None = None
    sum: int | float | None = None
    min: int | float | None = None
    max: int | float | None = None
    bucket_counts: tuple[int, ...] = ()
    explicit_bounds: tuple[float, ...] = ()


class Metric(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One metric with its data points.

    Attributes:
        namespace: The CloudWatch namespace; None for OpenTelemetry.
        is_monotonic: For sums: the value only grows.
    """

    name: str
    type: MetricType
    unit: str = ""
    description: str = ""
    temporality: Temporality = Temporality.UNSPECIFIED
    is_monotonic: bool = False
    data_points: tuple[DataPoint, ...] = ()
    namespace: str | None = None
    resource: Resource = msgspec.field(default_factory=Resource)
    scope: Scope = msgspec.field(default_factory=Scope)
    witnesses: tuple[str, ...] = ()
