"""`metric`: a metric that must have been captured, with one data point's value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.expect.argument import FLAG, METRIC_TYPE, NONE, NUMBER, TEMPORALITY, TEXT, WHOLE_NUMBER
from harness.expect.expectation import Expectation
from harness.expect.fields import Field, MappingField
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Number, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.pool import Entry, Pool
from harness.expect.problem import Problem
from harness.expect.render import call, short
from harness.model.metric import DataPoint, Metric, MetricType, Temporality
from harness.model.telemetry import Telemetry


class _NumberField(Field):
    """A number of a data point, which points of another type of metric have not."""

    def problems(self, expected: Any, value: DataPoint) -> list[Problem]:
        """Return what does not hold, with the numbers that the point has instead."""
        found = super().problems(expected, value)
        if self.read(value) is not None:
            return found
        names = ("value", "count", "sum")
        there = {name: number for name in names if (number := getattr(value, name)) is not None}
        has = " and ".join(f"{name} {short(number)}" for name, number in there.items()) or "none of them"
        text = f"of value, count and sum the point has {has}"
        return [Problem(p.id, f"{p.message}; {text}", p.about) for p in found]


POINT_FIELDS: tuple[Field, ...] = (
    MappingField("attributes", lambda p: p.attributes, stem="attribute", noun="attribute"),
    _NumberField("value", lambda p: p.value, takes=NUMBER),
    _NumberField("count", lambda p: p.count, finding="data_point_count", takes=WHOLE_NUMBER),
    _NumberField("sum", lambda p: p.sum, takes=NUMBER),
)


def metric_pool(telemetry: Telemetry) -> Pool:
    """Return the captured metrics in order of arrival."""
    return Pool(
        Entry(value=item, noun="metric", name=item.name, node_id=str(index), key=index)
        for index, item in enumerate(telemetry.metrics)
    )


def _other_series(problems: list[Problem]) -> bool:
    """Return True when attributes tell a point from the one that is meant."""
    return any(problem.id.startswith("attribute_") for problem in problems)


@dataclass(frozen=True, kw_only=True, repr=False)
class MetricExpectation(Expectation[Metric]):
    """What `metric` returns."""

    SIGNAL: ClassVar = "metric"
    NOUN: ClassVar = "metric"
    STEM: ClassVar = "metric"
    BUILDER: ClassVar = "metric"
    CHANNELS: ClassVar = ("otel", "otlp", "cloudwatch", "aws")
    POOL: ClassVar = metric_pool
    IDENTITY_TAKES: ClassVar = TEXT
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("unit", lambda m: m.unit, takes=TEXT),
        Field("type", lambda m: m.type, takes=METRIC_TYPE),
        Field("temporality", lambda m: m.temporality, takes=TEMPORALITY),
        Field("is_monotonic", lambda m: m.is_monotonic, takes=FLAG),
        Field("namespace", lambda m: m.namespace, takes=TEXT | NONE),
        Field("scope", lambda m: m.scope.name, takes=TEXT),
        MappingField("resource", lambda m: m.resource.attributes, stem="resource", noun="resource attribute"),
    )
    PART_FIELDS: ClassVar[tuple[Field, ...]] = POINT_FIELDS

    name: Any
    unit: Any = OMITTED
    type: Any = OMITTED
    temporality: Any = OMITTED
    is_monotonic: Any = OMITTED
    value: Any = OMITTED
    count: Any = OMITTED
    sum: Any = OMITTED
    attributes: Any = OMITTED
    namespace: Any = OMITTED
    scope: Any = OMITTED
    resource: Any = OMITTED

    @property
    def identity(self) -> Any:
        """The name."""
        return self.name

    def holds(self, entry: Entry) -> bool:
        """Return True when every detail holds, for the metric and for one of its data points."""
        return super().holds(entry) and not self._point_problems(entry.value.data_points)

    def problems(self, entry: Entry) -> list[Problem]:
        """Return which details do not hold, for the metric and for its closest data point."""
        return super().problems(entry) + self._point_problems(entry.value.data_points)

    def _point_details(self) -> list[tuple[Field, Any]]:
        pairs = [(field, getattr(self, field.name)) for field in POINT_FIELDS]
        return [(field, expected) for field, expected in pairs if expected is not OMITTED]

    def _point_problems(self, points: tuple[DataPoint, ...]) -> list[Problem]:
        """Return what does not hold for the point closest to what is meant."""
        details = self._point_details()
        if not details:
            return []
        if not points:
            return [Problem("data_point_missing", "no data point was captured")]
        found = [[p for field, wanted in details for p in field.problems(wanted, point)] for point in points]
        closest = min(found, key=lambda problems: (_other_series(problems), len(problems)))
        if len(points) == 1 or not _other_series(closest):
            return closest
        text = f"no data point of {len(points)} has attributes {short(self.attributes)}"
        return [Problem("data_point_missing", f"{text}; closest: {'; '.join(p.message for p in closest)}")]

    def paths(self) -> tuple[str, ...]:
        """Return the paths that a match has checked, those of its data point too."""
        point = (path for field, expected in self._point_details() for path in field.paths(expected))
        return (*super().paths(), *point)

    def _given(self) -> Iterator[tuple[str, Any]]:
        for field in (*self.FIELDS, *POINT_FIELDS):
            yield field.name, getattr(self, field.name)

    def __repr__(self) -> str:
        return call("metric", self.name, **dict(self._given()))


def metric(
    name: Text,
    *,
    unit: Text | Omitted = OMITTED,
    type: MetricType | AnyMatcher | Omitted = OMITTED,  # noqa: A002 - the field's name
    temporality: Temporality | AnyMatcher | Omitted = OMITTED,
    is_monotonic: bool | AnyMatcher | Omitted = OMITTED,
    value: Number | Omitted = OMITTED,
    count: int | AnyMatcher | Omitted = OMITTED,
    sum: Number | Omitted = OMITTED,  # noqa: A002 - the field's name
    attributes: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    namespace: Text | Omitted | None = OMITTED,
    scope: Text | Omitted = OMITTED,
    resource: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
) -> MetricExpectation:
    """Expect a metric; attributes, value, count and sum must hold for one of its data points.

    Args:
        is_monotonic: Of a sum: it only grows, as a Counter's does and an UpDownCounter's does not.
        value: Of a sum or gauge.
        count: Of a histogram or CloudWatch metric: the number of measurements.
        sum: Of a histogram or CloudWatch metric, in the metric's unit.
        attributes: Of the data point; CloudWatch calls them dimensions.
        namespace: CloudWatch's; None expects an OpenTelemetry metric.

    Example:
        >>> metric("http.server.requests", value=3, attributes={"http.route": "/"})
        metric('http.server.requests', attributes={'http.route': '/'}, value=3)
    """
    return MetricExpectation(
        name=freeze(name),
        unit=freeze(unit),
        type=freeze(type),
        temporality=freeze(temporality),
        is_monotonic=freeze(is_monotonic),
        value=freeze(value),
        count=freeze(count),
        sum=freeze(sum),
        attributes=freeze(attributes),
        namespace=freeze(namespace),
        scope=freeze(scope),
        resource=freeze(resource),
    )
