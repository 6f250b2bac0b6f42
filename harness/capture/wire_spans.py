"""Spans of a request, to the scenarios that own them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from harness.capture.bucket import Bucket
from harness.capture.ownership import Ownership
from harness.codec.otlp import SpanKey
from harness.codec.witnesses import conflicting
from harness.model import Span


def ingest_wire_spans(
    owners: Ownership, spans: Iterable[tuple[SpanKey, Callable[[], Span]]], *, whole: bool = True
) -> list[Bucket]:
    """Hand over the spans of a trace request; return the owner of each.

    Args:
        whole: The format has all that a span of the SDK has, so that the two are to be equal.
    """
    found = []
    for key, decode in spans:
        trace_id, span_id = key[0].hex(), key[1].hex()
        holders = list(owners.holders(trace_id, span_id)) or [owners.of_trace(trace_id)]
        owner = holders[0] if len(holders) == 1 else _began_at(decode().start_time_unix_nano, key, holders)
        found.append(owner)
        if key in owner.started:
            owner.on_wire.setdefault(key, decode if whole else None)
        else:
            owner.node_ids.add(span_id)
            _take(owner, key, decode(), whole=whole)
    return found


def _take(owner: Bucket, key: SpanKey, span: Span, *, whole: bool) -> None:
    """Keep the first of equal ids, but one of a format that has all rather than of another."""
    known = owner.on_wire.get(key)
    if not isinstance(known, Span) or not whole:
        owner.on_wire.setdefault(key, span)
    elif key in owner.partial:
        owner.on_wire[key] = span
    elif conflict := conflicting(known, span):
        owner.add(conflict)
    if whole:
        owner.partial.discard(key)
    elif known is None:
        owner.partial.add(key)


def _began_at(start_time_unix_nano: int, key: SpanKey, holders: list[Bucket]) -> Bucket:
    """Return the one whose span began then: tests that seed `random` make the same ids again."""
    for bucket in holders:
        started = bucket.started.get(key)
        if started is not None and started.start_time_unix_nano == start_time_unix_nano:
            return bucket
    return holders[0]
