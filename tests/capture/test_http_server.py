import asyncio
import gc
import http.client
import resource
import socket
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

import pytest

from harness.capture import http_connection, wsgi
from harness.capture.arrivals import Arrivals
from harness.capture.http_messages import Handler, Request, Response
from harness.capture.http_server import HttpServer
from harness.capture.loop import ReceiverLoop

Malformed = list[tuple[str, bytes]]


class Serve(Protocol):
    def __call__(self, handler: Handler, **options: Any) -> int: ...


def echo(request: Request) -> Response:
    return Response(200, (("x-path", request.path),), request.body)


@pytest.fixture
def malformed() -> Malformed:
    return []


@pytest.fixture
def serve(loop: ReceiverLoop, malformed: Malformed) -> Iterator[Serve]:
    servers = []

    def start(handler: Handler, **options: Any) -> int:
        def report(reason: str, payload: bytes) -> None:
            malformed.append((reason, payload))

        servers.append(HttpServer(loop, handler, report, **options))
        return servers[-1].port

    yield start
    for server in servers:
        server.close()


def exchange(port: int, raw: bytes) -> bytes:
    """Send bytes, say that there are no more, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(raw)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
    return received


def test_a_connection_is_kept_alive(serve: Serve) -> None:
    client = http.client.HTTPConnection("127.0.0.1", serve(echo), timeout=10)

    for number in range(3):
        client.request("POST", f"/path/{number}?q=1", body=b"body %d" % number)
        answer = client.getresponse()
        assert (answer.status, answer.headers["x-path"]) == (200, f"/path/{number}")
        assert answer.read() == b"body %d" % number
    client.close()


def test_a_connection_that_takes_one_of_the_last_descriptors_is_refused(
    serve: Serve, malformed: Malformed, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = serve(echo)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as early:
        early.sendall(b"GET / HTTP/1.1\r\n\r\n")
        answer = early.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        monkeypatch.setattr(resource, "getrlimit", lambda _: (8, 8))

        with socket.create_connection(("127.0.0.1", port), timeout=10) as late:
            assert received_by(late) == b""

        early.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert early.recv(4096) == answer
    assert malformed == [
        (
            (
                "a connection was refused, because nearly all of 8 file descriptors are in use; "
                "raise the limit (ulimit -n), or close connections"
            ),
            b"",
        )
    ]


def received_by(client: socket.socket) -> bytes:
    try:
        return client.recv(1)
    except ConnectionError:
        return b""


@pytest.mark.parametrize(
    ("second", "seen"), [("application/json", "application/json"), ("text/x", "application/json, text/x")]
)
def test_a_content_type_that_is_said_twice(serve: Serve, second: str, seen: str) -> None:
    port = serve(lambda request: Response(200, (), request.headers["content-type"].encode()))
    head = f"POST / HTTP/1.1\r\nContent-Type: application/json\r\ncontent-type: {second}\r\n\r\n"

    assert exchange(port, head.encode()).endswith(f"\r\n\r\n{seen}".encode())


def test_a_chunked_body_is_put_together(serve: Serve) -> None:
    client = http.client.HTTPConnection("127.0.0.1", serve(echo), timeout=10)

    client.request("POST", "/", body=iter([b"one ", b"two"]), encode_chunked=True)

    assert client.getresponse().read() == b"one two"
    client.close()


def test_a_client_that_expects_100_continue_gets_it(serve: Serve) -> None:
    answer = exchange(
        serve(echo), b"POST / HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\nok"
    )

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_pipelined_requests_are_answered_in_order(serve: Serve) -> None:
    def handler(request: Request) -> Response | Awaitable[Response]:
        return later(request) if request.path == "/first" else echo(request)

    async def later(request: Request) -> Response:
        for _ in range(10):  # as many turns of the loop, in which the next request comes in
            await asyncio.sleep(0)
        return echo(request)

    get = b"GET %b HTTP/1.1\r\nhost: h\r\n\r\n"
    answers = exchange(serve(handler), get % b"/first" + get % b"/second" + get % b"/third")

    paths = [line for line in answers.split(b"\r\n") if line.startswith(b"x-path")]
    assert paths == [b"x-path: /first", b"x-path: /second", b"x-path: /third"]


def test_tls_is_named_with_its_cure(serve: Serve, malformed: Malformed) -> None:
    exchange(serve(echo), b"\x16\x03\x01\x02\x00\x01\x00")

    ((reason, _),) = malformed
    assert reason == "not HTTP but TLS: the receivers speak plain HTTP; write http:// in the endpoint"


@pytest.mark.parametrize(
    "raw", [b"\x16\x04\x01\x02\x00\x01\x00", b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_not_http_is_answered_and_reported(serve: Serve, malformed: Malformed, raw: bytes) -> None:
    answer = exchange(serve(echo), raw)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    ((reason, payload),) = malformed
    assert reason.startswith("not HTTP: ")
    assert payload == raw


def test_a_body_over_the_limit_is_refused(
    serve: Serve, malformed: Malformed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "MAX_BODY_BYTES", 1000)

    head = b"POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = exchange(serve(echo), head + b"3e9\r\n" + bytes(1001) + b"\r\n0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert malformed == [("request body is over the limit of 1000 bytes", bytes(1001))]


def test_a_body_declared_over_the_limit_is_refused_before_it_is_sent(
    serve: Serve, malformed: Malformed
) -> None:
    size = http_connection.MAX_BODY_BYTES + 1
    with socket.create_connection(("127.0.0.1", serve(echo)), timeout=10) as client:
        client.sendall(b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: %d\r\n\r\n" % size)
        answer = client.recv(65536)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert malformed == [(f"request body is over the limit of {size - 1} bytes", b"")]


def test_a_client_that_sends_all_of_a_body_that_is_too_large_reads_why(serve: Serve) -> None:
    client = http.client.HTTPConnection("127.0.0.1", serve(echo), timeout=10)

    client.request("POST", "/", body=bytes(http_connection.MAX_BODY_BYTES + 1))

    assert client.getresponse().status == 413
    client.close()


def test_nothing_is_kept_of_an_upload_that_was_cut_off(
    serve: Serve, malformed: Malformed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[http_connection.Connection]] = []
    lost = http_connection.Connection.connection_lost

    def remember(self: http_connection.Connection, exc: Exception | None) -> None:
        made.append(weakref.ref(self))
        lost(self, exc)

    monkeypatch.setattr(http_connection.Connection, "connection_lost", remember)
    port = serve(echo)
    gc.disable()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"POST /x HTTP/1.1\r\ncontent-length: 1000000\r\n\r\n" + bytes(500_000))
        gone = Arrivals().wait_until(lambda: bool(made) and made[0]() is None, time.monotonic() + 5)
    finally:
        gc.enable()

    assert gone
    assert malformed == [("the connection closed in the middle of a request", b"/x\n" + bytes(4093))]


def test_an_endless_head_is_refused(serve: Serve, malformed: Malformed) -> None:
    answer = exchange(serve(echo), b"GET / HTTP/1.1\r\n" + b"x-filler: %b\r\n" % (b"a" * 1000) * 100)

    assert answer.startswith(b"HTTP/1.1 4")
    assert len(malformed) == 1


def test_a_connection_closed_half_way_harms_nobody(serve: Serve, malformed: Malformed) -> None:
    port = serve(echo)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST / HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf")

    assert exchange(port, b"GET /next HTTP/1.1\r\nhost: h\r\n\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
    assert Arrivals().wait_until(lambda: bool(malformed), time.monotonic() + 20)
    assert malformed == [("the connection closed in the middle of a request", b"/\nhalf")]


def test_a_client_that_falls_silent_in_a_request_is_told_so(
    serve: Serve, malformed: Malformed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "SILENCE_S", 0.05)
    with socket.create_connection(("127.0.0.1", serve(echo)), timeout=10) as client:
        client.sendall(b"POST /x HTTP/1.1\r\ncontent-length: 9\r\n\r\nslow")
        answer = client.recv(65536)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert malformed == [("the client was silent for 0.05 s in the middle of a request", b"/x\nslow")]


def test_a_client_that_is_silent_between_requests_may_stay(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "SILENCE_S", 0.02)
    slow = threading.Event()
    client = http.client.HTTPConnection("127.0.0.1", serve(echo), timeout=10)
    for _ in range(2):
        client.request("POST", "/", body=b"x")
        assert client.getresponse().read() == b"x"
        slow.wait(0.1)
    client.close()


def test_many_connections_that_say_nothing_keep_nobody_out(
    serve: Serve,
) -> None:
    port = serve(echo)
    idle = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(300)]

    assert exchange(port, b"POST / HTTP/1.1\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi").endswith(
        b"hi"
    )
    for client in idle:
        client.close()


def test_a_body_that_comes_a_byte_at_a_time_is_whole(serve: Serve) -> None:
    with socket.create_connection(("127.0.0.1", serve(echo)), timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi":
            client.sendall(bytes([byte]))
        assert client.recv(65536).endswith(b"hi")


def test_a_handler_that_fails_is_answered_500_and_is_evidence(serve: Serve, malformed: Malformed) -> None:
    def fail(request: Request) -> Response:
        raise RecursionError("too deep")

    answer = exchange(serve(fail), b"POST /x HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi")

    assert answer.startswith(b"HTTP/1.1 500 ")
    assert malformed == [("POST /x: cannot be taken: RecursionError('too deep')", b"hi")]


@pytest.mark.parametrize(
    "asks",
    [b"upgrade: h2c\r\nconnection: Upgrade, HTTP2-Settings", b"upgrade: websocket\r\nconnection: upgrade"],
)
def test_upgrade_is_ignored_and_the_connection_stays(serve: Serve, malformed: Malformed, asks: bytes) -> None:
    post = b"POST /%d HTTP/1.1\r\nhost: h\r\n" + asks + b"\r\ncontent-length: 2\r\n\r\n"
    with socket.create_connection(("127.0.0.1", serve(echo)), timeout=10) as client:
        client.sendall(post % 1)
        client.sendall(b"hi" + post % 2 + b"ho")
        client.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: client.recv(65536), b""))

    answer = b"HTTP/1.1 200 OK\r\nx-path: /%d\r\ncontent-length: 2\r\n\r\n"
    assert answers == answer % 1 + b"hi" + answer % 2 + b"ho"
    assert malformed == []


def test_upgrade_of_a_client_that_expects_100_continue(serve: Serve) -> None:
    answer = exchange(
        serve(echo),
        b"POST / HTTP/1.1\r\nhost: h\r\nupgrade: h2c\r\nconnection: upgrade, close\r\n"
        b"expect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    )

    assert answer == (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nx-path: /\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi"
    )


def test_connect_is_answered_once_and_is_evidence(serve: Serve, malformed: Malformed) -> None:
    answer = exchange(serve(echo), b"CONNECT api.honeycomb.io:443 HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi")

    reason = "CONNECT api.honeycomb.io:443: this is no proxy; look for HTTPS_PROXY"
    assert answer.startswith(b"HTTP/1.1 405 Method Not Allowed\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert malformed == [(reason, b"hi")]


def test_head_is_answered_without_a_body(serve: Serve) -> None:
    async def later(request: Request) -> Response:
        return Response(200, (), b"later")

    def handler(request: Request) -> Response | Awaitable[Response]:
        return later(request) if request.path == "/later" else Response(200, (), b"body")

    answers = exchange(serve(handler), b"HEAD / HTTP/1.1\r\n\r\nHEAD /later HTTP/1.1\r\n\r\n")

    assert answers == (
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"
    )


def test_the_length_that_an_application_gives_head_is_kept(serve: Serve) -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "5"), ("Connection", "close")])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"whole"]

    answers = exchange(
        serve(lambda request: wsgi.call(application, request, 80)),
        b"HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    )

    assert answers == (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole"
    )


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"http://h:4318/v1/traces?a=1", "/v1/traces", "a=1"),
        (b"http://h", "/", ""),
        (b"http://h?a=1", "/", "a=1"),
        (b"/v1?to=http://h/x", "/v1", "to=http://h/x"),
    ],
)
def test_an_absolute_target_is_its_path(serve: Serve, target: bytes, path: str, query: str) -> None:
    def handler(request: Request) -> Response:
        return Response(200, (("x-path", request.path), ("x-query", request.query)))

    answer = exchange(serve(handler), b"POST " + target + b" HTTP/1.1\r\nhost: h\r\n\r\n")

    assert f"\r\nx-path: {path}\r\nx-query: {query}\r\n".encode() in answer


def test_half_a_preface_is_dropped_after_the_same_silence(
    serve: Serve, malformed: Malformed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "SILENCE_S", 0.05)

    async def upgrade(client: asyncio.Transport, first: bytes) -> None:
        raise AssertionError(first)

    port = serve(echo, upgrades={b"PRI * HTTP/2.0": upgrade})
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"PRI * HT")
        answer = client.recv(65536)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert malformed == [("the client was silent for 0.05 s in the middle of a request", b"PRI * HT")]


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nx: ",
        b"POST / HTTP/1.1\r\nx",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: ",
    ],
    ids=["value", "name", "trailer"],
)
def test_a_header_that_does_not_end_is_refused(serve: Serve, malformed: Malformed, head: bytes) -> None:
    with socket.create_connection(("127.0.0.1", serve(echo)), timeout=10) as client:
        client.sendall(head)
        sent = 0
        try:
            while sent < 64 * http_connection.MAX_HEAD_BYTES:
                sent += client.send(b"a" * 16_384)
        except OSError:  # the connection was closed on us, as it should be
            pass
    assert sent < 64 * http_connection.MAX_HEAD_BYTES
    assert [reason for reason, _ in malformed] == ["request head is over the limit of 65536 bytes"]
