"""`jaeger.json`: the spans of a run for the Jaeger UI's upload.

Source: Jaeger's UI model (model/json/model.go of jaegertracing/jaeger). Links are references, which hold
neither attributes nor a trace state.
"""

from __future__ import annotations

from typing import Any

import msgspec

from harness.model import RunRecord, Span, StatusCode
from harness.report.spans import duration_us, scope_tags, spans_of, tag_text, trace_state_tags

NAME = "jaeger"
FILE_NAME = "jaeger.json"

_TYPES = {bool: "bool", int: "int64", float: "float64"}


def render(record: RunRecord) -> bytes:
    """Return the traces as Jaeger's UI reads them."""
    traces: dict[str, list[Span]] = {}
    for span in spans_of(record):
        traces.setdefault(span.trace_id, []).append(span)
    data = [_trace(trace_id, spans) for trace_id, spans in traces.items()]
    return msgspec.json.encode({"data": data}) + b"\n"


def _trace(trace_id: str, spans: list[Span]) -> dict[str, Any]:
    processes: dict[bytes, tuple[str, dict[str, Any]]] = {}
    rows = []
    for span in spans:
        process = _process(span)
        key = msgspec.json.encode(process)
        process_id, _ = processes.setdefault(key, (f"p{len(processes) + 1}", process))
        rows.append(_span(span, process_id))
    return {"traceID": trace_id, "spans": rows, "processes": dict(processes.values())}


def _process(span: Span) -> dict[str, Any]:
    attributes = dict(span.resource.attributes)
    service = attributes.pop("service.name", "unknown_service")
    return {"serviceName": tag_text(service), "tags": _tags(attributes)}


def _span(span: Span, process_id: str) -> dict[str, Any]:
    own: dict[str, Any] = {"span.kind": span.kind.value, **scope_tags(span.scope), **trace_state_tags(span)}
    if span.status.code is not StatusCode.UNSET:
        own["otel.status_code"] = span.status.code.value.upper()
    if span.status.code is StatusCode.ERROR:
        own |= {"error": True, "otel.status_description": span.status.message}
    return {
        "traceID": span.trace_id,
        "spanID": span.span_id,
        "operationName": span.name,
        "references": _references(span),
        "startTime": span.start_time_unix_nano // 1000,
        "duration": duration_us(span),
        "tags": _tags({**span.attributes, **own}),
        "logs": [
            {"timestamp": e.time_unix_nano // 1000, "fields": _tags({"event": e.name, **e.attributes})}
            for e in span.events
        ],
        "processID": process_id,
    }


def _references(span: Span) -> list[dict[str, str]]:
    parents = [(span.trace_id, span.parent_span_id, "CHILD_OF")] if span.parent_span_id else []
    links = [(link.trace_id, link.span_id, "FOLLOWS_FROM") for link in span.links]
    return [{"refType": kind, "traceID": trace, "spanID": id_} for trace, id_, kind in (*parents, *links)]


def _tags(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "type": _TYPES.get(type(value), "string"), "value": _value(value)}
        for key, value in attributes.items()
    ]


def _value(value: Any) -> Any:
    return value if type(value) in _TYPES else tag_text(value)
