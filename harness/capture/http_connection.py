"""One HTTP/1.1 connection, on httptools' parser.

It is kept alive, answers `Expect: 100-continue`, ignores `Upgrade`, and limits
the size of what it buffers; everything else is the handler's.
"""

from __future__ import annotations

import asyncio
import http
import inspect
import re
import socket
from collections.abc import Awaitable, Mapping

import httptools

from harness.capture import descriptors
from harness.capture.http_messages import (
    CLOSE,
    CUT_OFF,
    Errors,
    Handler,
    Malformed,
    Request,
    Response,
    Upgrade,
)

MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_HEAD_BYTES = 64 * 1024
_TLS_HANDSHAKE = b"\x16\x03"
_IS_TLS = "not HTTP but TLS: the receivers speak plain HTTP; write http:// in the endpoint"
_HEAD_TOO_LARGE = f"request head is over the limit of {MAX_HEAD_BYTES} bytes"
SILENCE_S = 30.0
"""How long a client may pause in the middle of a request; between requests it may stay for ever."""
_KEPT_BYTES = 4096
"""Of what is refused, for evidence."""
_LINGER_S = 5.0
"""How long a body declared too large is read and thrown away, so that its client reads the answer."""
_AUTHORITY = re.compile(r"\A[a-zA-Z][a-zA-Z0-9+.-]*://[^/?]*")
"""What an absolute-form target has before its path. Source: RFC 9112, section 3.2.2."""


class Connection(asyncio.BufferedProtocol):
    """One client connection; requests are answered in order."""

    def __init__(
        self,
        handler: Handler,
        malformed: Malformed,
        errors: Errors,
        connections: set[asyncio.Transport],
        tasks: set[asyncio.Future[None]],
        upgrades: Mapping[bytes, Upgrade],
        buffer: memoryview,
    ) -> None:
        self._handler = handler
        self._malformed = malformed
        self._errors = errors
        self._connections = connections
        self._tasks = tasks
        self._upgrades = upgrades
        self._buffer = buffer
        self._first = b""
        self._transport: asyncio.Transport
        self._parser = httptools.HttpRequestParser(self)
        self._pending: asyncio.Future[None] | None = None
        self._half_closed = False
        self._lingers = False
        self._last_data = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._reset()

    def _reset(self) -> None:
        self._begun = False
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._head_size = 0
        self._body_size = 0
        self._unseen = 0  # bytes that the parser holds back until a header, or a trailer, is whole

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what create_server makes
        self._transport = transport
        self._left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sock = transport.get_extra_info("socket")
        if reason := descriptors.refusal(sock.fileno()):
            self._malformed(reason, b"")
            transport.abort()
            return
        self._connections.add(transport)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch_for_silence()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self._connections.discard(self._transport)
        self._leave()
        if self._timer is not None:
            self._timer.cancel()
        if self._begun:
            self._malformed(CUT_OFF, self._so_far())
        # Freed now: the parser holds us as we hold it, and the collector may come late.
        self._reset()
        self._first = b""
        del self._parser

    def _watch_for_silence(self) -> None:
        loop = asyncio.get_running_loop()
        if self._begun and loop.time() - self._last_data >= SILENCE_S:
            reason = f"the client was silent for {SILENCE_S:g} s in the middle of a request"
            payload, self._begun = self._so_far(), False
            self._fail(408, reason, payload)
            return
        self._timer = loop.call_later(SILENCE_S / 2, self._watch_for_silence)

    def _so_far(self) -> bytes:
        return (self._first or self._url + b"\n" + self._beginning())[:_KEPT_BYTES]

    def _beginning(self) -> bytes:
        """Return the beginning of the body that has come, as much as is kept for evidence."""
        kept = b""
        for part in self._body:
            kept += part[: _KEPT_BYTES - len(kept)]
            if len(kept) >= _KEPT_BYTES:
                break
        return kept

    def eof_received(self) -> bool:
        """Keep a half-closed connection open while an answer is still to be written."""
        self._half_closed = True
        self._leave()
        return self._pending is not None

    def _leave(self) -> None:
        if not self._left.done():
            self._left.set_result(None)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  asyncio's signature
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if not self._lingers:
            self._take(self._buffer[:nbytes])

    def _take(self, data: memoryview | bytes) -> None:
        self._last_data = asyncio.get_running_loop().time()
        if self._upgrades:
            data = self._first + bytes(data)
            if self._waits_or_upgrades(data):
                return
        while data:
            data = self._parse(data)

    def _parse(self, data: memoryview | bytes) -> bytes:
        """Give bytes to the parser; return those that are to be parsed again."""
        self._unseen += len(data)
        try:
            self._parser.feed_data(data)
            if self._unseen > MAX_HEAD_BYTES:
                self._fail(413, _HEAD_TOO_LARGE, self._beginning())
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade(bytes(data[upgrade.args[0] :]))
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            if not isinstance(cause, _TooLargeError):
                raise
            lingers = isinstance(cause, _DeclaredTooLargeError)
            self._fail(413, str(cause), self._beginning(), lingers=lingers)
        except httptools.HttpParserError as error:
            is_tls = bytes(data[:2]) == _TLS_HANDSHAKE
            self._fail(400, _IS_TLS if is_tls else f"not HTTP: {error}", bytes(data))
        return b""

    def _without_upgrade(self, rest: bytes) -> bytes:
        """Return the request again without what asks for another protocol: the parser dropped its body.

        A server may ignore `Upgrade`, and answer as if it was not there. Source: RFC 9110, section 7.8.
        """
        method = self._parser.get_method()
        if method == b"CONNECT":
            reason = f"CONNECT {self._url.decode('latin-1')}: this is no proxy; look for HTTPS_PROXY"
            self._fail(405, reason, rest)
            return b""
        options = self._headers.pop("connection").split(",")
        kept = ",".join(option for option in options if option.strip().lower() != "upgrade")
        head = [b"%b %b HTTP/%b" % (method, self._url, self._parser.get_http_version().encode())]
        lines = self._headers | {"connection": kept}
        head += [f"{name}: {value}".encode("latin-1") for name, value in lines.items()]
        self._reset()
        self._parser = httptools.HttpRequestParser(self)
        return b"\r\n".join(head) + b"\r\n\r\n" + rest

    def _waits_or_upgrades(self, data: bytes) -> bool:
        """Return True when the first bytes are another protocol's, or may become so."""
        for preface, upgrade in self._upgrades.items():
            if data.startswith(preface):
                self._transport.pause_reading()
                if self._timer is not None:
                    self._timer.cancel()
                self._begun = False
                self._run(upgrade(self._transport, data))
                return True
            if preface.startswith(data):
                self._first, self._begun = data, True
                return True
        self._upgrades, self._first = {}, b""  # it is HTTP/1.1
        return False

    def _run(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fail(self, status: int, reason: str, payload: bytes, *, lingers: bool = False) -> None:
        self._begun = False
        self._malformed(reason, payload[:_KEPT_BYTES])
        seen = Request("", self._target()[0], "", self._headers, b"")
        self._write(self._errors(status, reason, seen), keep_alive=False, lingers=lingers)
        self._reset()

    # The callbacks that httptools looks up by name.

    def on_message_begin(self) -> None:
        self._begun = True

    def on_url(self, url: bytes) -> None:
        self._url += url
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value))
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "content-type" and self._headers.get(key) == text:
            return  # no list: said twice, it says the same
        self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text

    def on_headers_complete(self) -> None:
        length = self._headers.get("content-length", "")
        if length.isdecimal() and int(length) > MAX_BODY_BYTES:
            raise _DeclaredTooLargeError(_body_too_large())
        upgrading = self._parser.should_upgrade()  # comes again without, see `_without_upgrade`
        if self._headers.get("expect", "").lower() == "100-continue" and not upgrading:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._unseen = 0
        self._body.append(body)
        self._body_size += len(body)
        if self._body_size > MAX_BODY_BYTES:
            raise _TooLargeError(_body_too_large())

    def on_message_complete(self) -> None:
        if self._parser.should_upgrade():
            return
        path, query = self._target()
        method = self._parser.get_method().decode("ascii")
        request = Request(method, path, query, self._headers, b"".join(self._body), self._left)
        keep_alive = self._parser.should_keep_alive()
        self._reset()
        if self._pending is not None:  # a pipelined request waits for the one before it
            self._answer_later(self._handler, request, self._pending, keep_alive=keep_alive)
            return
        answer = self._ask(request)
        if inspect.isawaitable(answer):
            self._answer_later(lambda _: answer, request, None, keep_alive=keep_alive)
        else:
            self._write(answer, keep_alive=keep_alive, method=request.method)

    def _target(self) -> tuple[str, str]:
        """Return the path and the query."""
        target = _AUTHORITY.sub("", self._url.decode("latin-1"), count=1)
        path, _, query = target.partition("?")
        return path or "/", query

    def _ask(self, request: Request) -> Response | Awaitable[Response]:
        try:
            return self._handler(request)
        except Exception as error:  # noqa: BLE001  whatever it is, the client must be answered
            return self._failed(request, error)

    def _failed(self, request: Request, error: Exception) -> Response:
        reason = f"{request.method} {request.path}: cannot be taken: {error!r:.200}"
        self._malformed(reason, request.body[:_KEPT_BYTES])
        return self._errors(500, reason, request)

    def _count_head(self, size: int) -> None:
        self._unseen = 0
        self._head_size += size
        if self._head_size > MAX_HEAD_BYTES:
            raise _TooLargeError(_HEAD_TOO_LARGE)

    def _answer_later(
        self, handler: Handler, request: Request, before: asyncio.Future[None] | None, *, keep_alive: bool
    ) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending = done

        async def answer() -> None:
            try:
                if before is not None:
                    await asyncio.wait([before])  # which does not cancel it when this is cancelled
                result = handler(request)
                response = await result if inspect.isawaitable(result) else result
                self._write(response, keep_alive=keep_alive, method=request.method)
            except Exception as error:  # noqa: BLE001  whatever it is, the client must be answered
                self._write(self._failed(request, error), keep_alive=keep_alive, method=request.method)
            finally:
                done.set_result(None)
                if self._pending is done:
                    self._pending = None
                    if self._half_closed:
                        self._transport.close()

        self._run(answer())

    def _write(
        self, response: Response, *, keep_alive: bool, method: str = "", lingers: bool = False
    ) -> None:
        if self._transport.is_closing():
            return
        if response is CLOSE:
            self._transport.abort()
            return
        head = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
        head += [f"{name}: {value}" for name, value in response.headers]
        if not (method == "HEAD" and any(name.lower() == "content-length" for name, _ in response.headers)):
            head.append(f"content-length: {len(response.body)}")
        if not keep_alive:
            head.append("connection: close")
        body = b"" if method == "HEAD" else response.body
        self._transport.write("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)
        if lingers:  # closed with data unread, the system would reset it, and the answer with it
            self._lingers = True
            self._transport.write_eof()
            asyncio.get_running_loop().call_later(_LINGER_S, self._transport.close)
        elif not keep_alive:
            self._transport.close()


class _TooLargeError(Exception):
    pass


class _DeclaredTooLargeError(_TooLargeError):
    """Known before the body has come."""


def _body_too_large() -> str:
    return f"request body is over the limit of {MAX_BODY_BYTES} bytes"


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
