"""X-Ray segments as spans, for the formats of tools that know no segments.

Blocks keep the document's own names and paths (``http.request.url``, ``annotations.handle``,
``metadata.default.rows``); its single members are ``aws.xray.fault``, ``aws.xray.namespace`` and so on, as
these tools take ``error`` for the span's status, which error, fault and throttle all are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.model import Link, Resource, Segment, Span, SpanEvent, SpanKind, Status, StatusCode, Subsegment

_BLOCKS = ("http", "aws", "sql", "annotations", "metadata")
_MEMBERS = ("error", "fault", "throttle", "in_progress", "namespace", "user")
_CALLS = ("remote", "aws")
"""Namespaces of subsegments that call another service."""


def spans_of_segment(segment: Segment) -> Iterator[Span]:
    """Yield a segment and its subsegments as spans, each below its own.

    >>> segment = Segment(id="A" * 16, name="shop", trace_id="1-65f1a2b3-" + "0" * 24, start_time=1.5)
    >>> [(span.trace_id, span.span_id, span.name) for span in spans_of_segment(segment)]
    [('65f1a2b3000000000000000000000000', 'aaaaaaaaaaaaaaaa', 'shop')]
    """
    trace_id = segment.trace_id[2:].replace("-", "").lower()
    resource = Resource(attributes={"service.name": segment.name, **_service(segment)})
    pending: list[tuple[Segment | Subsegment, str | None]] = [(segment, segment.parent_id)]
    while pending:  # no recursion: subsegments may be nested 200 levels deep
        document, parent = pending.pop()
        yield _span(document, trace_id, parent, resource)
        pending += ((child, document.id) for child in reversed(document.subsegments))


def _service(segment: Segment) -> dict[str, Any]:
    members = {"service": segment.service, "origin": segment.origin}
    return dict(_paths("aws.xray", {name: value for name, value in members.items() if value}))


def _span(document: Segment | Subsegment, trace_id: str, parent_id: str | None, resource: Resource) -> Span:
    precursors = document.precursor_ids if isinstance(document, Subsegment) else ()
    return Span(
        trace_id=trace_id,
        span_id=document.id.lower(),
        parent_span_id=parent_id.lower() if parent_id else None,
        name=document.name,
        kind=_kind(document),
        start_time_unix_nano=_unix_nano(document.start_time),
        end_time_unix_nano=None if document.end_time is None else _unix_nano(document.end_time),
        status=_status(document),
        attributes=_attributes(document),
        events=tuple(_events(document)),
        links=tuple(Link(trace_id=trace_id, span_id=id_.lower()) for id_ in precursors),
        resource=resource,
    )


def _unix_nano(seconds: float) -> int:
    """Return nanoseconds, exact to the microsecond: a double holds no more of today's seconds."""
    return round(seconds * 1e6) * 1000


def _kind(document: Segment | Subsegment) -> SpanKind:
    if isinstance(document, Segment):
        return SpanKind.SERVER
    return SpanKind.CLIENT if document.namespace in _CALLS else SpanKind.INTERNAL


def _status(document: Segment | Subsegment) -> Status:
    if not (document.error or document.fault or document.throttle):
        return Status()
    messages = (str(each.get("message") or "") for each in _exceptions(document))
    return Status(StatusCode.ERROR, next(filter(None, messages), ""))


def _attributes(document: Segment | Subsegment) -> dict[str, Any]:
    blocks = {name: value for name in _BLOCKS if (value := getattr(document, name, None))}
    members = {name: value for name in _MEMBERS if (value := getattr(document, name, None))}
    if isinstance(document.cause, str):  # the id of the exception of one below
        members["cause"] = document.cause
    return {**dict(_paths("", blocks)), **dict(_paths("aws.xray", members))}


def _paths(above: str, block: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the values of blocks by their paths; a list is one value."""
    pending = [(above, block)]
    while pending:
        path, values = pending.pop(0)
        for key, value in values.items():
            name = f"{path}.{key}" if path else key
            if isinstance(value, dict) and value:
                pending.append((name, value))
            else:
                yield name, value


def _exceptions(document: Segment | Subsegment) -> Iterator[dict[str, Any]]:
    if isinstance(document.cause, dict):
        exceptions = document.cause.get("exceptions")
        yield from (each for each in exceptions if isinstance(each, dict)) if exceptions else ()


def _events(document: Segment | Subsegment) -> Iterator[SpanEvent]:
    """Yield the exceptions as OpenTelemetry's events; a document does not say when they were raised."""
    at = _unix_nano(document.start_time if document.end_time is None else document.end_time)
    for each in _exceptions(document):
        attributes = {f"exception.{key}": value for key in ("type", "message") if (value := each.get(key))}
        if stack := _stack(each.get("stack")):
            attributes["exception.stacktrace"] = stack
        yield SpanEvent(name="exception", time_unix_nano=at, attributes=attributes)


def _stack(frames: Any) -> str:
    """Return X-Ray's frames as lines, as a document orders them."""
    if not isinstance(frames, list):
        return ""
    known = (frame for frame in frames if isinstance(frame, dict))
    return "\n".join(f"{f.get('path', '')}:{f.get('line', '')} {f.get('label', '')}".rstrip() for f in known)
