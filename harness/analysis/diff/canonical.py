"""A run without ids, times and order: for each scenario and signal, counted shapes by operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.analysis.diff.facts import (
    Facts,
    FactTable,
    VaryingKeys,
    document_facts,
    event_facts,
    status_facts,
    united,
)
from harness.analysis.diff.others import other_signals
from harness.analysis.diff.shape import Shape, Shapes
from harness.analysis.diff.values import Value
from harness.model import Link, RunRecord, Segment, Span, Subsegment, Telemetry

OUTSIDE = "outside every scenario"
MOST_VALUES = 10
"""A key that holds more values than this, at nodes of one name in one scenario, is compared by type."""

Operations = dict[str, Counter[Shape]]


@dataclass(frozen=True)
class CanonicalRun:
    """What is compared of a run.

    Attributes:
        scenarios: Name → signal → operation → distinct trees, with how often each was captured.
        packages: Distribution name → version.
        nodes: How many spans, segments and subsegments it had.
    """

    scenarios: dict[str, dict[str, Operations]]
    packages: dict[str, str]
    nodes: int


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
    scenarios: dict[str, dict[str, Operations]] = {}
    nodes = 0
    for name, telemetries in parts.items():
        forest = _Forest(table, shapes)
        for telemetry in telemetries:
            forest.add_spans(telemetry.spans)
            forest.add_segments(telemetry.segments)
        nodes += len(forest.drafts)
        scenarios[name] = forest.operations()
        scenarios[name] |= other_signals(telemetries, table, shapes)
    return CanonicalRun(scenarios=scenarios, packages=dict(record.packages), nodes=nodes)


@dataclass(slots=True)
class _Draft:
    """A node whose children have no shape yet."""

    own: tuple[Any, ...]
    events: tuple[Shape, ...] = ()


class _Forest:
    """The trees of one scenario, children before parents when their shapes are made."""

    def __init__(self, table: FactTable, shapes: Shapes) -> None:
        self._table = table
        self._shapes = shapes
        self.drafts: list[_Draft] = []
        self._parents: list[int] = []
        self._link = shapes.of("link", "link")

    def add_spans(self, spans: Sequence[Span]) -> None:
        """Take in spans, parents before children."""
        places: dict[int, int] = {-1: -1}
        for index, parent in _parents_first(spans):
            places[index] = self._add(self._span(spans[index]), places[parent])

    def add_segments(self, segments: Iterable[Segment]) -> None:
        """Take in segments with their subsegments."""
        pending: list[tuple[Segment | Subsegment, int]] = [(segment, -1) for segment in segments]
        while pending:
            document, parent = pending.pop()
            place = self._add(self._document(document), parent)
            pending += [(child, place) for child in document.subsegments]

    def _add(self, draft: _Draft, parent: int) -> int:
        self.drafts.append(draft)
        self._parents.append(parent)
        return len(self.drafts) - 1

    def _span(self, span: Span) -> _Draft:
        facts = self._table.of("attributes", span.attributes)
        facts += status_facts(span.status)
        facts.sort(key=_path)
        own = ("span", span.name, span.kind.value, span.scope.name, span.status.code.value, tuple(facts))
        below = [
            self._shapes.of("event", event.name, facts=event_facts(self._table, event))
            for event in span.events
        ]
        below += [self._linked(link) for link in span.links]
        return _Draft(own, tuple(below))

    def _linked(self, link: Link) -> Shape:
        if not link.attributes:
            return self._link
        return self._shapes.of("link", "link", facts=united(self._table.of("attributes", link.attributes)))

    def _document(self, document: Segment | Subsegment) -> _Draft:
        noun = "segment" if isinstance(document, Segment) else "subsegment"
        namespace = getattr(document, "namespace", None) or ""
        flags = [flag for flag in ("error", "fault", "throttle") if getattr(document, flag)]
        facts = united(document_facts(self._table, document))
        return _Draft((noun, document.name, "", namespace, " ".join(flags) or "unset", facts))

    def operations(self) -> dict[str, dict[str, Counter[Shape]]]:
        """Return the counted shapes of the roots, by signal and name."""
        reduced = self._reduced()
        below: dict[int, list[Shape]] = {}
        found: dict[str, Operations] = {}
        for place in range(len(self.drafts) - 1, -1, -1):
            noun, name, kind, scope, status, facts = reduced[self.drafts[place].own]
            children = [*self.drafts[place].events, *below.pop(place, ())]
            shape = self._shapes.of(
                noun, name, kind=kind, scope=scope, status=status, facts=facts, children=children
            )
            parent = self._parents[place]
            if parent >= 0:
                below.setdefault(parent, []).append(shape)
            else:
                signal = "span" if noun == "span" else "segment"
                found.setdefault(signal, {}).setdefault(name, Counter())[shape] += 1
        return found

    def _reduced(self) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Return each distinct node with the facts that are compared."""
        distinct = {draft.own for draft in self.drafts}
        varying = VaryingKeys(MOST_VALUES)
        for own in distinct:
            varying.note(own[:2], own[-1])
        reduction = varying.reduction()
        reduced: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for own in distinct:
            facts: Facts = reduction(own[:2], own[-1])
            reduced[own] = (*own[:-1], facts)
        return reduced


def _path(fact: tuple[str, Value]) -> str:
    return fact[0]


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
    seen = set(below.get(-1, ()))
    done = 0
    earliest: list[int] | None = None
    while len(order) < len(spans) or done < len(order):
        if done == len(order):
            if earliest is None:
                earliest = sorted(range(len(spans)), key=lambda i: -spans[i].start_time_unix_nano)
            while earliest[-1] in seen:
                earliest.pop()
            order.append((earliest[-1], -1))
            seen.add(earliest[-1])
        index = order[done][0]
        done += 1
        children = [child for child in below.get(index, ()) if child not in seen]
        seen.update(children)
        order += [(child, index) for child in children]
    return order
