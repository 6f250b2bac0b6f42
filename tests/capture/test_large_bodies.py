"""OTLP bodies that take a while to read, beside others."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from harness.capture import http_server
from harness.capture.arrivals import Arrivals
from harness.capture.loop import ReceiverLoop
from harness.capture.otlp_receiver import OtlpReceiver
from harness.codec import otlp
from harness.model import Rejected
from tests.capture.test_otlp_receiver import REQUEST, post

SMALL = REQUEST.SerializeToString()
LARGE = SMALL * 40_000
HEAD = (
    "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"
    "content-length: %d\r\n\r\n"
)


class SlowReading:
    """Reads large bodies when it is told to."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self._parse = otlp.parse_request

    def __call__(self, path: str, content_type: str, body: bytes) -> Any:
        if len(body) > len(SMALL):
            self.begun.set()
            self.may_end.wait(60)
        return self._parse(path, content_type, body)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowReading]:
    reading = SlowReading()
    monkeypatch.setattr(otlp, "parse_request", reading)
    yield reading
    reading.may_end.set()


@pytest.fixture
def receiver(loop: ReceiverLoop, arrivals: Arrivals, slow: SlowReading) -> Iterator[OtlpReceiver]:
    running = OtlpReceiver(loop, arrivals)
    yield running
    slow.may_end.set()
    running.close()


def items(receiver: OtlpReceiver) -> list[int]:
    return [received.export.items for received in receiver.received if not isinstance(received, Rejected)]


def test_others_are_answered_meanwhile_and_one_connection_in_order(
    receiver: OtlpReceiver, slow: SlowReading
) -> None:
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=30) as client:
        both = b"".join((HEAD % len(body)).encode() + body for body in (LARGE, SMALL))
        client.sendall(both)
        assert slow.begun.wait(20)
        assert post(receiver, SMALL)[0] == 200
        assert items(receiver) == [1]

        slow.may_end.set()
        answers = b""
        while answers.count(b"HTTP/1.1 200 OK") < 2:
            answers += client.recv(4096) or b"HTTP/1.1 200 OK" * 9

    assert items(receiver) == [1, 40_000, 1]


def test_what_is_not_read_when_the_receiver_closes_is_evidence(
    receiver: OtlpReceiver, slow: SlowReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "STOP_S", 0.05)
    with socket.create_connection(("127.0.0.1", receiver.port), timeout=30) as client:
        client.sendall((HEAD % len(LARGE)).encode() + LARGE)
        assert slow.begun.wait(20)

        receiver.close()

    reason = "POST /v1/traces: the receiver was closed before it was read"
    assert list(receiver.received) == [Rejected(channel="otlp", reason=reason, payload=LARGE)]
