"""Spans of a request, to the scenarios that own them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.capture.bucket import Bucket
from harness.capture.otel_evidence import StartedSpan
from harness.capture.ownership import Ownership
from harness.codec.otlp import SpanKey
from harness.model import Span, SpanKind


def ingest_wire_spans(owners: Ownership, spans: Iterable[tuple[SpanKey, Callable[[], Span]]]) -> list[Bucket]:
    """Hand over the spans of a trace request; return the owner of each."""
    found = []
    for wire_key, decode in spans:
        trace_id, span_id = wire_key[0].hex(), wire_key[1][:8].hex()
        owner = owners.of_node(trace_id, span_id) or owners.of_trace(trace_id)
        found.append(owner)
        key = _key_in_process(owner, wire_key)
        if key in owner.started:
            owner.on_wire[key] = None
        else:
            owner.node_ids.add(span_id)
            owner.on_wire[key] = decode()  # a resend replaces itself
    return found


def _key_in_process(owner: Bucket, key: SpanKey) -> SpanKey:
    """Return the key by which a server's span was seen in-process, if it was."""
    plain = key[0], key[1][:8]
    started = owner.started.get(plain)
    if isinstance(started, StartedSpan):
        return plain if started.span.kind.name == "SERVER" else key
    return plain if started and started.kind is SpanKind.SERVER else key
