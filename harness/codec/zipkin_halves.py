"""Zipkin spans that client and server share, told apart.

With B3, both report one id, in any order and in requests of their own; the server's half says
``shared: true``, which some libraries leave out. OpenTelemetry knows one span for an id. Source:
Zipkin's API v2, `Span.shared`.
"""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harness.codec import otlp
from harness.codec.otlp import SpanKey
from harness.model import Span, SpanKind

_RECEIVING = (SpanKind.SERVER, SpanKind.CONSUMER)
"""Kinds whose id may be that of the client's, or the producer's, half."""
_MICROSECOND_NS = 1_000
_Half = tuple[str, str, str]
"""Trace id, the id that is shared, service."""


class _Try(NamedTuple):
    """A server's half: of one request that a client repeats, there are several."""

    start: int
    span_id: str
    parent_id: str | None


def spans_of(message: ExportTraceServiceRequest) -> Iterator[tuple[SpanKey, Callable[[], Span]]]:
    """Yield each span as `otlp.spans_of` does; a server's key names its service and start, too."""
    for key, decode in otlp.spans_of(message):
        span = decode()
        if span.kind in _RECEIVING:
            key = (*key, _service(span).encode(), span.start_time_unix_nano.to_bytes(8, "big"))
        yield key, functools.partial(_itself, span)


def _itself(span: Span) -> Span:
    return span


def unshared(spans: Sequence[Span]) -> Sequence[Span]:
    """Return spans with an id each: a server's half gets one of its own, below the client's.

    What its service does below the shared id goes with it. A server's span that came twice,
    such as from an OTLP and a Zipkin exporter, is one; a request that a client repeats under
    one id is a span for each try.

    Args:
        spans: In order of start.
    """
    known = {(span.trace_id, span.span_id) for span in spans}
    if len(known) == len(spans):
        return spans
    spans = _once_each(spans)
    # Whose id it is: a client's (no service), or that of the first server that has it.
    owners: dict[tuple[str, str], str | None] = {
        (span.trace_id, span.span_id): None for span in spans if span.kind not in _RECEIVING
    }
    tries: defaultdict[_Half, list[_Try]] = defaultdict(list)
    for span in spans:
        if span.kind in _RECEIVING:
            half = _half(span, span.span_id)
            tries[half].append(_try_of(span, owners, len(tries[half])))
    return [_with_own_id(span, tries) for span in spans]


def _try_of(span: Span, owners: dict[tuple[str, str], str | None], earlier: int) -> _Try:
    """Return what a server's half is called, and what it is below."""
    service = _service(span)
    if (span.trace_id, span.span_id) not in owners:
        owners[span.trace_id, span.span_id] = service
        return _Try(span.start_time_unix_nano, span.span_id, span.parent_span_id)
    beside = owners[span.trace_id, span.span_id] == service
    name = f"{span.trace_id}/{span.span_id}/{service}" + (f"/{earlier}" if earlier else "")
    own_id = hashlib.sha256(name.encode()).hexdigest()[:16]
    return _Try(span.start_time_unix_nano, own_id, span.parent_span_id if beside else span.span_id)


def _once_each(spans: Sequence[Span]) -> list[Span]:
    once: defaultdict[tuple[_Half, SpanKind], list[Span]] = defaultdict(list)
    order: list[tuple[list[Span], int]] = []
    for span in spans:
        tries = once[_half(span, span.span_id), span.kind]
        place = next((n for n, known in enumerate(tries) if _is_copy(span, known)), None)
        if place is None:
            order.append((tries, len(tries)))
            tries.append(span)
        else:
            tries[place] = _joined(tries[place], span)
    return [tries[place] for tries, place in order]


def _is_copy(span: Span, other: Span) -> bool:
    """Return whether two halves are one span by two exporters: Zipkin's knows microseconds, or no time."""
    starts = span.start_time_unix_nano, other.start_time_unix_nano
    return 0 in starts or abs(starts[0] - starts[1]) <= _MICROSECOND_NS


def _joined(*copies: Span) -> Span:
    """Return the copy that says most, with the witnesses of both: this process's, else OTLP's."""
    best, other = sorted(
        copies, key=lambda span: ("process" not in span.witnesses, -len(span.resource.attributes))
    )
    return msgspec.structs.replace(best, witnesses=tuple(dict.fromkeys((*best.witnesses, *other.witnesses))))


def _with_own_id(span: Span, tries: dict[_Half, list[_Try]]) -> Span:
    if span.kind in _RECEIVING:
        own = next(t for t in tries[_half(span, span.span_id)] if t.start == span.start_time_unix_nano)
        if own.span_id != span.span_id:
            return msgspec.structs.replace(span, span_id=own.span_id, parent_span_id=own.parent_id)
    above = tries.get(_half(span, span.parent_span_id or ""))
    if not above:
        return span
    # Of several tries, the one that was under way.
    began = [t for t in above if t.start <= span.start_time_unix_nano]
    return msgspec.structs.replace(span, parent_span_id=(began or above[:1])[-1].span_id)


def _half(span: Span, span_id: str) -> _Half:
    return span.trace_id, span_id, _service(span)


def _service(span: Span) -> str:
    """Return the service's name as Zipkin's libraries write it: in lower case."""
    return str(span.resource.attributes.get("service.name", "")).lower()
