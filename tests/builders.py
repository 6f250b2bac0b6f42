"""Captured values for tests: valid, deterministic, and only what the test names is special."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from harness.codec.arrivals_file import Arrival
from harness.codec.wire import WireTelemetry
from harness.model import (
    DataPoint,
    ExportRequest,
    LogEvent,
    LogRecord,
    Metric,
    MetricType,
    Scope,
    Segment,
    Span,
    Subsegment,
    Telemetry,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
XRAY_TRACE = "1-67891233-abcdef012345678912345678"
START_NS = 1_700_000_000_000_000_000
START_S = 1_700_000_000.0
A_NUMBER = r"[+-]?\d[\d.,_]*(?:[eE][+-]?\d+)?"
"""What a written contract says of a number in a message."""


def hex_id(text: str, digits: int = 16) -> str:
    """Return an id that is always the same for the same text."""
    return f"{zlib.crc32(text.encode()) or 1:0{digits}x}"


def a_span(
    name: str = "GET /",
    *,
    parent: Span | None = None,
    scope: str | Scope = "",
    ms: float | None = 1.0,
    at_ms: float = 0.0,
    **fields: Any,
) -> Span:
    """Return a span; its id comes from its name, its trace from its parent.

    Args:
        ms: Its duration, None while unfinished.
        at_ms: Its start, after `START_NS`.
    """
    start = START_NS + round(at_ms * 1e6)
    fields.setdefault("start_time_unix_nano", start)
    fields.setdefault("end_time_unix_nano", None if ms is None else start + round(ms * 1e6))
    fields.setdefault("span_id", hex_id(name))
    fields.setdefault("trace_id", parent.trace_id if parent else TRACE)
    fields.setdefault("parent_span_id", parent.span_id if parent else None)
    return Span(name=name, scope=Scope(name=scope) if isinstance(scope, str) else scope, **fields)


def a_segment(
    name: str = "backend-flask", *subsegments: Subsegment, ms: float = 1.0, **fields: Any
) -> Segment:
    """Return a segment with these subsegments."""
    fields.setdefault("start_time", START_S)
    fields.setdefault("end_time", START_S + ms / 1e3)
    fields.setdefault("id", hex_id(name))
    fields.setdefault("trace_id", XRAY_TRACE)
    return Segment(name=name, subsegments=subsegments, **fields)


def a_subsegment(
    name: str = "mock-data", *subsegments: Subsegment, ms: float = 1.0, **fields: Any
) -> Subsegment:
    """Return a subsegment with these subsegments."""
    fields.setdefault("start_time", START_S)
    fields.setdefault("end_time", START_S + ms / 1e3)
    fields.setdefault("id", hex_id(name))
    return Subsegment(name=name, subsegments=subsegments, **fields)


def a_log_event(message: str = "hello", **fields: Any) -> LogEvent:
    """Return a CloudWatch log event of group ``cruddur``."""
    return LogEvent(
        message=message,
        **{"log_group": "cruddur", "log_stream": "web", "timestamp": START_NS // 10**6, **fields},
    )


def a_log_record(body: Any = "hello", *, scope: str = "", **fields: Any) -> LogRecord:
    """Return an OpenTelemetry log record of severity INFO."""
    fields = {"severity_number": 9, "severity_text": "INFO", "time_unix_nano": START_NS, **fields}
    return LogRecord(body=body, scope=Scope(name=scope), **fields)


def a_metric(name: str = "requests", *points: DataPoint, scope: str = "", **fields: Any) -> Metric:
    """Return a metric, a sum unless said otherwise."""
    fields.setdefault("type", MetricType.SUM)
    return Metric(name=name, data_points=points, scope=Scope(name=scope), **fields)


def an_export(path: str = "/v1/traces", **fields: Any) -> ExportRequest:
    """Return a request that reached the OTLP receiver."""
    return ExportRequest(path=path, **{"channel": "otlp", "items": 1, **fields})


def a_telemetry(*captured: Any, **fields: Any) -> Telemetry:
    """Return telemetry with these values, each under its own signal, in this order."""
    names: dict[Any, str] = {
        Span: "spans",
        Metric: "metrics",
        LogRecord: "log_records",
        Segment: "segments",
        LogEvent: "log_events",
        ExportRequest: "exports",
    }
    for item in captured:
        name = names[type(item)]
        fields[name] = (*fields.get(name, ()), item)
    return Telemetry(**fields)


def telemetry_of(arrivals: Iterable[tuple[Arrival, bytes]]) -> Telemetry:
    """Return the telemetry of arrivals, in their order."""
    wire = WireTelemetry()
    for arrival, body in arrivals:
        wire.add(arrival, body)
    return wire.telemetry()
