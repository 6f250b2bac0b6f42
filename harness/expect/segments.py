"""`segment` and `subsegment`: X-Ray documents that must have been captured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar

from harness.expect.argument import FLAG, MAPPING, NONE, NUMBER, TEXT
from harness.expect.compare import Path
from harness.expect.expectation import Expectation, Related, Relation, related
from harness.expect.fields import Field, MappingField
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Flag, Number, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.pool import Entry, Pool
from harness.expect.render import short
from harness.model.segment import Segment, Subsegment
from harness.model.telemetry import Telemetry

T = TypeVar("T")
_NO_ANNOTATION_KEY = re.compile(r"[^A-Za-z0-9_]")
_DEEPEST = 8
"""Levels of metadata in which a key that moved is looked for."""


def duration_s(document: Segment | Subsegment) -> float | None:
    """Return the duration in seconds, None while it is in progress."""
    return None if document.end_time is None else document.end_time - document.start_time


def segment_pool(telemetry: Telemetry) -> Pool:
    """Return segments and, below each, its subsegments, in order of start."""
    return Pool(_entries(telemetry))


def _entries(telemetry: Telemetry) -> Iterator[Entry]:
    ordered = sorted(telemetry.segments, key=_order)
    pending: list[tuple[Segment | Subsegment, str, Any]] = [(s, s.trace_id, None) for s in reversed(ordered)]
    count = 0
    while pending:
        document, trace_id, parent = pending.pop()
        count += 1
        yield Entry(
            value=document,
            noun="segment" if isinstance(document, Segment) else "subsegment",
            name=document.name,
            node_id=f"{trace_id}/{document.id}",
            key=count,
            parent=parent,
            trace_id=trace_id,
            site=document.site,
        )
        below = sorted(document.subsegments, key=_order, reverse=True)
        pending += [(child, child.trace_id or trace_id, count) for child in below]


def _order(document: Segment | Subsegment) -> tuple[float, str, str]:
    return document.start_time, document.trace_id or "", document.id


def _annotation_hint(document: Segment | Subsegment, path: Path) -> str:
    """Say where in the metadata the key of a missing annotation is."""
    for namespace, values in document.metadata.items():
        if isinstance(values, Mapping) and path[0] in values:
            return f"captured as metadata in namespace {namespace!r}: {short(values[path[0]], key=path[0])}"
    for where, value in _leaves(document.metadata):
        if _is_one_key(where[-1], path[0]):
            return f"captured as metadata {'.'.join(where)!r}: {short(value, key=where[-1])}"
    return ""


def _metadata_hint(document: Segment | Subsegment, path: Path) -> str:
    """Say which annotation, or which other namespace, holds the key of missing metadata."""
    key = path[-1]
    if key in document.annotations:
        return f"captured as annotation: {short(document.annotations[key], key=key)}"
    for namespace, values in document.metadata.items():
        if namespace != path[0] and isinstance(values, Mapping) and key in values:
            return f"captured in namespace {namespace!r}: {short(values[key], key=key)}"
    for name, value in document.annotations.items():
        if _is_one_key(name, key):
            return f"captured as annotation {name!r}: {short(value, key=name)}"
    return ""


def _is_one_key(one: str, other: str) -> bool:
    """Return whether two keys are one, as metadata and as an annotation, which has no hyphen."""
    return as_annotation_key(one) == as_annotation_key(other)


def as_annotation_key(key: str) -> str:
    """Return a key as an annotation may have it.

    >>> as_annotation_key("results-size")
    'results_size'
    """
    return _NO_ANNOTATION_KEY.sub("_", key)


def _leaves(values: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and len(path) < _DEEPEST:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _mapping(name: str, depth: int = 1) -> MappingField:
    return MappingField(
        name, lambda s: getattr(s, name), stem=name, noun=f"{name} field", prefix=name, depth=depth
    )


_HTTP = _mapping("http", depth=2)
_SHARED: tuple[Field, ...] = (
    MappingField(
        "annotations",
        lambda s: s.annotations,
        stem="annotation",
        noun="annotation",
        hint=_annotation_hint,
    ),
    MappingField(
        "metadata", lambda s: s.metadata, stem="metadata", noun="metadata", depth=2, hint=_metadata_hint
    ),
    Field("error", lambda s: s.error, takes=FLAG),
    Field("fault", lambda s: s.fault, takes=FLAG),
    Field("throttle", lambda s: s.throttle, takes=FLAG),
    Field("cause", lambda s: s.cause, takes=MAPPING | TEXT | NONE),
    _mapping("aws"),
)


@dataclass(frozen=True, kw_only=True, repr=False)
class DocumentExpectation(Expectation[T]):
    """What expectations on segments and subsegments share."""

    SIGNAL: ClassVar = "segment"
    CHANNELS: ClassVar = ("xray",)
    POOL: ClassVar = segment_pool
    IDENTITY_TAKES: ClassVar = TEXT

    name: Any
    http: Any = OMITTED
    annotations: Any = OMITTED
    metadata: Any = OMITTED
    error: Any = OMITTED
    fault: Any = OMITTED
    throttle: Any = OMITTED
    cause: Any = OMITTED
    aws: Any = OMITTED
    duration: Any = OMITTED
    related: tuple[Related, ...] = ()

    @property
    def identity(self) -> Any:
        """The name."""
        return self.name

    @property
    def relations(self) -> tuple[Related, ...]:
        """Expected subsegments."""
        return self.related

    def with_subsegment(self, *subsegments: SubsegmentExpectation) -> Self:
        """Also expect subsegments directly below this one, in any order.

        Example:
            >>> segment("backend-flask").with_subsegment(subsegment("mock-data"))
            segment('backend-flask').with_subsegment(subsegment('mock-data'))
        """
        more = related(Relation.SUBSEGMENT, subsegments, SubsegmentExpectation)
        return replace(self, related=(*self.related, *more))


@dataclass(frozen=True, kw_only=True, repr=False)
class SegmentExpectation(DocumentExpectation[Segment]):
    """What `segment` returns."""

    NOUN: ClassVar = "segment"
    STEM: ClassVar = "segment"
    BUILDER: ClassVar = "segment"
    FIELDS: ClassVar = (
        _HTTP,
        *_SHARED,
        _mapping("service"),
        Field("user", lambda s: s.user, takes=TEXT | NONE),
        Field("origin", lambda s: s.origin, takes=TEXT | NONE),
        Field("trace_id", lambda s: s.trace_id, takes=TEXT),
        Field("parent_id", lambda s: s.parent_id, takes=TEXT | NONE),
        Field("duration", duration_s, takes=NUMBER),
    )

    service: Any = OMITTED
    user: Any = OMITTED
    origin: Any = OMITTED
    trace_id: Any = OMITTED
    parent_id: Any = OMITTED


@dataclass(frozen=True, kw_only=True, repr=False)
class SubsegmentExpectation(DocumentExpectation[Subsegment]):
    """What `subsegment` returns."""

    NOUN: ClassVar = "subsegment"
    STEM: ClassVar = "subsegment"
    BUILDER: ClassVar = "subsegment"
    FIELDS: ClassVar = (
        Field("namespace", lambda s: s.namespace, takes=TEXT | NONE),
        _HTTP,
        *_SHARED,
        _mapping("sql"),
        Field("duration", duration_s, takes=NUMBER),
    )

    namespace: Any = OMITTED
    sql: Any = OMITTED


def segment(
    name: Text,
    *,
    http: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    annotations: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    metadata: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    error: Flag | Omitted = OMITTED,
    fault: Flag | Omitted = OMITTED,
    throttle: Flag | Omitted = OMITTED,
    cause: Mapping[str, Any] | str | AnyMatcher | Omitted | None = OMITTED,
    aws: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    service: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    user: Text | Omitted | None = OMITTED,
    origin: Text | Omitted | None = OMITTED,
    trace_id: Text | Omitted = OMITTED,
    parent_id: Text | Omitted | None = OMITTED,
    duration: Number | Omitted = OMITTED,
) -> SegmentExpectation:
    """Expect an X-Ray segment; what is not named may be anything.

    Args:
        http: ``{"request": {…}, "response": {"status": 200}}``, by subset.
        annotations: Indexed keys that must be there.
        metadata: Namespace → key → value; the SDK's default namespace is ``default``.
        error: The client was at fault (4xx).
        fault: The service was at fault (5xx).
        throttle: The service refused it (429).
        cause: ``{"exceptions": …}``, or the id of a child's exception.
        service: Version and runtime of the service.
        origin: The AWS resource that ran it, such as ``AWS::ECS::Container``.
        duration: Seconds.

    Example:
        >>> segment("backend-flask", http={"response": {"status": 200}}, fault=False)
        segment('backend-flask', http={'response': {'status': 200}}, fault=False)
    """
    return SegmentExpectation(
        name=freeze(name),
        http=freeze(http),
        annotations=freeze(annotations),
        metadata=freeze(metadata),
        error=freeze(error),
        fault=freeze(fault),
        throttle=freeze(throttle),
        cause=freeze(cause),
        aws=freeze(aws),
        service=freeze(service),
        user=freeze(user),
        origin=freeze(origin),
        trace_id=freeze(trace_id),
        parent_id=freeze(parent_id),
        duration=freeze(duration),
    )


def subsegment(
    name: Text,
    *,
    namespace: Text | Omitted | None = OMITTED,
    http: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    annotations: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    metadata: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    error: Flag | Omitted = OMITTED,
    fault: Flag | Omitted = OMITTED,
    throttle: Flag | Omitted = OMITTED,
    cause: Mapping[str, Any] | str | AnyMatcher | Omitted | None = OMITTED,
    aws: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    sql: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    duration: Number | Omitted = OMITTED,
) -> SubsegmentExpectation:
    """Expect an X-Ray subsegment; alone, in any segment and at any depth.

    Args:
        namespace: ``remote``, ``aws`` or ``local``; None when none was sent.
        duration: Seconds; the other arguments are as in `segment`.

    Example:
        >>> subsegment("mock-data", metadata={"default": {"user": "andrew"}})
        subsegment('mock-data', metadata={'default': {'user': 'andrew'}})
    """
    return SubsegmentExpectation(
        name=freeze(name),
        namespace=freeze(namespace),
        http=freeze(http),
        annotations=freeze(annotations),
        metadata=freeze(metadata),
        error=freeze(error),
        fault=freeze(fault),
        throttle=freeze(throttle),
        cause=freeze(cause),
        aws=freeze(aws),
        sql=freeze(sql),
        duration=freeze(duration),
    )
