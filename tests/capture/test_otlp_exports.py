"""Real exporters against the receiver: gRPC and HTTP, refused, slow, cut off, and sent again."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from uuid import uuid4

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import SpanKind

from harness import (
    CLIENT,
    ERROR,
    SERVER,
    Answer,
    ScenarioTelemetry,
    export_request,
    log_record,
    metric,
    span,
)
from harness.model import ExportRequest
from tests.codec.test_wire import traces

OWN = {"x-test": "own"}
ZIPKIN = [
    {
        "traceId": "5759e988bd862e3f",
        "id": "53995c3f42cd8ad8",
        "parentId": "53995c3f42cd8ad7",
        "kind": "CLIENT",
        "name": "get /x",
        "timestamp": 1_500_000_000_000_000,
        "duration": 1500,
        "localEndpoint": {"serviceName": "frontend"},
        "remoteEndpoint": {"serviceName": "backend", "ipv4": "10.0.0.1", "port": 80},
        "annotations": [{"timestamp": 1_500_000_000_000_100, "value": "sent"}],
        "tags": {"http.method": "GET", "error": "reset", "otel.scope.name": "client"},
    }
]


def otlp_endpoint() -> str:
    """Return where an app's exporters are pointed."""
    return os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]


def exported(telemetry: ScenarioTelemetry, exporter: SpanExporter, name: str = "sent") -> SpanExportResult:
    """Make one span, and export it by itself."""
    provider = TracerProvider()
    with provider.get_tracer("tests").start_as_current_span(name) as made:
        pass
    result = exporter.export([made])  # type: ignore[list-item]  # an SDK's span is readable
    exporter.shutdown()
    return result


def attempts(telemetry: ScenarioTelemetry) -> list[ExportRequest]:
    """Return this file's own exports: an app of another test in this process may export, too."""
    return [export for export in telemetry.exports if export.headers.get("x-test") == OWN["x-test"]]


def test_every_signal_over_grpc(telemetry: ScenarioTelemetry, plain_endpoint: str) -> None:
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(GrpcSpanExporter(plain_endpoint, insecure=True)))
    meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter(plain_endpoint, insecure=True))])
    loggers = LoggerProvider()
    loggers.add_log_record_processor(
        SimpleLogRecordProcessor(OTLPLogExporter(endpoint=plain_endpoint, insecure=True, headers="x-key=1"))
    )

    with tracers.get_tracer("tests").start_as_current_span("over grpc"):
        loggers.get_logger("tests").emit(LogRecord(body="logged", severity_number=None))
    meters.get_meter("tests").create_counter("sent").add(2)
    meters.force_flush()

    telemetry.expect(
        span("over grpc"),
        log_record("logged"),
        metric("sent", value=2),
        export_request(path="/v1/logs", headers={"x-key": "1"}),
        export_request(path="/v1/metrics"),
        export_request(path="/v1/traces", headers={"content-type": "application/grpc"}),
    )
    assert telemetry.span(span("over grpc")).witnesses == ("process", "wire")
    for provider in (tracers, meters, loggers):
        provider.shutdown()


def test_the_same_metric_of_another_process_is_captured(telemetry: ScenarioTelemetry) -> None:
    meters = MeterProvider(resource=Resource({"service.instance.id": "ours"}))
    meters.get_meter("tests").create_counter("shared").add(1)
    assert [metric.witnesses for metric in telemetry.metrics if metric.name == "shared"] == [("process",)]
    point = {"asInt": "5", "timeUnixNano": "1"}
    body = {
        "resourceMetrics": [
            {
                "resource": {
                    "attributes": [{"key": "service.instance.id", "value": {"stringValue": "theirs"}}]
                },
                "scopeMetrics": [
                    {
                        "scope": {"name": "tests"},
                        "metrics": [
                            {"name": "shared", "sum": {"dataPoints": [point], "aggregationTemporality": 1}}
                        ],
                    }
                ],
            }
        ]
    }

    assert post("/v1/metrics", json.dumps(body).encode(), "application/json")[0] == 200

    telemetry.expect(metric("shared", value=1), metric("shared", value=5))
    meters.shutdown()


@pytest.mark.parametrize("compression", Compression)
def test_http_in_every_encoding(telemetry: ScenarioTelemetry, compression: Compression) -> None:
    exporter = HttpSpanExporter(otlp_endpoint() + "/v1/traces", compression=compression)

    assert exported(telemetry, exporter) is SpanExportResult.SUCCESS
    telemetry.expect(export_request(path="/v1/traces"))


def test_an_exporter_bears_a_503_and_sends_again(telemetry: ScenarioTelemetry) -> None:
    with telemetry.answering(Answer(status=503, retry_after_s=0), times=1, path="/v1/traces"):
        result = exported(telemetry, HttpSpanExporter(otlp_endpoint() + "/v1/traces", headers=OWN))

    assert result is SpanExportResult.SUCCESS
    assert [(e.status, e.items, e.resent) for e in attempts(telemetry)] == [(503, 1, 0), (200, 1, 0)]
    telemetry.expect_count(1, span("sent"))


def test_grpc_is_told_to_wait(telemetry: ScenarioTelemetry, plain_endpoint: str) -> None:
    with telemetry.answering(Answer(status=503, retry_after_s=0.01), times=1, path="/v1/traces"):
        result = exported(telemetry, GrpcSpanExporter(plain_endpoint, insecure=True, headers=OWN))

    assert result is SpanExportResult.SUCCESS
    assert [e.status for e in attempts(telemetry)] == [503, 200]


def test_a_closed_connection_is_an_export_without_an_answer(telemetry: ScenarioTelemetry) -> None:
    with telemetry.answering(Answer(close=True), times=1, path="/v1/traces"):
        exported(telemetry, HttpSpanExporter(otlp_endpoint() + "/v1/traces", headers=OWN))

    assert attempts(telemetry)[0].status == 0
    telemetry.expect_count(1, span("sent"))


@pytest.mark.filterwarnings("ignore")
def test_an_answer_that_comes_too_late_makes_a_resend_that_counts_once(
    telemetry: ScenarioTelemetry,
) -> None:
    exporter = HttpSpanExporter(otlp_endpoint() + "/v1/traces", headers=OWN, timeout=1)
    with telemetry.answering(Answer(delay_s=3), times=1, path="/v1/traces"):
        exported(telemetry, exporter)

    telemetry.expect_count(1, span("sent"))
    assert [e.resent for e in attempts(telemetry)][:1] == [0]


def test_a_body_that_comes_again_is_counted_as_resent(telemetry: ScenarioTelemetry) -> None:
    body = traces("again", os.urandom(16))
    for _ in range(2):
        assert post("/v1/traces", body, "application/x-protobuf")[0] == 200

    telemetry.expect_count(1, span("again"))
    assert [(e.items, e.resent) for e in attempts(telemetry)] == [(1, 0), (1, 1)]


def test_a_required_header_is_demanded(telemetry: ScenarioTelemetry) -> None:
    endpoint = otlp_endpoint() + "/v1/traces"
    with telemetry.requiring_header("x-honeycomb-team"):
        without = exported(telemetry, HttpSpanExporter(endpoint, headers={**OWN, "x-honeycomb-team": ""}))
        having = exported(telemetry, HttpSpanExporter(endpoint, headers={**OWN, "x-honeycomb-team": "key"}))

    assert (without, having) == (SpanExportResult.FAILURE, SpanExportResult.SUCCESS)
    assert [e.status for e in attempts(telemetry)] == [401, 200]
    telemetry.expect_finding("export_refused", count=1)


def test_spans_without_ids_are_a_partial_success(telemetry: ScenarioTelemetry) -> None:
    both = traces("kept", os.urandom(16)) + traces("lost", bytes(16))
    status, body = post("/v1/traces", both, "application/x-protobuf")

    response = ExportTraceServiceResponse.FromString(body)
    assert status == 200
    assert response.partial_success.rejected_spans == 1
    assert "not all of them zero" in response.partial_success.error_message
    telemetry.expect(span("kept"))
    telemetry.expect_none(span("lost"))
    telemetry.expect_finding("input_rejected", count=1)


def test_another_span_of_the_same_id_is_found_and_a_resend_is_not(telemetry: ScenarioTelemetry) -> None:
    trace_id = os.urandom(16)
    for name in ("first", "second", "first"):
        assert post("/v1/traces", traces(name, trace_id), "application/x-protobuf")[0] == 200

    telemetry.expect(span("first"))
    telemetry.expect_none(span("second"))
    telemetry.expect_finding("span_conflicting", count=1)


def test_zipkin_spans_are_spans(telemetry: ScenarioTelemetry) -> None:
    assert post("/api/v2/spans", json.dumps(ZIPKIN).encode(), "application/json") == (202, b"")

    found = telemetry.span(
        span(
            "get /x",
            kind=CLIENT,
            status=ERROR,
            scope="client",
            resource={"service.name": "frontend"},
            attributes={
                "http.method": "GET",
                "peer.service": "backend",
                "network.peer.address": "10.0.0.1",
                "network.peer.port": 80,
            },
        )
    )
    assert found.trace_id == "00000000000000005759e988bd862e3f"
    assert found.parent_span_id == "53995c3f42cd8ad7"
    assert found.start_time_unix_nano == 1_500_000_000_000_000_000
    assert found.end_time_unix_nano == 1_500_000_000_001_500_000
    assert [event.name for event in found.events] == ["sent"]


def test_a_zipkin_server_joins_the_span_of_a_client_in_this_process(telemetry: ScenarioTelemetry) -> None:
    with TracerProvider().get_tracer("tests").start_as_current_span("call", kind=SpanKind.CLIENT) as made:
        context = made.get_span_context()
    trace_id, span_id = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    bank = {"serviceName": "bank"}
    below = {"traceId": trace_id, "id": "b" * 16, "parentId": span_id, "name": "query", "localEndpoint": bank}
    server = {"traceId": trace_id, "id": span_id, "kind": "SERVER", "name": "pay", "localEndpoint": bank}
    for half in (below, server, server):
        assert post("/api/v2/spans", json.dumps([half]).encode(), "application/json")[0] == 202

    telemetry.expect(span("call", kind=CLIENT).with_child(span("pay", kind=SERVER).with_child(span("query"))))


def test_a_span_of_this_process_that_a_zipkin_exporter_sends_is_one(telemetry: ScenarioTelemetry) -> None:
    provider = TracerProvider()
    with provider.get_tracer("tests").start_as_current_span("home", kind=SpanKind.SERVER) as made:
        context = made.get_span_context()
    server = {
        "traceId": f"{context.trace_id:032x}",
        "id": f"{context.span_id:016x}",
        "kind": "SERVER",
        "name": "home",
        "localEndpoint": {"serviceName": provider.resource.attributes["service.name"]},
    }

    post("/api/v2/spans", json.dumps([server]).encode(), "application/json")

    found = telemetry.span(span("home"))
    assert found.witnesses == ("process", "wire")
    assert found.site is not None


def test_a_zipkin_consumer_is_below_its_producer(telemetry: ScenarioTelemetry) -> None:
    ids = {"traceId": uuid4().hex, "id": "c" * 16}
    for kind, service in (("PRODUCER", "web"), ("CONSUMER", "worker")):
        half = {**ids, "kind": kind, "name": kind.lower(), "localEndpoint": {"serviceName": service}}
        post("/api/v2/spans", json.dumps([half]).encode(), "application/json")

    telemetry.expect(span("producer").with_child(span("consumer")))


@pytest.mark.parametrize("zipkin_first", [False, True])
def test_a_server_that_two_exporters_send_is_one(telemetry: ScenarioTelemetry, zipkin_first: bool) -> None:
    trace_id = uuid4().hex  # a trace belongs to the scenario that it began in
    ids = {"traceId": trace_id, "id": "e" * 16, "parentId": "1" * 16}
    # Zipkin's libraries write services in lower case, times in microseconds, and every value as text.
    web = {"serviceName": "web"}
    zipkin = [
        {**ids, "kind": "SERVER", "name": "home", "timestamp": 5, "tags": {"n": "3"}, "localEndpoint": web}
    ]
    otlp = {
        "resourceSpans": [
            {
                "resource": {
                    "attributes": [
                        {"key": "service.name", "value": {"stringValue": "Web"}},
                        {"key": "host.name", "value": {"stringValue": "h"}},
                    ]
                },
                "scopeSpans": [
                    {
                        "spans": [
                            {
                                "traceId": trace_id,
                                "spanId": "e" * 16,
                                "parentSpanId": "1" * 16,
                                "startTimeUnixNano": 5_900,
                                "attributes": [{"key": "n", "value": {"intValue": 3}}],
                                "kind": 2,
                                "name": "home",
                            }
                        ]
                    }
                ],
            }
        ]
    }
    requests = [("/v1/traces", otlp), ("/api/v2/spans", zipkin)]

    for path, body in reversed(requests) if zipkin_first else requests:
        post(path, json.dumps(body).encode(), "application/json")

    found = telemetry.span(span("home", attributes={"n": 3}))
    assert (found.span_id, found.parent_span_id) == ("e" * 16, "1" * 16)


@pytest.mark.parametrize("body", [b"{}", b"[{}]", b'[{"traceId":"xyz","id":"1"}]', b"\xff", b"[[["])
def test_what_is_not_zipkin_is_refused(telemetry: ScenarioTelemetry, body: bytes) -> None:
    status, reason = post("/api/v2/spans", body, "application/json")

    assert (status, b"is not Zipkin v2 JSON" in reason) == (400, True)
    telemetry.expect_finding("input_rejected", count=1)


def post(path: str, body: bytes, content_type: str) -> tuple[int, bytes]:
    request = urllib.request.Request(  # noqa: S310  our own loopback
        otlp_endpoint() + path, body, {"Content-Type": content_type, **OWN}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.fixture
def plain_endpoint() -> str:
    """The endpoint as gRPC wants it."""
    return otlp_endpoint().removeprefix("http://")


class _Scrubbing(SpanExporter):
    """Exports spans without their attributes."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export(
            [
                ReadableSpan(
                    name=each.name,
                    context=each.context,
                    resource=each.resource,
                    start_time=each.start_time,
                    end_time=each.end_time,
                    instrumentation_scope=each.instrumentation_scope,
                )
                for each in spans
            ]
        )

    def shutdown(self) -> None:
        self._inner.shutdown()


def test_a_span_that_is_exported_otherwise_is_found(telemetry: ScenarioTelemetry) -> None:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_Scrubbing(HttpSpanExporter())))
    for _ in range(2):
        provider.get_tracer("tests").start_span("scrubbed", attributes={"user": "a"}).end()

    telemetry.expect(span("scrubbed", attributes={"user": "a"}), export_request("/v1/traces"))

    (finding,) = telemetry.expect_finding("export_differs", at="scrubbed")
    assert finding.message.startswith("span 'scrubbed' was exported without attribute 'user': ")
    provider.shutdown()
