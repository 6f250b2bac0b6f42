"""Spans for the formats of other tools' UIs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from harness.model import RunRecord, Scope, Span
from harness.report.plain import to_plain
from harness.report.segments import spans_of_segment


def spans_of(record: RunRecord) -> Iterator[Span]:
    """Yield every span of a run, that of its start-up first, and every segment and subsegment as one."""
    for telemetry in (record.outside, *(scenario.telemetry for scenario in record.scenarios)):
        yield from telemetry.spans
        for segment in telemetry.segments:
            yield from spans_of_segment(segment)


def scope_tags(scope: Scope) -> dict[str, Any]:
    """Return what is known of a scope.

    Source: OpenTelemetry specification, "OpenTelemetry Transformation to non-OTLP Formats", which gives name
    and version their tags, and none to a scope's own attributes: these are ``otel.scope.KEY``, as in
    Prometheus.

    >>> scope_tags(Scope(name="shop.db", attributes={"tier": 1}))
    {'otel.scope.tier': 1, 'otel.scope.name': 'shop.db'}
    """
    own = {f"otel.scope.{key}": value for key, value in scope.attributes.items()}
    fields = {"name": scope.name, "version": scope.version, "schema_url": scope.schema_url}
    return own | {f"otel.scope.{name}": value for name, value in fields.items() if value}


def trace_state_tags(span: Span) -> dict[str, str]:
    """Return a span's trace state as the Collector writes it; nothing where it has none."""
    return {"w3c.tracestate": span.trace_state} if span.trace_state else {}


def duration_us(span: Span) -> int:
    """Return a span's duration in whole microseconds, at least 1: these UIs draw nothing for 0.

    >>> duration_us(Span(trace_id="1", span_id="2", name="n", start_time_unix_nano=0))
    1
    """
    end = span.end_time_unix_nano or span.start_time_unix_nano
    return max(1, (end - span.start_time_unix_nano) // 1000)


def tag_text(value: Any) -> str:
    """Return an attribute's value as text: strings bare, the rest as JSON.

    >>> tag_text("a"), tag_text(True), tag_text([1, 2])
    ('a', 'true', '[1,2]')
    """
    return value if isinstance(value, str) else msgspec.json.encode(to_plain(value)).decode()
