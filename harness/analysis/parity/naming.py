"""The name and the namespace that a span has in X-Ray."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from harness.model import Span, SpanKind

_REFUSED = re.compile(r"[^\w .:/%&#=+\-@]")
_MAX_NAME = 200
_REMOTE_KINDS = (SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER)


def document_name(span: Span) -> str:
    """Return the first name that the exporter finds; the span's own comes last.

    >>> span = Span(trace_id="0" * 32, span_id="0" * 16, name="GET", start_time_unix_nano=0)
    >>> document_name(span)
    'GET'
    """
    return next(filter(None, _names(span)), None) or _REFUSED.sub("", span.name)[:_MAX_NAME] or "span"


def namespace_of(span: Span) -> str | None:
    """Return ``aws``, ``remote`` or None.

    >>> span = Span(trace_id="0" * 32, span_id="0" * 16, name="GET", start_time_unix_nano=0)
    >>> namespace_of(span) is None
    True
    """
    if span.attributes.get("rpc.system") == "aws-api" or _named_after_aws(span):
        return "aws"
    announced = span.kind in _REMOTE_KINDS and "aws.remote.service" in span.attributes
    return "remote" if span.kind is SpanKind.CLIENT or announced else None


def _names(span: Span) -> Iterator[str]:
    if span.kind is SpanKind.SERVER:
        yield _text(span, "aws.local.service")
    if span.kind in _REMOTE_KINDS:
        yield _without_prefix(span, _text(span, "aws.remote.service"))
    yield _text(span, "peer.service")
    yield _text(span, "aws.service")
    yield _database(span)
    if span.kind is SpanKind.SERVER:
        service = span.resource.attributes.get("service.name")
        yield service if isinstance(service, str) else ""
    for key in ("rpc.service", "http.host", "net.peer.name"):
        yield _text(span, key)


def _text(span: Span, key: str) -> str:
    value = span.attributes.get(key)
    return value if isinstance(value, str) else ""


def _without_prefix(span: Span, name: str) -> str:
    if span.attributes.get("rpc.system") == "aws-api":
        for prefix in ("AWS.SDK.", "AWS::"):
            if name.startswith(prefix):
                return name.removeprefix(prefix)
    return name


def _named_after_aws(span: Span) -> bool:
    service = _text(span, "aws.service")
    return bool(service) and next(filter(None, _names(span))) == service


def _database(span: Span) -> str:
    """Return ``name@host``."""
    name = _text(span, "db.name")
    if not name:
        return ""
    try:
        host = urlsplit(_text(span, "db.connection_string").removeprefix("jdbc:")).hostname
    except ValueError:
        host = None
    return f"{name}@{host}" if host else name
