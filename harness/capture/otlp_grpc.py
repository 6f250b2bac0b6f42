"""OTLP over gRPC: a server of grpcio, made when the first client speaks HTTP/2.

It listens on a socket without a port; the HTTP receiver passes the bytes of
such a connection through, so one port serves both protocols.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from harness.capture import http_connection
from harness.capture.late_executor import LateExecutor
from harness.capture.probes import GRPC_HEALTH, GRPC_SERVING
from harness.capture.tunnel import tunnel
from harness.codec import otlp, otlp_reply
from harness.errors import ConfigurationError

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What every HTTP/2 connection begins with. Source: RFC 9113, section 3.4."""

_MAX_MESSAGE_BYTES = 64 * 1024 * 1024
_NO_MESSAGE = (
    f"no whole message came: it is over the limit of {_MAX_MESSAGE_BYTES} bytes (the client is told "
    "RESOURCE_EXHAUSTED), compressed in a way that is not read (UNIMPLEMENTED), or the client gave up; "
    "grpcio does not give its bytes"
)
# Source: OTLP specification, "OTLP/HTTP Response" beside gRPC's status codes.
_CODES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
}
_UNAVAILABLE = (429, 502, 503, 504)
_HANG_UP_S = 5.0
_WORKERS = 32
"""Calls at once; each may be silent for a while before it is ended."""
DESCRIPTORS = 32
"""More than a server opens; gRPC's core ends the whole process when it gets none."""
DESCRIPTORS_OF_CONNECTION = 2
"""Both ends of the tunnel."""


class Reply(NamedTuple):
    """What the receiver says to one export.

    Attributes:
        status: As over HTTP.
        body: The serialized response, or a reason.
        retry_after_s: Seconds to wait, if it says so.
        delay_s: Seconds until it is to be sent.
        close: The connection is to be closed instead.
    """

    status: int
    body: bytes
    retry_after_s: float | None = None
    delay_s: float = 0.0
    close: bool = False


Take = Callable[[str, Mapping[str, str], bytes], Reply]
Malformed = Callable[[str, bytes], None]


class GrpcServer:
    """Serves the three OTLP services on a Unix socket.

    Args:
        take: Called with a path (``/v1/traces``), the metadata and the message's bytes,
            from threads of gRPC's.
        malformed: Called with a reason and the bytes of a call that is refused, from the same threads.

    Raises:
        ConfigurationError: grpcio is not installed, or the path of temporary files is too long for a socket.
    """

    def __init__(self, take: Take, malformed: Malformed) -> None:
        self._take = take
        self._malformed = malformed
        self._directory = tempfile.TemporaryDirectory(prefix="harness-grpc-")
        # As long as any name that a connection gets: one that is too long shows at once.
        self.socket = str(Path(self._directory.name) / "listening")
        self._closing = threading.Event()
        self._numbers = itertools.count(1)
        self._clients: weakref.WeakValueDictionary[str, asyncio.Transport] = weakref.WeakValueDictionary()
        self._loop: asyncio.AbstractEventLoop
        # grpcio waits for a message without a limit, so a thread of its own does, beside each call's.
        self._readers = LateExecutor(_WORKERS, "harness-grpc-read")
        self._server = _server_of(self._handle)
        try:
            self._server.add_insecure_port(f"unix:{self.socket}")
        except RuntimeError as error:
            self._directory.cleanup()
            raise ConfigurationError(
                "gRPC cannot listen, its socket's path is too long: set TMPDIR to a shorter one; "
                f"at most about 100 characters are possible, {len(self.socket)} given: {self.socket}"
            ) from error
        self._server.start()

    async def connect(
        self, client: asyncio.Transport, first: bytes, connections: set[asyncio.Transport]
    ) -> None:
        """Serve a client, for as long as it stays; return once the server has accepted it.

        Args:
            first: What has arrived from the client.
            connections: Holds both ends of the tunnel as long as they are open.
        """
        self._loop = asyncio.get_running_loop()
        name = str(Path(self._directory.name) / str(next(self._numbers)))
        self._clients[name] = client
        await tunnel(client, first, self.socket, name, connections)

    def _hang_up(self, peer: str) -> None:
        """Drop the connection of a call, and return once nothing is written to it any more."""
        client = self._clients.get(peer.removeprefix("unix:"))
        if client is not None:
            dropped = threading.Event()
            self._loop.call_soon_threadsafe(client.abort)
            self._loop.call_soon_threadsafe(dropped.set)
            dropped.wait(_HANG_UP_S)

    def _handle(self, method: str, messages: Iterator[bytes], context: Any) -> bytes:
        silence_s = http_connection.SILENCE_S
        try:
            request = self._readers.submit(_first, messages).result(silence_s)
        except TimeoutError:
            reason = f"no whole message came within {silence_s:g} s"
            self._malformed(f"gRPC {method}: {reason}; the call was ended", b"")
            return _abort(context, Reply(408, reason.encode()))
        if request is None:
            self._malformed(f"gRPC {method}: {_NO_MESSAGE}", b"")
            return _abort(context, Reply(400, b"no whole message came"))
        if method.startswith(GRPC_HEALTH):
            return _answer_health(context, method)
        path = otlp.GRPC_METHODS.get(method)
        if path is None:
            reason = f"gRPC {method}: no such method; expected one of {', '.join(otlp.GRPC_METHODS)}"
            self._malformed(reason, request)
            return _abort(context, Reply(404, reason.encode()))
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        reply = self._take(path, {**metadata, "content-type": otlp.GRPC}, request)
        self._closing.wait(reply.delay_s)
        if reply.close:
            self._hang_up(context.peer())
        elif reply.status < 300:
            return reply.body
        return _abort(context, reply)

    def close(self) -> None:
        """Stop serving; calls under way end now."""
        self._closing.set()
        self._server.stop(grace=0).wait(5)
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._directory.cleanup()


def _answer_health(context: Any, method: str) -> bytes:
    """Say that it serves; to who would watch it, that it does not tell, and then they ask."""
    if method.endswith("/Check"):
        return GRPC_SERVING
    return _abort(context, Reply(404, f"{method} is not served; call Check".encode()))


def _first(messages: Iterator[bytes]) -> bytes | None:
    """Return the message of a call; None when it ended before it was whole."""
    import grpc

    try:
        return next(messages, None)
    except grpc.RpcError:
        return None


def _server_of(handle: Callable[[str, Iterator[bytes], Any], bytes]) -> Any:
    try:
        import grpc
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "OTLP over gRPC needs package 'grpcio'; install telemetry-harness[otlp]"
        ) from error

    class Services(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio has no types
        def service(self, call: Any) -> Any:
            # Not unary: of a message that grpcio refuses by itself, a handler of one would never hear.
            return grpc.stream_unary_rpc_method_handler(functools.partial(handle, call.method))

    silence_ms = round(http_connection.SILENCE_S * 1000)
    return grpc.server(
        LateExecutor(_WORKERS, "harness-grpc"),
        handlers=[Services()],
        options=[
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            # A connection that begins as HTTP/2 and says no more, or nothing after a call; clients reconnect.
            ("grpc.server_handshake_timeout_ms", silence_ms),
            ("grpc.max_connection_idle_ms", silence_ms),
        ],
    )


def _abort(context: Any, reply: Reply) -> NoReturn:
    """End a call with the counterpart of an HTTP status; gRPC's `abort` raises, always."""
    import grpc

    unavailable = reply.close or reply.status in _UNAVAILABLE
    name = "UNAVAILABLE" if unavailable else _CODES.get(reply.status, "UNKNOWN")
    code = grpc.StatusCode[name]
    text = reply.body.decode(errors="replace") or otlp_reply.as_asked(reply.status)
    if reply.retry_after_s is not None:
        # Python's exporter reads the first, those of other languages the second.
        context.set_trailing_metadata(
            (
                ("google.rpc.retryinfo-bin", otlp_reply.retry_info(reply.retry_after_s)),
                (
                    "grpc-status-details-bin",
                    otlp_reply.status_details(code.value[0], text[:80], reply.retry_after_s),
                ),
            )
        )
    context.abort(code, text)
    raise AssertionError("abort returned")
