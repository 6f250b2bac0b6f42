"""`span`: an OpenTelemetry span that must have been captured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from harness.expect.argument import KIND, NUMBER, STATUS, TEXT
from harness.expect.compare import differences
from harness.expect.events import EventExpectation, event
from harness.expect.expectation import Expectation, Related, Relation, related
from harness.expect.fields import Field, MappingField, ToldField
from harness.expect.freeze import freeze
from harness.expect.links import LinkExpectation
from harness.expect.matcher import AnyMatcher, Number, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.parts import PartsField
from harness.expect.pool import Entry, Pool
from harness.expect.problem import Problem, mismatch
from harness.model.span import Span, SpanKind, Status, StatusCode
from harness.model.telemetry import Telemetry


@dataclass(frozen=True)
class StatusField(ToldField):
    """The status: a code expects any description, a `Status` its own."""

    def problems(self, expected: Any, value: Span) -> list[Problem]:
        """Return what does not hold for the status of a span."""
        captured = value.status
        if isinstance(expected, Status) and expected.message:
            if expected == captured:
                return []
            return [Problem("status_mismatch", mismatch("status", expected, captured), "status")]
        code = expected.code if isinstance(expected, Status) else expected
        reasons = [d.reason for d in differences(code, captured.code)]
        return [Problem("status_mismatch", mismatch("status", code, captured, reason)) for reason in reasons]


def duration_s(span: Span) -> float | None:
    """Return a span's duration in seconds, None while it is unfinished."""
    if span.end_time_unix_nano is None:
        return None
    return (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9


def span_pool(telemetry: Telemetry) -> Pool:
    """Return the captured spans in order of start, whatever order they arrived in."""
    ordered = sorted(telemetry.spans, key=lambda s: (s.start_time_unix_nano, s.trace_id, s.span_id))
    return Pool(
        Entry(
            value=item,
            noun="span",
            name=item.name,
            node_id=f"{item.trace_id}/{item.span_id}",
            key=(item.trace_id, item.span_id),
            parent=(item.trace_id, item.parent_span_id) if item.parent_span_id else None,
            trace_id=item.trace_id,
            site=item.site,
        )
        for item in ordered
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class SpanExpectation(Expectation[Span]):
    """What `span` returns; its methods return copies that expect more."""

    SIGNAL: ClassVar = "span"
    NOUN: ClassVar = "span"
    STEM: ClassVar = "span"
    BUILDER: ClassVar = "span"
    CHANNELS: ClassVar = ("otel", "otlp")
    POOL: ClassVar = span_pool
    IDENTITY_TAKES: ClassVar = TEXT
    FIELDS: ClassVar = (
        Field("kind", lambda s: s.kind, takes=KIND),
        Field("scope", lambda s: s.scope.name, takes=TEXT),
        StatusField("status", lambda s: s.status, takes=STATUS),
        Field("status_message", lambda s: s.status.message, takes=TEXT),
        MappingField("attributes", lambda s: s.attributes, stem="attribute", noun="attribute"),
        PartsField("events", lambda s: s.events, noun="event"),
        PartsField("links", lambda s: s.links, noun="link"),
        MappingField("resource", lambda s: s.resource.attributes, stem="resource", noun="resource attribute"),
        Field("duration", duration_s, takes=NUMBER),
    )

    name: Any
    kind: Any = OMITTED
    scope: Any = OMITTED
    status: Any = OMITTED
    status_message: Any = OMITTED
    attributes: Any = OMITTED
    events: Any = OMITTED
    links: Any = OMITTED
    resource: Any = OMITTED
    duration: Any = OMITTED
    related: tuple[Related, ...] = ()

    @property
    def identity(self) -> Any:
        """The name."""
        return self.name

    @property
    def relations(self) -> tuple[Related, ...]:
        """Expected children, descendants and linked spans."""
        return self.related

    def where(self) -> str:
        """Return the name: spans start a path without saying what they are."""
        return self.short_name()

    def with_child(self, *children: SpanExpectation) -> SpanExpectation:
        """Also expect spans of the same trace directly below this one, in any order.

        Example:
            >>> span("GET /").with_child(span("query"), span("render"))
            span('GET /').with_child(span('query'), span('render'))
        """
        return self._and(Relation.CHILD, children)

    def with_descendant(self, *descendants: SpanExpectation) -> SpanExpectation:
        """Also expect spans of the same trace anywhere below this one, in any order.

        Example:
            >>> span("GET /").with_descendant(span("SELECT"))
            span('GET /').with_descendant(span('SELECT'))
        """
        return self._and(Relation.DESCENDANT, descendants)

    def linked_to(self, *targets: SpanExpectation) -> SpanExpectation:
        """Also expect links to these spans, of this or another trace.

        Example:
            >>> span("process").linked_to(span("publish"))
            span('process').linked_to(span('publish'))
        """
        return self._and(Relation.LINK, targets)

    def _and(self, relation: Relation, expectations: tuple[SpanExpectation, ...]) -> SpanExpectation:
        return replace(self, related=(*self.related, *related(relation, expectations, SpanExpectation)))

    def paths(self) -> tuple[str, ...]:
        """Return the paths that a match has checked; an expected target checks the links."""
        linked = any(item.relation is Relation.LINK for item in self.related)
        paths = super().paths()
        return (*paths, "links") if linked and "links" not in paths else paths


def span(
    name: Text,
    *,
    kind: SpanKind | AnyMatcher | Omitted = OMITTED,
    scope: Text | Omitted = OMITTED,
    status: StatusCode | Status | AnyMatcher | Omitted = OMITTED,
    status_message: Text | Omitted = OMITTED,
    attributes: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    events: Sequence[Text | EventExpectation] | Omitted = OMITTED,
    links: Sequence[LinkExpectation] | Omitted = OMITTED,
    resource: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
    duration: Number | Omitted = OMITTED,
) -> SpanExpectation:
    """Expect a span; what is not named may be anything.

    Args:
        name: Its name, or a matcher.
        kind: `SERVER`, `CLIENT`, `INTERNAL`, `PRODUCER` or `CONSUMER`.
        scope: The name of its instrumentation scope.
        status: `UNSET`, `OK` or `ERROR`; a `Status` expects its description too.
        status_message: The description of its status; empty where it has none.
        attributes: Those that must be there, with their values; `absent` for a span without any.
        events: Names, or `event(…)`, at least one, in any order; others may be there.
        links: `link(…)`, at least one, in any order; others may be there.
        resource: Resource attributes that must be there.
        duration: Seconds.

    Raises:
        TypeError: An argument is neither of its type nor a matcher; another library's kind is none of ours.

    Example:
        >>> from harness import SERVER
        >>> span("GET /", kind=SERVER, attributes={"http.route": "/"})
        span('GET /', kind=SERVER, attributes={'http.route': '/'})
    """
    return SpanExpectation(
        name=freeze(name),
        kind=freeze(kind),
        scope=freeze(scope),
        status=freeze(status),
        status_message=freeze(status_message),
        attributes=freeze(attributes),
        events=_events(events),
        links=_links(links),
        resource=freeze(resource),
        duration=freeze(duration),
    )


def _events(events: Sequence[Text | EventExpectation] | Omitted) -> Any:
    if isinstance(events, Omitted):
        return events
    if not _is_list(events):
        raise TypeError(f"span: events: expected a list of names or event(…), {events!r} given")
    _require_some("event", events)
    return tuple(item if isinstance(item, EventExpectation) else event(item) for item in events)


def _links(links: Sequence[LinkExpectation] | Omitted) -> Any:
    if isinstance(links, Omitted):
        return links
    if not _is_list(links):
        raise TypeError(f"span: links: expected a list of link(…), {links!r} given")
    _require_some("link", links)
    for item in links:
        if not isinstance(item, LinkExpectation):
            raise TypeError(f"links: expected link(…), {item!r} given")
    return tuple(links)


def _require_some(noun: str, parts: Sequence[object]) -> None:
    """Refuse an empty list: others may be there, so it holds for every span."""
    if not parts:
        raise TypeError(
            f"span: {noun}s: expected at least one {noun}, none given; for a span without {noun}s "
            f"leave it out, and assert that the {noun}s of telemetry.span(…) are ()"
        )


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
