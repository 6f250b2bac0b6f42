"""What an export says of a span, beside what the process has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from harness.model import Incident, Span

_FIELDS = {
    "name": "with another name",
    "kind": "with another kind",
    "parent_span_id": "with another parent",
    "trace_state": "with another trace state",
    "start_time_unix_nano": "with another start",
    "end_time_unix_nano": "with another end",
    "status": "with another status",
    "events": "with other events",
    "links": "with other links",
    "resource": "with another resource",
    "scope": "with another scope",
}


def export_differs(span: Span, exported: Span) -> Incident | None:
    """Return that a backend gets another span than the process has; None where it gets the same.

    Values are left out of the message: an exporter may have had reason to remove them.
    """
    if msgspec.structs.replace(exported, witnesses=span.witnesses, site=span.site) == span:
        return None
    differences = [
        words for field, words in _FIELDS.items() if not _same(getattr(span, field), getattr(exported, field))
    ]
    differences += _attributes(span.attributes, exported.attributes)
    if not differences:
        return None
    return Incident(
        id="export_differs",
        channel="otel",
        name=span.name,
        site=span.site,
        message=(
            f"span {span.name!r} was exported {', '.join(differences)}: expectations look at what the process"
            " has, a backend at what was exported; look for an exporter or processor that changes spans"
        ),
    )


def conflicting(kept: Span, other: Span) -> Incident | None:
    """Return that two spans have one id; None where they are the same one, sent again."""
    fields = (*_FIELDS, "attributes")
    differing = [field for field in fields if not _same(getattr(kept, field), getattr(other, field))]
    if not differing:
        return None
    return Incident(
        id="span_conflicting",
        channel="otel",
        name=kept.name,
        trace_id=kept.trace_id,
        message=(
            f"span {kept.name!r} was sent, and then {other.name!r} with the same trace id and span id"
            f" {kept.span_id!r}; they differ in {', '.join(differing)}: the first is kept, the other is in no"
            " trace here; give each span an id of its own (a generator that is seeded, or copied by a fork,"
            " makes the same again), and send each once"
        ),
    )


def _attributes(of_process: dict[str, Any], exported: dict[str, Any]) -> Iterator[str]:
    for key, value in of_process.items():
        if key not in exported:
            yield f"without attribute {key!r}"
        elif not _same(exported[key], value):
            yield f"with another value of attribute {key!r}"
    for key in sorted(exported.keys() - of_process.keys()):
        yield f"with attribute {key!r} added"


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, a NaN to itself."""
    return bool(one == other) or repr(one) == repr(other)
