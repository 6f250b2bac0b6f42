"""A run without ids, times and order: for each scenario and signal, counted shapes by operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from harness.analysis.diff.causes import told_packages
from harness.analysis.diff.documents import in_trees
from harness.analysis.diff.facts import (
    CALLED,
    Facts,
    FactTable,
    VaryingKeys,
    document_facts,
    event_facts,
    status_facts,
    united,
)
from harness.analysis.diff.once import control_calls
from harness.analysis.diff.others import other_signals
from harness.analysis.diff.series import Series, metric_series
from harness.analysis.diff.services import Services
from harness.analysis.diff.shape import Counted, Shape, Shapes, counted
from harness.contract.write.names import name_form
from harness.model import (
    Link,
    RunRecord,
    Segment,
    Span,
    SpanEvent,
    SpanKind,
    StatusCode,
    Subsegment,
    Telemetry,
)

OUTSIDE = "outside every scenario"
MOST_VALUES = 10
"""A key that holds more values than this, at nodes of one name in one scenario, is compared by type."""

Operations = dict[str, Counter[Shape]]
Own = tuple[str, str, str, str, str, Facts]
"""Noun, name, kind, scope, status and facts of a node."""
_PATH = itemgetter(0)
_PLAIN = {member: str(member.value) for kinds in (SpanKind, StatusCode) for member in kinds}


@dataclass(frozen=True)
class CanonicalRun:
    """What is compared of a run.

    Attributes:
        scenarios: Name → signal → operation → distinct trees, with how often each was captured.
        packages: Distribution name → version; what the telemetry says of itself is believed first.
        knows_packages: The run recorded what it had; else these are only what its telemetry says.
        nodes: How many spans, segments and subsegments it had.
        controls: Requests that carry no telemetry, whichever scenario made them.
        series: Those of each metric, whichever scenario made them.
        services: Whose its spans, log records and metrics are.
    """

    scenarios: dict[str, dict[str, Operations]]
    packages: dict[str, str]
    knows_packages: bool
    nodes: int
    controls: frozenset[str] = frozenset()
    series: Series = field(default_factory=dict)
    services: Services = field(default_factory=Services)


def canonical_run(record: RunRecord, shapes: Shapes) -> CanonicalRun:
    """Return what is compared of a run; the record is not needed any more.

    Args:
        shapes: The same for both runs of a diff.
    """
    table = FactTable()
    parts: dict[str, list[Telemetry]] = {}
    for scenario in record.scenarios:
        parts.setdefault(scenario.name, []).append(scenario.telemetry)
    if not record.outside.is_empty:
        parts.setdefault(OUTSIDE, []).append(record.outside)
    services = Services(part for telemetries in parts.values() for part in telemetries)
    scenarios: dict[str, dict[str, Operations]] = {}
    nodes = 0
    for name, telemetries in parts.items():
        forest = _Forest(table, shapes, services)
        for telemetry in telemetries:
            forest.add_spans(telemetry.spans)
            forest.add_segments(telemetry.segments)
        nodes += len(forest)
        scenarios[name] = forest.operations()
        scenarios[name] |= other_signals(telemetries, table, shapes, services)
    told = told_packages(telemetry for telemetries in parts.values() for telemetry in telemetries)
    return CanonicalRun(
        scenarios=scenarios,
        packages={**record.packages, **told},
        knows_packages=bool(record.packages),
        nodes=nodes,
        controls=control_calls(part for telemetries in parts.values() for part in telemetries),
        series=metric_series((name, part) for name, telemetries in parts.items() for part in telemetries),
        services=services,
    )


class _Forest:
    """The trees of one scenario; a node is a number, and parents come before their children."""

    def __init__(self, table: FactTable, shapes: Shapes, services: Services) -> None:
        self._table = table
        self._services = services
        self._shapes = shapes
        # Most nodes are alike but for ids and times: each distinct one is kept, and hashed, once.
        self._distinct: dict[Own, int] = {}
        self._owns: list[int] = []
        self._parents: list[int] = []
        self._parts: dict[int, list[Shape]] = {}
        self._link = shapes.of("link", "link")

    def __len__(self) -> int:
        return len(self._owns)

    def add_spans(self, spans: Sequence[Span]) -> None:
        """Take in spans, parents before children."""
        places: dict[int, int] = {-1: -1}
        for index, parent in _parents_first(spans):
            span = spans[index]
            place = places[index] = self._add(self._span(span), places[parent])
            if span.events or span.links:
                self._parts[place] = [self._event(event) for event in span.events]
                self._parts[place] += [self._linked(link) for link in span.links]

    def add_segments(self, segments: Iterable[Segment]) -> None:
        """Take in segments with their subsegments, callers before those that they call."""
        places: list[int] = []
        for document, above in in_trees(segments):
            own = self._document(document, is_root=above < 0)
            places.append(self._add(own, -1 if above < 0 else places[above]))

    def _add(self, own: Own, parent: int) -> int:
        self._owns.append(self._distinct.setdefault(own, len(self._distinct)))
        self._parents.append(parent)
        return len(self._owns) - 1

    def _span(self, span: Span) -> Own:
        facts = self._table.of("attributes", span.attributes)
        facts += status_facts(span.status)
        if self._services.are_several:  # most runs are of one, and a call for each span takes a while
            facts += self._services.facts(span.resource)
        facts.sort(key=_PATH)
        # An enumeration's hash is slow, and its `value` is slower.
        return (
            "span",
            name_form(span.name),
            _PLAIN[span.kind],
            span.scope.name,
            _PLAIN[span.status.code],
            tuple(facts),
        )

    def _event(self, event: SpanEvent) -> Shape:
        return self._shapes.of("event", name_form(event.name), facts=event_facts(self._table, event))

    def _linked(self, link: Link) -> Shape:
        if not link.attributes:
            return self._link
        return self._shapes.of("link", "link", facts=united(self._table.of("attributes", link.attributes)))

    def _document(self, document: Segment | Subsegment, *, is_root: bool) -> Own:
        noun = "segment" if isinstance(document, Segment) else "subsegment"
        namespace = getattr(document, "namespace", None) or ""
        flags = [flag for flag in ("error", "fault", "throttle") if getattr(document, flag)]
        is_called = is_root and isinstance(document, Segment) and document.parent_id
        facts = united([*document_facts(self._table, document), *([CALLED] if is_called else [])])
        return noun, name_form(document.name), "", namespace, " ".join(flags) or "unset", facts

    def operations(self) -> dict[str, Operations]:
        """Return the counted shapes of the roots, by signal and name."""
        reduced = self._reduced()
        below: dict[int, list[Shape]] = self._parts
        known: dict[tuple[int, Counted], Shape] = {}
        found: dict[str, Operations] = {}
        for place in range(len(self._owns) - 1, -1, -1):
            own = self._owns[place]
            children = counted(below.pop(place, ()))
            shape = known.get((own, children))
            if shape is None:
                noun, name, kind, scope, status, facts = reduced[own]
                shape = known[own, children] = self._shapes.of(
                    noun, name, kind=kind, scope=scope, status=status, facts=facts, children=children
                )
            parent = self._parents[place]
            if parent >= 0:
                below.setdefault(parent, []).append(shape)
            else:
                signal = "span" if shape.noun == "span" else "segment"
                found.setdefault(signal, {}).setdefault(shape.name, Counter())[shape] += 1
        return found

    def _reduced(self) -> list[Own]:
        """Return each distinct node with the facts that are compared."""
        varying = VaryingKeys(MOST_VALUES)
        for own in self._distinct:
            varying.note(own[:2], own[-1])
        reduction = varying.reduction()
        return [(*own[:-1], reduction(own[:2], own[-1])) for own in self._distinct]


def _started(span: Span) -> tuple[int, str, str]:
    return span.start_time_unix_nano, span.trace_id, span.span_id


def _parents_first(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return (position, position of its parent or -1) of every span, parents first.

    A cycle of parents (only forged input has one) is cut at its earliest span.
    """
    at = {(span.trace_id, span.span_id): index for index, span in enumerate(spans)}
    below: dict[int, list[int]] = {}
    for index, span in enumerate(spans):
        parent = at.get((span.trace_id, span.parent_span_id), -1) if span.parent_span_id else -1
        below.setdefault(-1 if parent == index else parent, []).append(index)
    order = [(index, -1) for index in below.get(-1, ())]
    for index, _ in order:  # grows while it is walked
        if index in below:
            order += [(child, index) for child in below[index]]
    return order if len(order) == len(spans) else order + _cycles(spans, below, {index for index, _ in order})


def _cycles(spans: Sequence[Span], below: dict[int, list[int]], seen: set[int]) -> list[tuple[int, int]]:
    """Return the spans that no root is above, as `_parents_first` does."""
    order: list[tuple[int, int]] = []
    done = 0
    for first in sorted(set(range(len(spans))) - seen, key=lambda index: _started(spans[index])):
        if first in seen:
            continue
        order.append((first, -1))
        seen.add(first)
        while done < len(order):
            index = order[done][0]
            done += 1
            children = [child for child in below.get(index, ()) if child not in seen]
            seen.update(children)
            order += [(child, index) for child in children]
    return order
