from __future__ import annotations

from typing import Any

import pytest

from harness import MetricType, Temporality, gt, instance_of, metric
from harness.expect import MetricExpectation
from harness.model import DataPoint, Resource, Telemetry
from tests.builders import a_metric, a_telemetry

TELEMETRY = a_telemetry(
    a_metric(
        "requests",
        DataPoint(attributes={"route": "/"}, value=3),
        DataPoint(attributes={"route": "/users"}, value=1),
        unit="{request}",
        temporality=Temporality.DELTA,
        scope="flask",
        resource=Resource(attributes={"service.name": "web"}),
    ),
    a_metric("latency", DataPoint(count=4, sum=1.5), type=MetricType.HISTOGRAM, unit="s"),
    a_metric("empty"),
    a_metric("Signups", DataPoint(value=1.0), type=MetricType.CLOUDWATCH, namespace="Cruddur"),
)


def findings(expectation: MetricExpectation, telemetry: Telemetry = TELEMETRY) -> list[str]:
    verdict = expectation.check(telemetry)
    return [f"{f.signal} | {f.where} | {f.id}: {f.message}" for f in verdict.findings]


@pytest.mark.parametrize(
    "expectation",
    [
        metric(
            "requests", unit="{request}", type=MetricType.SUM, temporality=Temporality.DELTA, namespace=None
        ),
        metric("requests", value=3),
        metric("requests", value=1, attributes={"route": "/users"}),
        metric("requests", scope="flask", resource={"service.name": "web"}),
        metric("latency", count=4, sum=gt(1)),
        metric("Signups", namespace="Cruddur", value=1.0),
    ],
)
def test_what_is_named_holds(expectation: MetricExpectation) -> None:
    assert findings(expectation) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (metric("latency", unit="ms"), "latency | unit_mismatch: unit: expected 'ms', captured 's'"),
        (
            metric("latency", type=MetricType.SUM),
            "latency | type_mismatch: type: expected MetricType.SUM, captured MetricType.HISTOGRAM",
        ),
        (
            metric("latency", sum=instance_of(int)),
            (
                "latency | sum_mismatch: sum: expected instance_of(int), captured 1.5"
                " (int expected, float captured)"
            ),
        ),
        (
            metric("latency", attributes={"route": "/"}),
            "latency | attribute_missing: no attribute 'route'; none was captured",
        ),
        (
            metric("requests", value=2, attributes={"route": "/users"}),
            "requests | value_mismatch: value: expected 2, captured 1",
        ),
        (metric("requests", value=7), "requests | value_mismatch: value: expected 7, captured 3"),
        (
            metric("requests", value=3, attributes={"route": "/health"}),
            (
                "requests | data_point_missing: no data point of 2 has attributes {'route': '/health'};"
                " closest: route: expected '/health', captured '/'"
            ),
        ),
        (
            metric("latency", value=4),
            (
                "latency | value_mismatch: value: expected 4, captured None; "
                "of value, count and sum the point has count 4 and sum 1.5"
            ),
        ),
        (
            metric("Signups", sum=1.0),
            (
                "Signups | sum_mismatch: sum: expected 1.0, captured None; "
                "of value, count and sum the point has value 1.0"
            ),
        ),
        (metric("empty", value=1), "empty | data_point_missing: no data point was captured"),
        (
            metric("request"),
            "request | metric_missing: no metric 'request' was captured; closest: 'requests'",
        ),
    ],
)
def test_what_does_not_hold(expectation: MetricExpectation, message: str) -> None:
    assert findings(expectation) == [f"metric | metric {message}"]


def test_metric_and_data_point_are_told_together() -> None:
    assert findings(metric("latency", unit="ms", count=5)) == [
        "metric | metric latency | unit_mismatch: unit: expected 'ms', captured 's'",
        "metric | metric latency | data_point_count_mismatch: count: expected 5, captured 4",
    ]


def test_a_match_is_an_index_with_paths() -> None:
    (match,) = (
        metric("requests", unit="{request}", value=3, attributes={"route": "/"}).check(TELEMETRY).matched
    )
    assert (match.signal, match.node_id) == ("metric", "0")
    assert match.fields == ("name", "unit", "attributes.route", "value")


def test_no_metric_at_all() -> None:
    assert findings(metric("a"), Telemetry()) == [
        "metric | metric a | metric_missing: no metric 'a' was captured; no metric was captured at all"
    ]


def test_its_repr_is_source() -> None:
    expectation: Any = metric("a", type=MetricType.GAUGE, value=gt(1), attributes={"k": 1}, namespace=None)
    assert repr(expectation) == (
        "metric('a', type=MetricType.GAUGE, namespace=None, attributes={'k': 1}, value=gt(1))"
    )
    assert eval(repr(expectation)) == expectation  # noqa: S307 - the source is our own
