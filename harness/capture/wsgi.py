"""Calling a WSGI application without a server. Source: PEP 3333."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from harness.capture.http_messages import Request, Response

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_HOP_BY_HOP = frozenset({"content-length", "connection", "transfer-encoding", "date", "server"})


def call(app: WsgiApp, request: Request, port: int) -> Response:
    """Return an application's response to a request."""
    started: dict[str, Any] = {}

    def start_response(
        status: str,
        headers: list[tuple[str, str]],
        exc_info: object = None,  # noqa: ARG001  PEP 3333's signature
    ) -> Callable[[bytes], object]:
        started["status"] = int(status.partition(" ")[0])
        started["headers"] = headers
        return written.append

    written: list[bytes] = []
    chunks = app(_environ(request, port), start_response)
    try:
        written += chunks
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()
    # The answer to HEAD has no body, and the length of the one that GET would give.
    dropped = _HOP_BY_HOP - {"content-length"} if request.method == "HEAD" else _HOP_BY_HOP
    headers = tuple((k, v) for k, v in started["headers"] if k.lower() not in dropped)
    return Response(started["status"], headers, b"".join(written))


def _environ(request: Request, port: int) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": request.path + (f"?{request.query}" if request.query else ""),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if name not in ("content-length", "content-type"):
            environ["HTTP_" + name.upper().replace("-", "_")] = value
    return environ
