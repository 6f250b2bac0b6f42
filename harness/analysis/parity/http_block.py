"""The ``http`` block that a span has in X-Ray, from either generation of semantic conventions."""

from __future__ import annotations

import ipaddress
from typing import Any

from harness.model import Span, SpanKind

_MAKE_A_BLOCK = frozenset(
    {
        "http.method", "http.request.method", "http.client_ip", "http.user_agent", "user_agent.original",
        "http.status_code", "http.response.status_code", "http.url", "url.full", "http.scheme", "url.scheme",
        "http.host", "http.target", "http.server_name", "net.host.port", "url.path", "url.query",
    }
)  # fmt: skip
_MAKE_A_URL = frozenset(
    {
        "http.url", "url.full", "http.host", "http.server_name", "host.name", "net.host.name",
        "net.peer.name", "net.peer.ip", "server.address",
    }
)  # fmt: skip
CONSUMED = (
    _MAKE_A_BLOCK | _MAKE_A_URL | {"net.peer.port", "network.peer.address", "client.address", "server.port"}
)
"""Attributes that are in the block, and so neither annotation nor metadata."""

_SERVER_HOSTS = ("http.server_name", "net.host.name", "host.name", "server.address")
_CLIENT_HOSTS = ("net.peer.name", "net.peer.ip", "server.address")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def http_block(span: Span) -> dict[str, Any]:
    """Return ``{"request": {…}, "response": {…}}``, empty for a span that is not about HTTP.

    >>> asked = {"http.method": "GET", "http.status_code": 200}
    >>> http_block(Span(trace_id="0" * 32, span_id="0" * 16, name="GET", start_time_unix_nano=0,
    ...                 attributes=asked))
    {'request': {'method': 'GET'}, 'response': {'status': 200, 'content_length': 0}}
    """
    attributes = span.attributes
    if not _MAKE_A_BLOCK & attributes.keys():
        return {}
    request: dict[str, Any] = {}
    if method := _first(attributes, "http.request.method", "http.method"):
        request["method"] = method
    if _MAKE_A_URL & attributes.keys() or _is_address(attributes.get("network.peer.address")):
        request["url"] = _url(span)
    if agent := _first(attributes, "user_agent.original", "http.user_agent"):
        request["user_agent"] = agent
    request |= _client(attributes)
    response: dict[str, Any] = {}
    for key in ("http.response.status_code", "http.status_code"):
        if key in attributes:
            response["status"] = attributes[key] if type(attributes[key]) is int else 0
            break
    # It knows no length of what an HTTP instrumentation reports, and says 0.
    return {"request": request, "response": {**response, "content_length": 0}}


def _client(attributes: dict[str, Any]) -> dict[str, Any]:
    peer = _first(attributes, "net.peer.ip")
    if not peer and _is_address(attributes.get("network.peer.address")):
        peer = str(attributes["network.peer.address"])
    client = _first(attributes, "http.client_ip")
    if _is_address(attributes.get("client.address")):
        client = str(attributes["client.address"])
    found: dict[str, Any] = {"client_ip": client or peer} if client or peer else {}
    if client and not peer:
        found["x_forwarded_for"] = True
    return found


def _is_address(value: object) -> bool:
    try:
        ipaddress.ip_address(str(value))
    except ValueError:
        return False
    return isinstance(value, str)


def _url(span: Span) -> str:
    """Return the URL, put together when it is not there as a whole."""
    attributes = span.attributes
    if whole := _first(attributes, "url.full", "http.url"):
        return whole
    scheme = _first(attributes, "url.scheme", "http.scheme") or "http"
    host = _first(attributes, "http.host") or _host_and_port(span, scheme)
    if target := _first(attributes, "http.target"):
        return f"{scheme}://{host}{target}"
    query = _first(attributes, "url.query")
    mark = "?" if query and not query.startswith("?") else ""
    return f"{scheme}://{host}{_first(attributes, 'url.path') or '/'}{mark}{query}"


def _host_and_port(span: Span, scheme: str) -> str:
    serves = span.kind is SpanKind.SERVER
    host = _first(span.attributes, *(_SERVER_HOSTS if serves else _CLIENT_HOSTS))
    port = _first(span.attributes, *(("net.host.port", "server.port") if serves else ("net.peer.port",)))
    return host if not port or _DEFAULT_PORTS.get(scheme) == port else f"{host}:{port}"


def _first(attributes: dict[str, Any], *keys: str) -> str:
    """Return the first that is there and not empty, as text."""
    for key in keys:
        value = attributes.get(key)
        if isinstance(value, str | int) and value != "":
            return str(value)
    return ""
