"""Sends one kind of telemetry for some seconds, as fast as it is taken, and prints how much."""

from __future__ import annotations

import json
import socket
import sys
import time

from benchmarks import otlp_load

SPANS = 16
_SEGMENT = json.dumps(
    {
        "name": "backend-flask",
        "id": "53995c3f42cd8ad8",
        "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
        "start_time": 1.5,
        "end_time": 2.5,
        "http": {"request": {"method": "GET", "url": "http://localhost/api/activities/home"}},
        "metadata": {"padding": "x" * 200},
    }
)


def main(kind: str, endpoint: str, seconds: float) -> None:
    """Send until the time is over."""
    send = {"otlp": _otlp, "xray": _xray, "aws": _aws}[kind]
    print(kind, send(endpoint.removeprefix("http://"), time.monotonic() + seconds))


def _otlp(address: str, deadline: float) -> int:
    requests = [otlp_load.request_of(otlp_load.body(SPANS)) for _ in range(64)]
    return _ask(address, requests, deadline)


def _aws(address: str, deadline: float) -> int:
    body = json.dumps(
        {
            "logGroupName": "cruddur",
            "logStreamName": "soak",
            "logEvents": [{"timestamp": round(time.time() * 1000), "message": "GET /api 200 OK"}] * 20,
        }
    ).encode()

    def request(operation: str, content: bytes) -> bytes:
        head = (
            f"POST / HTTP/1.1\r\nhost: {address}\r\nx-amz-target: Logs_20140328.{operation}\r\n"
            "content-type: application/x-amz-json-1.1\r\n"
            "authorization: AWS4-HMAC-SHA256 Credential=soak/20260101/us-east-1/logs/aws4_request\r\n"
            f"content-length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    group = json.dumps({"logGroupName": "cruddur"}).encode()
    stream = json.dumps({"logGroupName": "cruddur", "logStreamName": "soak"}).encode()
    made = _ask(
        address, [request("CreateLogGroup", group), request("CreateLogStream", stream)], 0, at_least=2
    )
    return made + _ask(address, [request("PutLogEvents", body)], deadline)


def _ask(address: str, requests: list[bytes], deadline: float, *, at_least: int = 0) -> int:
    """Return how many requests were answered 200, each sent when the one before was."""
    host, _, port = address.partition(":")
    accepted = number = 0
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        while number < at_least or time.monotonic() < deadline:
            connection.sendall(requests[number % len(requests)])
            number += 1
            accepted += connection.recv(4096).startswith(b"HTTP/1.1 200")
    return accepted


def _xray(address: str, deadline: float) -> int:
    host, _, port = address.partition(":")
    datagram = b'{"format":"json","version":1}\n' + _SEGMENT.encode()
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((host, int(port)))
        while time.monotonic() < deadline:
            for _ in range(100):
                sender.send(datagram)
            sent += 100
    return sent


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
