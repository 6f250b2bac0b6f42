"""How a span ended, as X-Ray has it: error, fault, throttle and cause."""

from __future__ import annotations

from typing import Any, NamedTuple

from harness.model import Span, SpanKind, StatusCode


class Flags(NamedTuple):
    """X-Ray's three outcomes."""

    error: bool
    fault: bool
    throttle: bool


def flags_of(span: Span) -> Flags:
    """Return the outcome; an HTTP status of 400 to 599 decides before the span's own.

    >>> flags_of(Span(trace_id="0" * 32, span_id="0" * 16, name="GET", start_time_unix_nano=0,
    ...               attributes={"http.status_code": 429}))
    Flags(error=True, fault=False, throttle=True)
    """
    attributes = span.attributes
    code = attributes.get("http.status_code", attributes.get("http.response.status_code"))
    if type(code) is int and 400 <= code <= 599:
        return Flags(error=code < 500, fault=code >= 500, throttle=code == 429)
    return Flags(error=False, fault=span.status.code is StatusCode.ERROR, throttle=False)


def cause_of(span: Span) -> dict[str, Any] | None:
    """Return the exceptions of the span's events, or its status's description; None without either.

    Stacks are left out: they are not compared.

    >>> cause_of(Span(trace_id="0" * 32, span_id="0" * 16, name="GET", start_time_unix_nano=0)) is None
    True
    """
    recorded = [event.attributes for event in span.events if event.name == "exception"]
    remote = span.kind in (SpanKind.CLIENT, SpanKind.PRODUCER)
    exceptions = [
        {
            "type": str(attributes.get("exception.type", "")),
            "message": str(attributes.get("exception.message", "")),
            "remote": remote,
        }
        for attributes in recorded
    ]
    if not exceptions and span.status.code is StatusCode.ERROR and span.status.message:
        exceptions = [{"type": "", "message": span.status.message}]
    return {"exceptions": exceptions} if exceptions else None
