"""Spans of a request, to the scenarios that own them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.capture.bucket import Bucket
from harness.capture.ownership import Ownership
from harness.codec.otlp import SpanKey
from harness.model import Span


def ingest_wire_spans(owners: Ownership, spans: Iterable[tuple[SpanKey, Callable[[], Span]]]) -> list[Bucket]:
    """Hand over the spans of a trace request; return the owner of each."""
    found = []
    for key, decode in spans:
        trace_id, span_id = key[0].hex(), key[1].hex()
        owner = owners.of_node(trace_id, span_id) or owners.of_trace(trace_id)
        found.append(owner)
        if key in owner.started:
            owner.on_wire[key] = None
        else:
            owner.node_ids.add(span_id)
            owner.on_wire[key] = decode()  # a resend replaces itself
    return found
