"""Spans as the X-Ray segments that the Collector's X-Ray exporter makes of them.

Source of the mapping: opentelemetry-collector-contrib, exporter/awsxrayexporter, by observation of its
translator. Not mapped: the ``aws`` and ``sql`` blocks, links, and ``aws.span.kind``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from harness.analysis.parity.attributes import Indexed, kept_attributes
from harness.analysis.parity.http_block import http_block
from harness.analysis.parity.naming import document_name, namespace_of
from harness.analysis.parity.outcomes import cause_of, flags_of
from harness.model import Segment, Span, SpanKind, Subsegment

_Document = TypeVar("_Document", Segment, Subsegment)


class Exported(NamedTuple):
    """What X-Ray gets.

    Attributes:
        segments: In order of start, each with its subsegments embedded: the exporter sends
            one document per span, and X-Ray joins them so.
        orphans: Subsegments whose parent was not captured: X-Ray has no request to show them in.
    """

    segments: tuple[Segment, ...]
    orphans: tuple[Subsegment, ...]


def exported(spans: Iterable[Span], indexed: Indexed = Indexed()) -> Exported:  # noqa: B008  immutable
    """Return the documents of spans; a span that never ended is never exported.

    Args:
        indexed: The exporter's own settings.

    >>> from harness.model import Resource
    >>> service = Resource(attributes={"service.name": "backend-flask"})
    >>> trace = "65f1a2b3000000000000000000000001"
    >>> home = Span(trace_id=trace, span_id="a" * 16, name="GET /", kind=SpanKind.SERVER, resource=service,
    ...             start_time_unix_nano=10**18, end_time_unix_nano=10**18)
    >>> [(segment.name, segment.trace_id) for segment in exported([home]).segments]
    [('backend-flask', '1-65f1a2b3-000000000000000000000001')]
    """
    ended = (span for span in spans if span.end_time_unix_nano is not None)
    ordered = sorted(ended, key=lambda span: span.start_time_unix_nano)
    known = {(span.trace_id, span.span_id): span for span in ordered}
    below: dict[tuple[str, str], list[Span]] = {}
    roots: list[Span] = []
    for span in ordered:
        parent = (span.trace_id, span.parent_span_id or "")
        if _is_segment(span) or parent not in known or known[parent] is span:
            roots.append(span)
        else:
            below.setdefault(parent, []).append(span)
    seen = set(map(id, roots))
    grown = [(root, _grow(root, below, seen, indexed)) for root in roots]
    # Parents that go in a circle (only forged input has them) are cut at the earliest span.
    grown += [(span, _grow(span, below, seen, indexed)) for span in ordered if id(span) not in seen]
    return Exported(
        tuple(_as(Segment, span, children, indexed) for span, children in grown if _is_segment(span)),
        tuple(_as(Subsegment, span, children, indexed) for span, children in grown if not _is_segment(span)),
    )


def xray_trace_id(trace_id: str) -> str:
    """Return a trace id in X-Ray's form.

    >>> xray_trace_id("65f1a2b3000000000000000000000001")
    '1-65f1a2b3-000000000000000000000001'
    """
    return f"1-{trace_id[:8]}-{trace_id[8:]}"


def _is_segment(span: Span) -> bool:
    return span.kind is SpanKind.SERVER or not span.parent_span_id


def _grow(
    root: Span, below: dict[tuple[str, str], list[Span]], seen: set[int], indexed: Indexed
) -> tuple[Subsegment, ...]:
    """Return what is below a span, without recursion: a trace may be thousands deep."""
    seen.add(id(root))
    order: list[tuple[Span, list[Span]]] = []
    pending = [root]
    while pending:
        span = pending.pop()
        children = [each for each in below.get((span.trace_id, span.span_id), ()) if id(each) not in seen]
        seen.update(map(id, children))
        order.append((span, children))
        pending += children
    grown: dict[int, tuple[Subsegment, ...]] = {}
    for span, children in reversed(order):
        grown[id(span)] = tuple(_as(Subsegment, child, grown.pop(id(child)), indexed) for child in children)
    return grown[id(root)]


def _as(
    kind: type[_Document], span: Span, subsegments: tuple[Subsegment, ...], indexed: Indexed
) -> _Document:
    is_segment = kind is Segment
    kept = kept_attributes(span, indexed, with_resource=is_segment)
    error, fault, throttle = flags_of(span)
    own: dict[str, Any] = {"user": kept.user} if is_segment else {"namespace": namespace_of(span)}
    return kind(
        id=span.span_id,
        name=document_name(span),
        trace_id=xray_trace_id(span.trace_id),
        parent_id=span.parent_span_id or None,
        start_time=span.start_time_unix_nano / 1e9,
        end_time=(span.end_time_unix_nano or 0) / 1e9,
        http=http_block(span),
        annotations=kept.annotations,
        metadata=kept.metadata,
        error=error,
        fault=fault,
        throttle=throttle,
        cause=cause_of(span),
        subsegments=subsegments,
        site=span.site,
        **own,
    )
