"""OpenTelemetry spans, with the field names of the protocol."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from harness.model.site import Site


class SpanKind(enum.StrEnum):
    """The role of a span, as OTLP's ``SpanKind`` names it."""

    UNSPECIFIED = "unspecified"
    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class StatusCode(enum.StrEnum):
    """The outcome of a span, as OTLP's ``Status.StatusCode`` names it."""

    UNSET = "unset"
    OK = "ok"
    ERROR = "error"


class Status(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A span's status and its description."""

    code: StatusCode = StatusCode.UNSET
    message: str = ""


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The instrumentation scope: which library or module made the telemetry."""

    name: str = ""
    version: str = ""
    schema_url: str = ""
    attributes: dict[str, Any] = {}


class Resource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The entity that produced the telemetry (`service.name`, …)."""

    attributes: dict[str, Any] = {}
    schema_url: str = ""


class SpanEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Something that happened during a span, at one moment."""

    name: str
    time_unix_nano: int
    attributes: dict[str, Any] = {}


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A reference from a span to a span of this or another trace."""

    trace_id: str
    span_id: str
    trace_state: str = ""
    attributes: dict[str, Any] = {}


class Span(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One OpenTelemetry span.

    Attributes:
        trace_id: 32 lower-case hex digits.
        span_id: 16 lower-case hex digits.
        parent_span_id: 16 hex digits, None for a root.
        start_time_unix_nano: Nanoseconds since the epoch.
        end_time_unix_nano: Nanoseconds since the epoch, None while unfinished.
        attributes: Key → str, bool, int, float, bytes, list or dict.
        witnesses: Who saw it: ``process`` (in-process), ``wire`` (an export).
        site: Where the app created it; None when seen only on the wire.
    """

    trace_id: str
    span_id: str
    parent_span_id: str | None = None
    trace_state: str = ""
    name: str
    kind: SpanKind = SpanKind.INTERNAL
    start_time_unix_nano: int
    end_time_unix_nano: int | None = None
    status: Status = msgspec.field(default_factory=Status)
    attributes: dict[str, Any] = {}
    events: tuple[SpanEvent, ...] = ()
    links: tuple[Link, ...] = ()
    resource: Resource = msgspec.field(default_factory=Resource)
    scope: Scope = msgspec.field(default_factory=Scope)
    witnesses: tuple[str, ...] = ()
    site: Site | None = None
