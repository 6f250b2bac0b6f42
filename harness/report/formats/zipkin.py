"""`zipkin.json`: the spans of a run for Zipkin's UI.

Source: the Zipkin API (zipkin2-api.yaml) and the OpenTelemetry specification,
"OpenTelemetry to Zipkin Transformation", which says nothing of links: they are written as the Collector's
exporter does (opentelemetry-collector-contrib, pkg/translator/zipkin). Values become texts, times
microseconds.
"""

from __future__ import annotations

from typing import Any

import msgspec

from harness.model import Link, RunRecord, Span, SpanEvent, SpanKind, StatusCode
from harness.report.spans import duration_us, scope_tags, spans_of, tag_text, trace_state_tags

NAME = "zipkin"
FILE_NAME = "zipkin.json"

_WITHOUT_KIND = (SpanKind.INTERNAL, SpanKind.UNSPECIFIED)


def render(record: RunRecord) -> bytes:
    """Return the spans as a list in Zipkin's v2 JSON."""
    return msgspec.json.encode([_span(span) for span in spans_of(record)]) + b"\n"


def _span(span: Span) -> dict[str, Any]:
    service = span.resource.attributes.get("service.name")
    fields = {
        "traceId": span.trace_id,
        "id": span.span_id,
        "parentId": span.parent_span_id,
        "kind": None if span.kind in _WITHOUT_KIND else span.kind.value.upper(),
        "name": span.name,
        "timestamp": span.start_time_unix_nano // 1000,
        "duration": duration_us(span),
        "localEndpoint": {"serviceName": tag_text(service)} if service is not None else None,
        "annotations": [
            {"timestamp": event.time_unix_nano // 1000, "value": _event(event)} for event in span.events
        ],
        "tags": _tags(span),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _tags(span: Span) -> dict[str, str]:
    resource = {key: value for key, value in span.resource.attributes.items() if key != "service.name"}
    tags = {key: tag_text(value) for key, value in (resource | span.attributes).items()}
    if span.status.code is StatusCode.OK:
        tags["otel.status_code"] = "OK"
    elif span.status.code is StatusCode.ERROR:
        tags |= {"otel.status_code": "ERROR", "error": span.status.message or "true"}
    scope = {key: tag_text(value) for key, value in scope_tags(span.scope).items()}
    links = {f"otlp.link.{number}": _link(link) for number, link in enumerate(span.links)}
    return tags | scope | trace_state_tags(span) | links


def _link(link: Link) -> str:
    """Return a link as the Collector writes it; the last part, of dropped attributes, is not known here."""
    return "|".join((link.trace_id, link.span_id, link.trace_state, tag_text(link.attributes), "0"))


def _event(event: SpanEvent) -> str:
    """Return an event as Zipkin's text: its name, or with attributes ``"name": {…}``."""
    if not event.attributes:
        return event.name
    return f"{tag_text([event.name])[1:-1]}: {tag_text(event.attributes)}"
