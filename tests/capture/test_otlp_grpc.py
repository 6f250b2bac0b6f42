"""What gRPC refuses is evidence, as it is over HTTP."""

import resource
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from harness.capture import http_connection, otlp_grpc
from harness.capture.answers import Answer
from harness.capture.arrivals import Arrivals
from harness.capture.loop import ReceiverLoop
from harness.capture.otlp_receiver import OtlpReceiver
from harness.model import Rejected
from tests.codec.test_wire import traces

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
KNOWN = (
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export, "
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export, "
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
)
NO_MESSAGE = (
    f"gRPC {EXPORT}: no whole message came: it is over the limit of 67108864 bytes (the client is told "
    "RESOURCE_EXHAUSTED), compressed in a way that is not read (UNIMPLEMENTED), or the client gave up; "
    "grpcio does not give its bytes"
)


@pytest.fixture
def receiver(loop: ReceiverLoop, arrivals: Arrivals) -> Iterator[OtlpReceiver]:
    running = OtlpReceiver(loop, arrivals)
    yield running
    running.close()


def call(receiver: OtlpReceiver, method: str, *messages: bytes, timeout: float = 30) -> tuple[str, str]:
    """Return the status and details of a call that is refused."""
    with grpc.insecure_channel(receiver.endpoint.removeprefix("http://")) as channel:
        with pytest.raises(grpc.RpcError) as refused:
            channel.stream_unary(method)(iter(messages), timeout=timeout)
        return refused.value.code().name, refused.value.details()


def rejected(receiver: OtlpReceiver, arrivals: Arrivals) -> list[Rejected]:
    """Return what was rejected; of a message that does not come whole, the client hears first."""
    arrivals.wait_until(lambda: receiver.received, time.monotonic() + 10)
    return [item for item in receiver.received if isinstance(item, Rejected)]


def test_a_message_that_is_too_large(receiver: OtlpReceiver, arrivals: Arrivals) -> None:
    status, _ = call(receiver, EXPORT, bytes(64 * 1024 * 1024 + 1))

    assert status == "RESOURCE_EXHAUSTED"
    assert rejected(receiver, arrivals) == [Rejected(channel="otlp", reason=NO_MESSAGE, payload=b"")]


def test_a_call_without_a_message(receiver: OtlpReceiver, arrivals: Arrivals) -> None:
    assert call(receiver, EXPORT) == ("INVALID_ARGUMENT", "no whole message came")
    assert rejected(receiver, arrivals) == [Rejected(channel="otlp", reason=NO_MESSAGE, payload=b"")]


@pytest.mark.parametrize("method", [EXPORT.replace("/Export", "/Import"), "/shop.v1.Orders/Check"])
def test_a_method_that_is_not_there(receiver: OtlpReceiver, arrivals: Arrivals, method: str) -> None:
    body = traces("home")
    reason = f"gRPC {method}: no such method; expected one of {KNOWN}"

    assert call(receiver, method, body) == ("UNIMPLEMENTED", reason)
    assert rejected(receiver, arrivals) == [Rejected(channel="otlp", reason=reason, payload=body)]


def test_without_descriptors_the_connection_is_refused_and_the_next_one_tried(
    receiver: OtlpReceiver, arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(otlp_grpc, "DESCRIPTORS", 1_000_000)
        patch.setattr(resource, "getrlimit", lambda _: (100_000, 100_000))
        with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as client:
            client.sendall(otlp_grpc.PREFACE)
            refused = rejected(receiver, arrivals)
    (item,) = refused
    assert item.reason == (
        "gRPC connection: a connection was refused, because nearly all of 100,000 file descriptors are in "
        "use; raise the limit (ulimit -n), or close connections"
    )

    with grpc.insecure_channel(receiver.endpoint.removeprefix("http://")) as channel:
        channel.unary_unary(EXPORT)(traces("span"), timeout=30)


def test_hanging_up_closes_the_connection(receiver: OtlpReceiver) -> None:
    address = receiver.endpoint.removeprefix("http://")
    with receiver.answers.giving(Answer(close=True), times=1):
        with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError) as failed:
            channel.unary_unary(EXPORT)(traces("lost"), timeout=30)
        # Channels of one process share a connection, and this one may be closing still.
        own_connection = [("grpc.use_local_subchannel_pool", 1)]
        with grpc.insecure_channel(address, own_connection) as another:
            another.unary_unary(EXPORT)(traces("kept"), timeout=30)

    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    assert "answered as asked" not in failed.value.details()


def test_a_directory_whose_path_is_too_long_for_a_socket_is_told(
    receiver: OtlpReceiver, arrivals: Arrivals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 110)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))

    assert call(receiver, EXPORT, traces("a"))[0] == "UNAVAILABLE"

    reason = rejected(receiver, arrivals)[0].reason
    assert reason.startswith(
        "gRPC connection: gRPC cannot listen, its socket's path is too long: set TMPDIR to a shorter one"
    )
    assert reason.endswith("/listening")


def test_calls_that_never_send_their_message_are_ended_and_others_answered(
    receiver: OtlpReceiver, arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "SILENCE_S", 0.3)
    done = threading.Event()

    def silent() -> Iterator[bytes]:
        done.wait(30)
        yield from ()

    with grpc.insecure_channel(receiver.endpoint.removeprefix("http://")) as channel:
        calls = [channel.stream_unary(EXPORT).future(silent()) for _ in range(40)]
        ends = [(call.code().name, call.details()) for call in calls]
        channel.unary_unary(EXPORT)(traces("after"), timeout=30)
        done.set()

    assert ends == [("DEADLINE_EXCEEDED", "no whole message came within 0.3 s")] * 40
    reason = f"gRPC {EXPORT}: no whole message came within 0.3 s; the call was ended"
    assert rejected(receiver, arrivals) == [Rejected(channel="otlp", reason=reason)] * 40


def test_a_connection_that_says_no_more_than_that_it_is_http_2_is_closed(
    receiver: OtlpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "SILENCE_S", 0.3)
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=30) as client:
        client.sendall(otlp_grpc.PREFACE)

        while client.recv(4096):
            pass
