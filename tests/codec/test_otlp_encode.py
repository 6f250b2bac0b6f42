"""What is encoded decodes to the same values, and requests stay small enough for gRPC."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.codec import otlp_encode
from harness.codec.otlp import log_records_of, metrics_of, spans_of
from harness.codec.otlp_encode import export_requests
from harness.model import (
    DataPoint,
    Link,
    MetricType,
    Resource,
    Scope,
    SpanEvent,
    SpanKind,
    Status,
    StatusCode,
    Telemetry,
    Temporality,
)
from tests.builders import TRACE, a_log_record, a_metric, a_span, a_telemetry, hex_id

RESOURCE = Resource(attributes={"service.name": "backend"}, schema_url="https://example/1")
SCOPE = Scope(name="app", version="1", schema_url="https://example/2", attributes={"a": 1})
ATTRIBUTES = {
    "text": "é",
    "flag": True,
    "int": 3,
    "float": 1.5,
    "bytes": b"\0",
    "none": None,
    "list": [1, "a", [2.5]],
    "map": {"key": {"below": False}},
}


def decoded(telemetry: Telemetry) -> Telemetry:
    """Return what a receiver takes in of what is sent."""
    found: list[Any] = []
    for path, message in export_requests(telemetry):
        if path == "/v1/traces":
            found += (decode() for _, decode in spans_of(message))
        else:
            found += metrics_of(message) if path == "/v1/metrics" else log_records_of(message)
    return a_telemetry(*(msgspec.structs.replace(item, witnesses=()) for item in found))


def test_spans() -> None:
    parent = a_span("parent", kind=SpanKind.SERVER, resource=RESOURCE, scope=SCOPE, trace_state="a=b")
    child = a_span(
        "child",
        parent=parent,
        kind=SpanKind.CLIENT,
        status=Status(StatusCode.ERROR, "down"),
        attributes=ATTRIBUTES,
        events=(SpanEvent(name="exception", time_unix_nano=5, attributes=ATTRIBUTES),),
        links=(Link(trace_id=TRACE, span_id=hex_id("x"), trace_state="c=d", attributes={"n": 1}),),
    )
    assert decoded(a_telemetry(parent, child)) == a_telemetry(parent, child)


def test_log_records() -> None:
    record = a_log_record(
        {"deep": [1]},
        scope="app",
        observed_time_unix_nano=7,
        event_name="served",
        attributes=ATTRIBUTES,
        trace_id=TRACE,
        span_id=hex_id("x"),
        resource=RESOURCE,
    )
    assert decoded(a_telemetry(record, a_log_record(None))) == a_telemetry(record, a_log_record(None))


@pytest.mark.parametrize(
    ("kind", "point", "also"),
    [
        (MetricType.SUM, DataPoint(value=3), {"is_monotonic": True, "temporality": Temporality.DELTA}),
        (MetricType.GAUGE, DataPoint(value=1.5, attributes={"a": 1}), {}),
        (MetricType.GAUGE, DataPoint(), {}),
        (
            MetricType.HISTOGRAM,
            DataPoint(count=2, sum=3.0, min=1.0, max=2.0, bucket_counts=(1, 1), explicit_bounds=(1.5,)),
            {"temporality": Temporality.CUMULATIVE, "unit": "ms", "description": "how long"},
        ),
        (MetricType.EXPONENTIAL_HISTOGRAM, DataPoint(count=2, sum=3.0), {}),
        (MetricType.SUMMARY, DataPoint(count=2, sum=3.0, start_time_unix_nano=1, time_unix_nano=2), {}),
    ],
)
def test_metrics(kind: MetricType, point: DataPoint, also: dict[str, Any]) -> None:
    metric = a_metric("m", point, type=kind, resource=RESOURCE, scope="app", **also)
    assert decoded(a_telemetry(metric)) == a_telemetry(metric)


def test_a_metric_of_cloudwatch_is_not_sent() -> None:
    metric = a_metric("m", DataPoint(count=1), type=MetricType.CLOUDWATCH, namespace="App")
    assert list(export_requests(a_telemetry(metric))) == []


def test_one_request_for_each_resource_and_scope() -> None:
    spans = [a_span(str(n), scope=f"scope {n % 2}", span_id=hex_id(str(n))) for n in range(6)]
    assert len(list(export_requests(a_telemetry(*spans)))) == 2


def test_many_items_are_several_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp_encode, "MAX_REQUEST_BYTES", 1000)
    spans = [a_span(str(n), attributes={"text": "x" * 400}) for n in range(5)]
    requests = list(export_requests(a_telemetry(*spans)))
    assert [len(message.resource_spans[0].scope_spans[0].spans) for _, message in requests] == [2, 2, 1]
    assert decoded(a_telemetry(*spans)) == a_telemetry(*spans)


def test_an_id_that_is_none() -> None:
    with pytest.raises(ValueError, match="non-hexadecimal"):
        list(export_requests(a_telemetry(a_span(span_id="zz"))))
