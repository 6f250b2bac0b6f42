"""What an HTTP server of ours takes and gives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple


class Request(NamedTuple):
    """One request: `path` without its query, header names in lower case, body as it came.

    Attributes:
        left: Done once its client has closed the connection, or will send nothing more.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    left: asyncio.Future[None] | None = None


class Response(NamedTuple):
    """An answer; Content-Length is added, unless one to HEAD has it."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


CUT_OFF = "the connection closed in the middle of a request"
"""The reason that `Malformed` is told with what had come of a request: its path, a line end, its body."""

CLOSE = Response(status=0)
"""Closes the connection instead of answering."""


def plain_error(status: int, reason: str, request: Request) -> Response:  # noqa: ARG001  see `Errors`
    """Return an error as text."""
    return Response(status, (("content-type", "text/plain"),), reason.encode())


Errors = Callable[[int, str, Request], Response]
"""Makes the answer to what no handler saw; of the request it is told what had come of its head."""

Upgrade = Callable[[asyncio.Transport, bytes], Awaitable[None]]
"""Takes over a connection and the bytes that have come; takes it out of `connections` when it is lost."""

Handler = Callable[[Request], Response | Awaitable[Response]]
Malformed = Callable[[str, bytes], None]
