"""Zipkin spans that client and server share, told apart.

With B3, both report one id, in any order and in requests of their own; the server's half says
``shared: true``, which some libraries leave out. OpenTelemetry knows one span for an id. Source:
Zipkin's API v2, `Span.shared`.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness.codec import otlp
from harness.codec.otlp import SpanKey
from harness.model import Span, SpanKind

_RECEIVING = (SpanKind.SERVER, SpanKind.CONSUMER)
"""Kinds whose id may be that of the client's, or the producer's, half."""


def spans_of(message: ExportTraceServiceRequest) -> Iterator[tuple[SpanKey, Callable[[], Span]]]:
    """Yield each span as `otlp.spans_of` does; a server's key names its service, too."""
    for key, decode in otlp.spans_of(message):
        span = decode()
        if span.kind in _RECEIVING:
            key = (*key, _service(span).encode())
        yield key, functools.partial(_itself, span)


def _itself(span: Span) -> Span:
    return span


def unshared(spans: Sequence[Span]) -> Sequence[Span]:
    """Return spans with an id each: a server's half gets one of its own, below the client's.

    What its service does below the shared id goes with it. A server's span that came twice,
    such as from an OTLP and a Zipkin exporter, is one.

    Args:
        spans: In order of start.
    """
    known = {(span.trace_id, span.span_id) for span in spans}
    if len(known) == len(spans):
        return spans
    spans = _once_each(spans)
    taken = {(span.trace_id, span.span_id) for span in spans if span.kind not in _RECEIVING}
    own: dict[tuple[str, str, str], str] = {}
    for span in spans:
        if span.kind in _RECEIVING:
            if (span.trace_id, span.span_id) in taken:
                name = f"{span.trace_id}/{span.span_id}/{_service(span)}"
                own[span.trace_id, span.span_id, _service(span)] = hashlib.sha256(name.encode()).hexdigest()[
                    :16
                ]
            taken.add((span.trace_id, span.span_id))
    return [_with_own_id(span, own) for span in spans]


def _once_each(spans: Sequence[Span]) -> list[Span]:
    once: dict[tuple[str, str, SpanKind, str], Span] = {}
    for span in spans:
        key = span.trace_id, span.span_id, span.kind, _service(span)
        first = once.get(key)
        if first is not None:
            seen_in_process, other = sorted((first, span), key=lambda item: "process" not in item.witnesses)
            witnesses = tuple(dict.fromkeys((*seen_in_process.witnesses, *other.witnesses)))
            span = msgspec.structs.replace(seen_in_process, witnesses=witnesses)
        once[key] = span
    return list(once.values())


def _with_own_id(span: Span, own: dict[tuple[str, str, str], str]) -> Span:
    service = _service(span)
    new = own.get((span.trace_id, span.span_id, service))
    if new and span.kind in _RECEIVING:
        return msgspec.structs.replace(span, span_id=new, parent_span_id=span.span_id)
    parent = own.get((span.trace_id, span.parent_span_id or "", service))
    return msgspec.structs.replace(span, parent_span_id=parent) if parent else span


def _service(span: Span) -> str:
    return str(span.resource.attributes.get("service.name", ""))
