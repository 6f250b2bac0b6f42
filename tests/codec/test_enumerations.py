"""Numbers of OTLP that are none of its enumerations."""

from __future__ import annotations

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness.codec.otlp import metrics_of, spans_of
from harness.model import SpanKind, Status, Temporality


@pytest.mark.parametrize("number", [-50, -1, 6, 2**31 - 1])
def test_a_kind_and_a_status_that_are_none(number: int) -> None:
    request = ExportTraceServiceRequest()
    item = request.resource_spans.add().scope_spans.add().spans.add(trace_id=b"t" * 16, span_id=b"s" * 8)
    setattr(item, "kind", number)  # noqa: B010  the stubs know the enumeration's numbers only
    setattr(item.status, "code", number)  # noqa: B010  likewise
    request.ParseFromString(request.SerializeToString())

    (span,) = (span() for _, span in spans_of(request))
    assert (span.kind, span.status) == (SpanKind.UNSPECIFIED, Status())


@pytest.mark.parametrize("number", [-1, 3])
def test_a_temporality_that_is_none(number: int) -> None:
    request = ExportMetricsServiceRequest()
    item = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    setattr(item.sum, "aggregation_temporality", number)  # noqa: B010  likewise

    (metric,) = metrics_of(request)
    assert metric.temporality is Temporality.UNSPECIFIED
