"""Kinds of items: the key that starts one, what it may say, and the expectation it becomes."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.contract.metrics import promised_metric
from harness.expect import (
    Expectation,
    export_request,
    log_event,
    log_record,
    present,
    segment,
    span,
    subsegment,
)
from harness.expect.argument import Taken
from harness.model import MetricType, SpanKind, StatusCode, Temporality

COMMON = ("presence", "count", "tier", "used_by")
"""What every item may say besides its details."""
EVENTS = "events"
"""A span's events: names, or ``{event: name, attributes: …}``."""
OPERATIONS_OF = "operations"
"""A log record's operations: names of the root spans below which it is made."""
LINKS = "links"
"""A span's links: ``{attributes: …}``; the ids of what they lead to are no part of a contract."""


@dataclass(frozen=True)
class Kind:
    """One kind of item.

    Attributes:
        name: The key that starts one and holds its identity.
        build: The function of `harness.expect` that makes its expectation.
        mappings: Details that are mappings, whose keys may have operators.
        plain: Details that are one value.
        constants: Details that name a constant → the enumeration.
        children: The key of the items below it, and their kind.
        is_named: Its identity is text; a log record's is its body, which is anything.
    """

    name: str
    build: Callable[..., Expectation[Any]]
    mappings: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    constants: Mapping[str, type[enum.Enum]] = field(default_factory=dict)
    children: tuple[str, str] | None = None
    is_named: bool = True

    @property
    def signal(self) -> str:
        """As `Finding.signal`."""
        return _SIGNALS.get(self.name, self.name)

    @property
    def details(self) -> tuple[str, ...]:
        """Every detail that it may name."""
        return (*self.constants, *self.plain, *self.mappings)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of an item of it, besides those that every item may have."""
        parts = {"span": (EVENTS, LINKS), "log_record": (OPERATIONS_OF,)}.get(self.name, ())
        children = (self.children[0],) if self.children else ()
        return (self.name, *self.details, *parts, *children)

    def takes(self, name: str) -> Taken:
        """Return what may be expected of a detail, or of the identity, which has the kind's name."""
        made = type(self.build(present))
        if name == self.name:
            return made.IDENTITY_TAKES
        return next(field.takes for field in (*made.FIELDS, *made.PART_FIELDS) if field.name == name)


_SIGNALS = {"subsegment": "segment", "export": "export_request"}
_FLAGS = ("error", "fault", "throttle")
_DOCUMENT = ("annotations", "metadata", "http", "aws")

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "span",
            span,
            mappings=("attributes", "resource"),
            plain=("scope", "status_message", "duration"),
            constants={"kind": SpanKind, "status": StatusCode},
            children=("children", "span"),
        ),
        Kind(
            "segment",
            segment,
            mappings=(*_DOCUMENT, "service"),
            plain=(*_FLAGS, "cause", "user", "origin", "parent_id", "duration"),
            children=("subsegments", "subsegment"),
        ),
        Kind(
            "subsegment",
            subsegment,
            mappings=(*_DOCUMENT, "sql"),
            plain=(*_FLAGS, "cause", "namespace", "duration"),
            children=("subsegments", "subsegment"),
        ),
        Kind("log_event", log_event, plain=("log_group", "log_stream")),
        Kind(
            "log_record",
            log_record,
            mappings=("attributes", "resource"),
            plain=("severity_number", "severity_text", "scope", "event_name", "trace_id", "span_id"),
            is_named=False,
        ),
        Kind(
            "metric",
            promised_metric,
            mappings=("attributes", "resource"),
            plain=("unit", "is_monotonic", "namespace", "scope", "value", "sum"),
            constants={"type": MetricType, "temporality": Temporality},
        ),
        Kind("export", export_request, mappings=("headers",), plain=("channel",)),
    )
}
OPERATIONS = ("span", "segment")
"""The kinds that an operation starts with."""
SECTIONS = {"log_events": "log_event", "log_records": "log_record", "metrics": "metric", "exports": "export"}
"""Sections of items that belong to the whole run → their kind."""
