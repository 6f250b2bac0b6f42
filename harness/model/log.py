"""Log records (OpenTelemetry) and log events (CloudWatch Logs)."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.model.site import Site
from harness.model.span import Resource, Scope


class LogRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One OpenTelemetry log record.

    Attributes:
        time_unix_nano: Nanoseconds since the epoch; 0 when the app gave none.
        severity_number: 1 (TRACE) … 24 (FATAL4); 0 when unspecified.
        trace_id: 32 hex digits, None without an active span.
        span_id: 16 hex digits, None without an active span.
    """

    body: Any = None
    severity_number: int = 0
    severity_text: str = ""
    time_unix_nano: int = 0
    observed_time_unix_nano: int = 0
    event_name: str = ""
    attributes: dict[str, Any] = {}
    trace_id: str | None = None
    span_id: str | None = None
    resource: Resource = msgspec.field(default_factory=Resource)
    scope: Scope = msgspec.field(default_factory=Scope)
    witnesses: tuple[str, ...] = ()
    site: Site | None = None


class LogEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One CloudWatch log event, as `PutLogEvents` carries it.

    Attributes:
        timestamp: Milliseconds since the epoch.
        witnesses: Who saw it: ``process`` (queued by watchtower), ``wire`` (accepted by the endpoint).
        site: Where the app logged it; None when seen only on the wire.
    """

    log_group: str
    log_stream: str
    timestamp: int
    message: str
    witnesses: tuple[str, ...] = ()
    site: Site | None = None
