"""What reached a receiver, and what did not become telemetry."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.model.site import Site


class ExportRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One request an exporter made of a receiver.

    Attributes:
        channel: ``otlp``, ``xray`` or ``aws``.
        path: The request path (``/v1/traces``), or the AWS operation
            (``PutLogEvents``).
        headers: Lower-case name → value.
        items: How many spans, metrics, records or events it carried.
        status: The HTTP status it was answered with; 0 when the connection was closed instead.
        resent: How many of the items had been accepted before, and are not counted again.
        error: The code and message that AWS refused telemetry with.
    """

    channel: str
    path: str
    headers: dict[str, str] = {}
    items: int = 0
    status: int = 200
    resent: int = 0
    error: str = ""


class Rejected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Input that became no telemetry; kept, because it is evidence.

    Attributes:
        duplicate: It is byte for byte what had arrived before, and not lost with this copy.
        site: Where the app made what sent it, if that is known.
    """

    channel: str
    reason: str
    payload: bytes = b""
    duplicate: bool = False
    site: Site | None = None


class Unfinished(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Something begun that never became complete telemetry.

    Attributes:
        kind: ``span``, ``segment`` or ``subsegment``.
        id: Span, segment or subsegment id.
        site: Where it was begun.
        waits_for: Children begun and never ended, which hold it back.
        earlier_thread: It began a trace on a thread that was running before the scenario, and may be an
            earlier one's.
    """

    kind: str
    name: str
    id: str = ""
    trace_id: str | None = None
    site: Site | None = None
    ended: bool = False
    waits_for: tuple[Unfinished, ...] = ()
    earlier_thread: bool = False


class Unsampled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Spans or segments that were started and that no exporter gets: an app may mean that.

    Attributes:
        kind: ``span``, ``segment`` or ``subsegment``.
        name: All of them have it.
        reason: Who decided so: ``dropped by AlwaysOffSampler``.
        count: How many.
        site: Where they were started.
    """

    kind: str = "span"
    name: str
    reason: str
    count: int = 1
    site: Site | None = None


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Spans that the scenario's own thread began, and that belong to another: their trace began there.

    Attributes:
        name: All of them have it.
        owner: The other scenario; empty for none of them, as the set-up of a module's fixture.
        parent: The name of the span that is their parent there.
        parent_site: Where that was begun.
        count: How many.
        site: Where they were begun.
    """

    name: str
    owner: str = ""
    parent: str
    parent_site: Site | None = None
    count: int = 1
    site: Site | None = None


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A loss that an SDK, the kernel or the harness saw and nobody logged.

    Attributes:
        id: Stable id, the id of the finding it becomes
            (``segment_replaced``, ``context_missing``, …).
        channel: ``otel``, ``xray`` or ``cloudwatch``.
        message: One sentence: what was lost and what to do.
        name: The span, segment, key or stream concerned.
        context: Machine-readable details.
    """

    id: str
    channel: str
    message: str
    name: str = ""
    trace_id: str | None = None
    site: Site | None = None
    context: dict[str, Any] = {}
