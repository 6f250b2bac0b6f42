"""`log_record`: an OpenTelemetry log record that must have been captured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.expect.argument import NONE, SEVERITY, TEXT
from harness.expect.expectation import Expectation
from harness.expect.fields import Field, MappingField
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.pool import Entry, Pool
from harness.model.log import LogRecord
from harness.model.telemetry import Telemetry


def log_record_pool(telemetry: Telemetry) -> Pool:
    """Return the captured log records in order of arrival."""
    return Pool(
        Entry(
            value=item,
            noun="log record",
            name=item.body,
            node_id=str(index),
            key=index,
            trace_id=item.trace_id,
            site=item.site,
        )
        for index, item in enumerate(telemetry.log_records)
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class LogRecordExpectation(Expectation[LogRecord]):
    """What `log_record` returns."""

    SIGNAL: ClassVar = "log_record"
    NOUN: ClassVar = "log record"
    STEM: ClassVar = "log_record"
    BUILDER: ClassVar = "log_record"
    IDENTITY: ClassVar = "body"
    CHANNELS: ClassVar = ("otel", "otlp")
    POOL: ClassVar = log_record_pool
    FIELDS: ClassVar = (
        Field("severity_number", lambda r: r.severity_number, takes=SEVERITY),
        Field("severity_text", lambda r: r.severity_text, takes=TEXT),
        MappingField("attributes", lambda r: r.attributes, stem="attribute", noun="attribute"),
        Field("scope", lambda r: r.scope.name, takes=TEXT),
        MappingField("resource", lambda r: r.resource.attributes, stem="resource", noun="resource attribute"),
        Field("trace_id", lambda r: r.trace_id, takes=TEXT | NONE),
        Field("span_id", lambda r: r.span_id, takes=TEXT | NONE),
        Field("event_name", lambda r: r.event_name, takes=TEXT),
    )

    body: Any = OMITTED
    severity_number: Any = OMITTED
    severity_text: Any = OMITTED
    attributes: Any = OMITTED
    scope: Any = OMITTED
    resource: Any = OMITTED
    trace_id: Any = OMITTED
    span_id: Any = OMITTED
    event_name: Any = OMITTED

    @property
    def identity(self) -> Any:
        """The body, or `OMITTED`."""
        return self.body


def log_record(
    body: Any = OMITTED,
    *,
    severity_number: int | AnyMatcher | Omitted = OMITTED,
    severity_text: Text | Omitted = OMITTED,
    attributes: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    scope: Text | Omitted = OMITTED,
    resource: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    trace_id: Text | Omitted | None = OMITTED,
    span_id: Text | Omitted | None = OMITTED,
    event_name: Text | Omitted = OMITTED,
) -> LogRecordExpectation:
    """Expect an OpenTelemetry log record.

    Args:
        body: The whole body; a mapping is matched by subset. Without it any
            record will do that has the rest.
        severity_number: 1 (TRACE) … 24 (FATAL4); INFO is 9, ERROR 17.
        scope: The name of the instrumentation scope: the logger's.
        trace_id: None expects a record outside of any span.

    Example:
        >>> log_record("user created", severity_number=9, attributes={"user.id": 7})
        log_record('user created', severity_number=9, attributes={'user.id': 7})
    """
    return LogRecordExpectation(
        body=freeze(body),
        severity_number=freeze(severity_number),
        severity_text=freeze(severity_text),
        attributes=freeze(attributes),
        scope=freeze(scope),
        resource=freeze(resource),
        trace_id=freeze(trace_id),
        span_id=freeze(span_id),
        event_name=freeze(event_name),
    )
