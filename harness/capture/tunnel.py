"""A connection of one port, passed on to a Unix socket byte by byte."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path


class _Tunnel(asyncio.Protocol):
    """Writes everything that arrives on one connection to another."""

    def __init__(self, other: asyncio.Transport, connections: set[asyncio.Transport]) -> None:
        self._other = other
        self._connections = connections
        self._own: asyncio.Transport
        self.begun = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  what create_unix_connection makes
        self._own = transport
        self._connections.add(transport)

    def data_received(self, data: bytes) -> None:
        self.begun.set()
        self._other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio's signature
        self.begun.set()
        self._connections.discard(self._own)
        self._other.close()

    def pause_writing(self) -> None:
        self._other.pause_reading()

    def resume_writing(self) -> None:
        self._other.resume_reading()


async def tunnel(
    client: asyncio.Transport, first: bytes, address: str, name: str, connections: set[asyncio.Transport]
) -> None:
    """Connect a client to a Unix socket, for as long as both stay; return once its server has accepted it.

    Args:
        first: What has arrived from the client.
        name: The path that the server sees as its peer.
        connections: Holds both as long as they are open.
    """
    loop = asyncio.get_running_loop()
    named = socket.socket(socket.AF_UNIX)
    try:
        named.setblocking(False)  # noqa: FBT003  the standard library's
        named.bind(name)
        await loop.sock_connect(named, address)
        Path(name).unlink()
    except BaseException:
        named.close()
        raise
    server, backward = await loop.create_unix_connection(lambda: _Tunnel(client, connections), sock=named)
    if client.is_closing():
        server.abort()
        return
    forward = _Tunnel(server, connections)
    forward.connection_made(client)
    client.set_protocol(forward)
    server.write(first)
    client.resume_reading()
    await backward.begun.wait()
