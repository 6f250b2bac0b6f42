import gzip
import http.client
import json
from collections.abc import Iterator, Sequence

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from harness.capture import http_connection
from harness.capture.answers import Answer
from harness.capture.arrivals import Arrivals
from harness.capture.loop import ReceiverLoop
from harness.capture.otlp_receiver import OtlpReceiver, Received
from harness.codec.otlp import JSON, PROTOBUF
from harness.model import ExportRequest, Incident, Rejected

REQUEST = ExportTraceServiceRequest()
REQUEST.resource_spans.add().scope_spans.add().spans.add(name="a", trace_id=b"t" * 16, span_id=b"s" * 8)
ZIPPED = gzip.compress(REQUEST.SerializeToString(), mtime=0)
AS_JSON = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","traceId":"%b","spanId":"%b"}]}]}]}' % (
    b"ab" * 16,
    b"cd" * 8,
)
NO_PATH_OF_TRACES = (
    "POST /: path '/' is not an OTLP path; closest: '/v1/traces'; an exporter takes an endpoint given in "
    "code as it is, so end it in /v1/traces, or leave it to OTEL_EXPORTER_OTLP_ENDPOINT"
)
NO_PATH = (
    "POST /: path '/' is not an OTLP path; expected one of /api/v2/spans, /v1/logs, /v1/metrics, /v1/traces"
)


@pytest.fixture
def receiver(loop: ReceiverLoop, arrivals: Arrivals) -> Iterator[OtlpReceiver]:
    running = OtlpReceiver(loop, arrivals)
    yield running
    running.close()


def post(
    receiver: OtlpReceiver, body: bytes, path: str = "/v1/traces", method: str = "POST", **headers: str
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(receiver.endpoint.removeprefix("http://"), timeout=10)
    sent = {"content-type": PROTOBUF} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=sent)
    answer = connection.getresponse()
    result = answer.status, answer.headers.get("content-type", ""), answer.read()
    connection.close()
    return result


def test_a_link_does_not_hide_that_its_span_has_no_ids(receiver: OtlpReceiver) -> None:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(trace_id=bytes(16), span_id=bytes(8))
    span.links.add(trace_id=b"t" * 16, span_id=b"s" * 8)
    body = request.SerializeToString()

    status, _, answer = post(receiver, body)

    reason = "POST /v1/traces: 1 of 1 spans: a trace id has 16 bytes and a span id 8, not all of them zero"
    assert status == 200
    assert ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans == 1
    (export, rejected) = receiver.received
    assert isinstance(export, Received)
    assert export.export.items == 0
    assert rejected == Rejected(channel="otlp", reason=reason, payload=body)


@pytest.mark.parametrize(
    ("body", "headers", "answer"),
    [
        (REQUEST.SerializeToString(), {}, (200, PROTOBUF, b"")),
        (ZIPPED, {"content_encoding": "gzip"}, (200, PROTOBUF, b"")),
        (AS_JSON, {"content_type": JSON}, (200, JSON, b"{}")),
    ],
)
def test_requests_are_kept_with_their_headers(
    receiver: OtlpReceiver, body: bytes, headers: dict[str, str], answer: tuple[int, str, bytes]
) -> None:
    assert post(receiver, body, x_honeycomb_team="key", **headers) == answer

    (received,) = receiver.received
    assert isinstance(received, Received)
    assert (received.export.path, received.export.items) == ("/v1/traces", 1)
    assert received.export.headers["x-honeycomb-team"] == "key"


@pytest.mark.parametrize(
    ("status", "reason", "body", "request_line"),
    [
        (400, "POST /v1/traces: body of 4 bytes is not protobuf for /v1/traces: ", b"\xff\xff\xff\xff", {}),
        (
            404,
            "POST /v2/traces: path '/v2/traces' is not an OTLP path; closest: '/v1/traces'",
            b"",
            {"path": "/v2/traces"},
        ),
        (404, NO_PATH_OF_TRACES, REQUEST.SerializeToString(), {"path": "/"}),
        (404, NO_PATH_OF_TRACES, ZIPPED, {"path": "/", "content_encoding": "gzip"}),
        (404, NO_PATH, b"no gzip", {"path": "/", "content_encoding": "gzip"}),
        (404, NO_PATH, b"", {"path": "/"}),
        (405, "GET /v1/traces: method GET is not POST", b"", {"method": "GET"}),
        (415, "POST /v1/traces: content-type 'text/plain' is not ", b"", {"content_type": "text/plain"}),
        (415, "POST /v1/traces: content-encoding 'br' is not supported", b"", {"content_encoding": "br"}),
        (400, "POST /v1/traces: body is not valid gzip: ", b"no gzip", {"content_encoding": "gzip"}),
    ],
)
def test_what_cannot_be_decoded_is_answered_and_kept(
    receiver: OtlpReceiver, status: int, reason: str, body: bytes, request_line: dict[str, str]
) -> None:
    assert post(receiver, body, **request_line)[0] == status

    (rejected,) = receiver.received
    assert isinstance(rejected, Rejected)
    assert (rejected.channel, rejected.payload) == ("otlp", body)
    assert rejected.reason.startswith(reason)


def test_a_gzip_bomb_is_refused_and_the_next_request_is_served(receiver: OtlpReceiver) -> None:
    bomb = gzip.compress(bytes(80 * 1024 * 1024))

    assert post(receiver, bomb, content_encoding="gzip")[0] == 400
    assert post(receiver, REQUEST.SerializeToString())[0] == 200

    rejected, received = receiver.received
    assert isinstance(rejected, Rejected)
    assert "grows beyond the limit of 67108864 bytes" in rejected.reason
    assert isinstance(received, Received)


def told(answer: tuple[int, str, bytes]) -> tuple[int, str, str]:
    """Return an error's status, media type and message."""
    status, media_type, body = answer
    if media_type == PROTOBUF:
        return status, media_type, Status.FromString(body).message
    return status, media_type, json.loads(body)["message"] if media_type == JSON else body.decode()


@pytest.mark.parametrize("media_type", [PROTOBUF, JSON])
def test_errors_are_told_in_the_encoding_of_the_request(receiver: OtlpReceiver, media_type: str) -> None:
    valid = AS_JSON if media_type == JSON else REQUEST.SerializeToString()

    status, given, message = told(post(receiver, b"\xff" * 4, content_type=media_type))
    assert (status, given) == (400, media_type)
    assert message.startswith("body of 4 bytes is not ")
    assert told(post(receiver, valid, content_type=media_type, content_encoding="br")) == (
        415,
        media_type,
        "content-encoding 'br' is not supported; expected gzip, deflate, zstd or none",
    )
    assert told(post(receiver, b"", "/v2/traces", content_type=media_type)) == (
        404,
        media_type,
        "path '/v2/traces' is not an OTLP path; closest: '/v1/traces'",
    )
    with receiver.answers.requiring("x-honeycomb-team"):
        assert told(post(receiver, valid, content_type=media_type)) == (
            401,
            media_type,
            "header 'x-honeycomb-team' is missing or empty",
        )
    with receiver.answers.giving(Answer(status=503)):
        assert told(post(receiver, valid, content_type=media_type)) == (
            503,
            media_type,
            "answered as asked: 503",
        )


@pytest.mark.parametrize(
    ("path", "media_type", "answered"),
    [
        ("/v1/traces", PROTOBUF, PROTOBUF),
        ("/v1/traces", f"{JSON}; charset=utf-8", JSON),
        ("/api/v2/spans", JSON, "text/plain"),
        ("/v1/traces", "text/csv", "text/plain"),
    ],
)
def test_a_body_that_is_too_large_is_told_likewise(
    receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch, path: str, media_type: str, answered: str
) -> None:
    monkeypatch.setattr(http_connection, "MAX_BODY_BYTES", 10)

    assert told(post(receiver, bytes(11), path, content_type=media_type)) == (
        413,
        answered,
        "request body is over the limit of 10 bytes",
    )


class FullDisk:
    """A recorder that can keep nothing."""

    def waiting(self, export: ExportRequest, body: bytes) -> int:
        return 0

    def export(self, export: ExportRequest, body: bytes, *, answers: int = 0) -> bool:
        return False

    def rejected(self, rejected: Rejected) -> None:
        pass

    def incident(self, incident: Incident) -> None:
        pass

    def datagrams(self, datagrams: Sequence[bytes]) -> bool:
        return False


def test_what_cannot_be_recorded_is_to_be_sent_again(loop: ReceiverLoop, arrivals: Arrivals) -> None:
    receiver = OtlpReceiver(loop, arrivals, recorder=FullDisk())

    status, _, body = post(receiver, REQUEST.SerializeToString())

    receiver.close()
    assert status == 503
    assert b"cannot write what it receives, as it said on stderr; send it again" in body
