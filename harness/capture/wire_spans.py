"""Spans of a request, to the scenarios that own them."""

from __future__ import annotations

from typing import Any

from harness.capture.bucket import Bucket
from harness.capture.ownership import Ownership
from harness.codec import otlp


def ingest_wire_spans(owners: Ownership, message: Any) -> list[Bucket]:
    """Hand over the spans of a trace request; return the owner of each."""
    found = []
    for key, decode in otlp.spans_of(message):
        trace_id, span_id = key[0].hex(), key[1].hex()
        owner = owners.of_node(trace_id, span_id) or owners.of_trace(trace_id)
        found.append(owner)
        owner.on_wire.add(key)
        if key not in owner.started:
            owner.node_ids.add(span_id)
            owner.wire_spans[key] = decode()  # a resend replaces itself
    return found
