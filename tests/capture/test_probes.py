"""Health checks and browsers' preflights: answered, and no rejected input."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import grpc
import pytest

from harness.capture.answers import Answer
from harness.capture.arrivals import Arrivals
from harness.capture.loop import ReceiverLoop
from harness.capture.otlp_receiver import OtlpReceiver
from harness.codec.otlp import JSON
from harness.model import Rejected

PAGE = "http://localhost:3000"


@pytest.fixture
def receiver(loop: ReceiverLoop, arrivals: Arrivals) -> Iterator[OtlpReceiver]:
    running = OtlpReceiver(loop, arrivals)
    yield running
    running.close()


def asked(
    receiver: OtlpReceiver, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(receiver.endpoint.removeprefix("http://"), timeout=10)
    connection.request(
        method, path, body=body or None, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("path", ["/", "/health", "/healthz", "/livez", "/ready", "/readyz"])
def test_health_checks_are_answered(receiver: OtlpReceiver, path: str) -> None:
    status, _, body = asked(receiver, "GET", path)

    assert (status, body) == (
        200,
        b"telemetry-harness receives OTLP here, over HTTP and gRPC, and Zipkin's spans\n",
    )
    assert asked(receiver, "HEAD", path)[::2] == (200, b"")
    assert not receiver.received


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/traces"), ("GET", "/metrics"), ("POST", "/")])
def test_other_requests_are_still_rejected(receiver: OtlpReceiver, method: str, path: str) -> None:
    assert asked(receiver, method, path)[0] in (404, 405)

    (rejected,) = receiver.received
    assert isinstance(rejected, Rejected)


def test_a_check_with_a_body_is_none(receiver: OtlpReceiver) -> None:
    assert asked(receiver, "GET", "/", b"{}")[0] == 404
    assert receiver.received


def test_a_page_may_send_and_read_the_answer(receiver: OtlpReceiver) -> None:
    status, headers, _ = asked(
        receiver,
        "OPTIONS",
        "/v1/traces",
        origin=PAGE,
        access_control_request_method="POST",
        access_control_request_headers="content-type,x-team",
    )
    assert status == 200
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["access-control-allow-methods"] == "POST"
    assert headers["access-control-allow-headers"] == "content-type,x-team"
    assert not receiver.received
    status, headers, _ = asked(receiver, "POST", "/v1/traces", b"{}", origin=PAGE, content_type=JSON)
    assert (status, headers["access-control-allow-origin"]) == (200, PAGE)


def test_who_is_no_page_is_told_nothing_of_pages(receiver: OtlpReceiver) -> None:
    _, headers, _ = asked(receiver, "POST", "/v1/traces", b"{}", content_type=JSON)

    assert not [name for name in headers if name.startswith("access-control")]


def test_a_connection_is_closed_for_a_page_too(receiver: OtlpReceiver) -> None:
    with (
        receiver.answers.giving(Answer(close=True)),
        pytest.raises(http.client.RemoteDisconnected),
    ):
        asked(receiver, "POST", "/v1/traces", b"{}", origin=PAGE, content_type=JSON)


def test_a_large_body_of_a_page_is_answered_alike(receiver: OtlpReceiver) -> None:
    status, headers, _ = asked(
        receiver, "POST", "/v1/traces", b"{" + b" " * (2 << 20) + b"}", origin=PAGE, content_type=JSON
    )

    assert (status, headers["access-control-allow-origin"]) == (200, PAGE)


def test_grpc_health_is_serving(receiver: OtlpReceiver) -> None:
    with grpc.insecure_channel(receiver.endpoint.removeprefix("http://")) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        assert check(b"", timeout=10) == b"\x08\x01"
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch")
        with pytest.raises(grpc.RpcError) as failed:
            next(watch(b"", timeout=10))

    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert not receiver.received
