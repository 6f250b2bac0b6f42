"""What asks a receiver of telemetry for something else: is it ready, and may a page send to it."""

from __future__ import annotations

from collections.abc import Awaitable

from harness.capture.http_messages import CLOSE, Request, Response

_READY = frozenset({"/", "/health", "/healthz", "/livez", "/ready", "/readyz"})
_ANYONE = "access-control-allow-origin"
GRPC_HEALTH = "/grpc.health.v1.Health/"
"""The service of gRPC that health checks ask. Source: grpc/grpc, "GRPC Health Checking Protocol"."""
GRPC_SERVING = b"\x08\x01"
"""``HealthCheckResponse`` with status ``SERVING``."""


def answer_to_probe(request: Request, what: str) -> Response | None:
    """Return the answer to a health check or a browser's preflight; None for anything else.

    Args:
        what: What the receiver says of itself.
    """
    if request.method in ("GET", "HEAD") and request.path in _READY and not request.body:
        body = b"" if request.method == "HEAD" else f"{what}\n".encode()
        return Response(200, (("content-type", "text/plain"),), body)
    asked = request.headers.get("access-control-request-method")
    if request.method != "OPTIONS" or asked is None:
        return None
    # Source: Fetch Standard, "CORS-preflight fetch".
    allowed = request.headers.get("access-control-request-headers", "")
    headers = [("access-control-allow-methods", asked), ("access-control-max-age", "600")]
    headers += [("access-control-allow-headers", allowed)] if allowed else []
    return Response(200, ((_ANYONE, request.headers.get("origin", "*")), *headers))


def readable_by_pages(response: Response, request: Request) -> Response:
    """Return an answer that the page which asked may read; else a browser says that it failed."""
    origin = request.headers.get("origin")
    if origin is None or response is CLOSE:
        return response
    return response._replace(headers=(*response.headers, (_ANYONE, origin)))


async def readable_later(response: Awaitable[Response], request: Request) -> Response:
    """Return the same of an answer that is still to come."""
    return readable_by_pages(await response, request)
