"""A small HTTP/1.1 server for the receivers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping

from harness.capture.environment import LOOPBACK
from harness.capture.http_connection import Connection
from harness.capture.http_messages import Errors, Handler, Malformed, Upgrade, plain_error
from harness.capture.loop import ReceiverLoop

_BUFFER_BYTES = 256 * 1024
_ACCEPTED_AT_ONCE = 16
_WAITING = 1024
"""Connections that the system keeps until they are accepted."""
STOP_S = 2.0
"""How long answers under way are waited for when a server closes."""


class HttpServer:
    """Serves a handler on one port until `close`.

    Args:
        handler: Called on the receivers' thread; it must not block (it may
            return an awaitable instead).
        malformed: Called with a reason and the first bytes of input that is not HTTP,
            or too large.
        port: 0 for an ephemeral port.
        upgrades: First bytes of a connection → who takes it over.
        errors: Makes the answer to what the handler does not see, or fails of.

    Attributes:
        connections: What is open, and aborted by `close`.
    """

    def __init__(
        self,
        loop: ReceiverLoop,
        handler: Handler,
        malformed: Malformed,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        upgrades: Mapping[bytes, Upgrade] | None = None,
        errors: Errors = plain_error,
    ) -> None:
        self._loop = loop
        self._handler = handler
        self._malformed = malformed
        self._upgrades = upgrades or {}
        self._errors = errors
        # One for all connections: what is read into it is taken before anything else is read.
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self.connections: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self._servers = [loop.call(self._listen(host, port))]
        self.port: int = self._servers[0].sockets[0].getsockname()[1]

    async def _listen(self, host: str, port: int) -> asyncio.Server:
        listening = socket.create_server((host, port))
        loop = asyncio.get_running_loop()
        # asyncio accepts so many at once, before any of them could be refused.
        server = await loop.create_server(self._connection, sock=listening, backlog=_ACCEPTED_AT_ONCE)
        listening.listen(_WAITING)
        return server

    def _connection(self) -> Connection:
        return Connection(
            self._handler,
            self._malformed,
            self._errors,
            self.connections,
            self._tasks,
            self._upgrades,
            self._buffer,
        )

    def listen(self, host: str) -> None:
        """Listen on another address, too, with the same port number."""
        self._servers.append(self._loop.call(self._listen(host, self.port)))

    def close(self) -> None:
        """Stop listening, wait for answers under way for `STOP_S`, and drop open connections."""
        self._loop.call(self._close())

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_S)
        late = tuple(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for transport in tuple(self.connections):
            transport.abort()
        while self.connections:  # each leaves when it has been told, before the loop stops
            await asyncio.sleep(0)


class OnHttp:
    """A receiver whose one way in is a server of HTTP."""

    _server: HttpServer

    def listen(self, host: str) -> None:
        """Listen on another address, too, with the same port number."""
        self._server.listen(host)
