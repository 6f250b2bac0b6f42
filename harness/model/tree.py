"""Nodes and trees: the one view that spans and segments share.

Tree drawing, coverage and reports work on `Node`, never on `Span` or
`Segment`, so that both signals are explained in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from harness.model.segment import Segment, Subsegment
from harness.model.site import Site
from harness.model.span import Span, StatusCode


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A span, segment or subsegment, reduced to what a tree shows.

    Attributes:
        signal: ``span`` or ``segment`` (subsegments too).
        node_id: ``trace_id/span_id``; unique within a run.
        kind: Span kind; ``segment`` or ``subsegment`` for X-Ray.
        start_ns: Nanoseconds since the epoch.
        end_ns: Nanoseconds since the epoch, None while unfinished.
        facts: Path → value, with the paths that `Match.fields` uses:
            ``attributes.<key>``, ``annotations.<key>``,
            ``metadata.<namespace>.<key>``, ``http.response.status``, …
        failed: Status ERROR, or fault, error or throttle.
    """

    signal: str
    node_id: str
    name: str
    kind: str
    scope: str
    trace_id: str
    start_ns: int
    end_ns: int | None
    facts: dict[str, Any]
    failed: bool
    site: Site | None


class Tree(msgspec.Struct, frozen=True):
    """A node and its children, in order of start."""

    node: Node
    children: tuple[Tree, ...] = ()

    def walk(self) -> Iterator[tuple[int, Node]]:
        """Yield (depth, node) for this node and all below it, depth first."""
        pending = [(0, self)]
        while pending:
            depth, tree = pending.pop()
            yield depth, tree.node
            pending += [(depth + 1, child) for child in reversed(tree.children)]


class Trace(msgspec.Struct, frozen=True):
    """All trees that share a trace id."""

    trace_id: str
    roots: tuple[Tree, ...]


@lru_cache(maxsize=4096)
def attribute_paths(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths of a span's attributes, as its node has them.

    Most spans have the same few sets of keys.

    >>> attribute_paths(("http.method",))
    ('attributes.http.method',)
    """
    return tuple([f"attributes.{key}" for key in keys])


def span_facts(span: Span) -> dict[str, Any]:
    """Return the facts of a span's `Node`."""
    facts = dict(zip(attribute_paths(tuple(span.attributes)), span.attributes.values(), strict=True))
    for event in span.events:
        facts[f"events.{event.name}"] = event.attributes
    return facts


def span_node(span: Span) -> Node:
    """Return the span as a `Node`."""
    return Node(
        signal="span",
        node_id=f"{span.trace_id}/{span.span_id}",
        name=span.name,
        kind=span.kind.value,
        scope=span.scope.name,
        trace_id=span.trace_id,
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        facts=span_facts(span),
        failed=span.status.code is StatusCode.ERROR,
        site=span.site,
    )


def segment_tree(segment: Segment | Subsegment, trace_id: str | None = None) -> Tree:
    """Return a segment with its subsegments, in order of start, as a `Tree`.

    Args:
        trace_id: The segment's, for embedded subsegments that carry none.
    """
    trace = segment.trace_id or trace_id or ""
    # Without recursion: subsegments may be nested deeper than Python's stack.
    order: list[tuple[Segment | Subsegment, list[Subsegment]]] = []
    pending: list[Segment | Subsegment] = [segment]
    while pending:
        item = pending.pop()
        below = sorted(item.subsegments, key=lambda child: child.start_time)
        order.append((item, below))
        pending += below
    grown: dict[int, Tree] = {}
    for item, below in reversed(order):
        grown[id(item)] = Tree(_segment_node(item, trace), tuple(grown[id(child)] for child in below))
    return grown[id(segment)]


def _segment_node(segment: Segment | Subsegment, trace: str) -> Node:
    return Node(
        signal="segment",
        node_id=f"{trace}/{segment.id}",
        name=segment.name,
        kind="segment" if isinstance(segment, Segment) else "subsegment",
        scope=(segment.namespace or "") if isinstance(segment, Subsegment) else "",
        trace_id=trace,
        start_ns=round(segment.start_time * 1e9),
        end_ns=None if segment.end_time is None else round(segment.end_time * 1e9),
        facts=segment_facts(segment),
        failed=segment.error or segment.fault or segment.throttle,
        site=segment.site,
    )


def segment_facts(segment: Segment | Subsegment) -> dict[str, Any]:
    """Return the facts of a segment's or subsegment's `Node`."""
    facts: dict[str, Any] = {f"annotations.{k}": v for k, v in segment.annotations.items()}
    for namespace, values in segment.metadata.items():
        if isinstance(values, dict):
            facts.update({f"metadata.{namespace}.{k}": v for k, v in values.items()})
        else:
            facts[f"metadata.{namespace}"] = values
    for part in ("request", "response"):
        values = segment.http.get(part)
        if isinstance(values, dict):
            facts.update({f"http.{part}.{k}": v for k, v in values.items()})
    return facts


def trees_of(spans: Iterable[Span]) -> tuple[Tree, ...]:
    """Return spans as trees: a span whose parent was not captured is a root.

    Roots and siblings are in order of start. A parent cycle (only forged
    input has one) is cut at its earliest span, so no span is lost.
    """
    ordered = sorted(spans, key=lambda s: s.start_time_unix_nano)
    by_id = {(s.trace_id, s.span_id): s for s in ordered}
    children: dict[tuple[str, str], list[Span]] = {}
    roots: list[Span] = []
    for item in ordered:
        parent = (item.trace_id, item.parent_span_id or "")
        if parent in by_id and by_id[parent] is not item:
            children.setdefault(parent, []).append(item)
        else:
            roots.append(item)
    seen: set[int] = set()
    trees = [_grow(root, children, seen) for root in roots]
    trees += [_grow(item, children, seen) for item in ordered if id(item) not in seen]
    return tuple(trees)


def _grow(root: Span, children: dict[tuple[str, str], list[Span]], seen: set[int]) -> Tree:
    """Return the tree below a root, without recursion: a trace may be thousands deep."""
    seen.add(id(root))
    order: list[tuple[Span, list[Span]]] = []
    pending = [root]
    while pending:
        item = pending.pop()
        below = [child for child in children.get((item.trace_id, item.span_id), ()) if id(child) not in seen]
        seen.update(map(id, below))
        order.append((item, below))
        pending += below
    grown: dict[int, Tree] = {}
    for item, below in reversed(order):
        grown[id(item)] = Tree(span_node(item), tuple(grown.pop(id(child)) for child in below))
    return grown[id(root)]


def traces_of(spans: Iterable[Span]) -> tuple[Trace, ...]:
    """Return spans grouped by trace id, each group as trees."""
    grouped: dict[str, list[Tree]] = {}
    for tree in trees_of(spans):
        grouped.setdefault(tree.node.trace_id, []).append(tree)
    return tuple(Trace(trace_id, tuple(roots)) for trace_id, roots in grouped.items())
