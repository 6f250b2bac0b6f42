"""X-Ray segments and subsegments, with the field names of the documents.

They are not flattened into spans: annotation against metadata, and
fault/error/throttle, are what X-Ray tests check.
Source: AWS X-Ray developer guide, "Segment documents".
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from harness.model.site import Site

Seconds = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
"""Seconds since the epoch; of more, no nanoseconds can be made."""


class Subsegment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Work inside a segment.

    Attributes:
        id: 16 hex digits.
        start_time: Seconds since the epoch, floating point.
        end_time: Seconds since the epoch; None while in progress.
        namespace: ``remote``, ``aws`` or ``local``; None when not sent.
        annotations: Indexed key → str, int, float or bool.
        metadata: Namespace → key → any JSON value; not indexed.
        cause: The exceptions, or the id of the exception a child recorded.
        subsegments: Embedded and joined children, in order of start time.
        site: Where the app began it; None when seen only on the wire.
    """

    id: str
    name: str
    start_time: Seconds
    end_time: Seconds | None = None
    in_progress: bool = False
    trace_id: str | None = None
    parent_id: str | None = None
    namespace: str | None = None
    http: dict[str, Any] = {}
    aws: dict[str, Any] = {}
    sql: dict[str, Any] = {}
    annotations: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    error: bool = False
    fault: bool = False
    throttle: bool = False
    cause: dict[str, Any] | str | None = None
    precursor_ids: tuple[str, ...] = ()
    subsegments: tuple[Subsegment, ...] = ()
    site: Site | None = None


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One service's share of a trace; what `Subsegment` documents holds here too.

    Attributes:
        trace_id: ``1-`` 8 hex digits ``-`` 24 hex digits.
        parent_id: Id of the calling subsegment in another segment, or None.
        origin: AWS resource type that ran the service (``AWS::ECS::Container``).
        service: Version and runtime of the service.
    """

    id: str
    name: str
    trace_id: str
    start_time: Seconds
    end_time: Seconds | None = None
    in_progress: bool = False
    parent_id: str | None = None
    http: dict[str, Any] = {}
    aws: dict[str, Any] = {}
    service: dict[str, Any] = {}
    user: str | None = None
    origin: str | None = None
    annotations: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    error: bool = False
    fault: bool = False
    throttle: bool = False
    cause: dict[str, Any] | str | None = None
    subsegments: tuple[Subsegment, ...] = ()
    site: Site | None = None
