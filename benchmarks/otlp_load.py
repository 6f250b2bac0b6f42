"""A load of OTLP/HTTP requests over several connections, each sent when the one before was answered."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SPANS = 512
"""Of one body: the Python SDK's largest batch."""
CONNECTIONS = 4


class Load(NamedTuple):
    """What was sent.

    Attributes:
        accepted: Requests that were answered 200.
        refused: Requests that were answered otherwise, or not at all.
        seconds: From the first to the last.
    """

    accepted: int
    refused: int
    seconds: float

    @property
    def spans_per_second(self) -> float:
        return self.accepted * SPANS / self.seconds


def body(spans: int = SPANS) -> bytes:
    """Return a trace request as the reference app's instrumentation makes it."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    for key, value in {"service.name": "backend-flask", "telemetry.sdk.language": "python"}.items():
        resource_spans.resource.attributes.add(key=key).value.string_value = value
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "opentelemetry.instrumentation.flask"
    begun = time.time_ns()
    for number in range(spans):
        span = scope_spans.spans.add(
            trace_id=os.urandom(16),
            span_id=os.urandom(8),
            name="GET /api/activities/home",
            kind=2,
            start_time_unix_nano=begun + number,
            end_time_unix_nano=begun + number + 1_000_000,
        )
        for key in ("http.method", "http.scheme", "http.target", "net.host.name", "http.user_agent"):
            span.attributes.add(key=key).value.string_value = "/api/activities/home"
        span.attributes.add(key="http.status_code").value.int_value = 200
    return bytes(request.SerializeToString())


def send(port: int, requests: int, *, connections: int = CONNECTIONS, bodies: int = 1) -> Load:
    """Send so many requests over each connection.

    Args:
        bodies: How many different bodies take turns.
    """
    payloads = [request_of(body()) for _ in range(bodies)]
    accepted = [0] * connections
    threads = [
        threading.Thread(target=_send_over_one, args=(port, payloads, requests, accepted, number))
        for number in range(connections)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    return Load(sum(accepted), requests * connections - sum(accepted), seconds)


def request_of(content: bytes) -> bytes:
    """Return the HTTP request that carries a body."""
    head = (
        "POST /v1/traces HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-protobuf\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def _send_over_one(port: int, payloads: list[bytes], requests: int, accepted: list[int], number: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for index in range(requests):
            connection.sendall(payloads[index % len(payloads)])
            answer = connection.recv(4096)
            if answer.startswith(b"HTTP/1.1 200"):
                accepted[number] += 1
