"""X-Ray documents in any order → segment trees.

Subsegments may be sent alone, before or after their segment; a complete
document overwrites its in-progress one; a duplicate changes nothing. Which of two
complete documents that differ X-Ray shows is documented nowhere: the first is kept, and it is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from harness.model import Incident, Segment, Site, Subsegment

Document = Segment | Subsegment

_PLACE = ("trace_id", "parent_id")
"""Members that subsegments sent alone have, and embedded ones may."""

_NAMED = 3

MAX_DEPTH = 200
"""Levels below a segment: JSON of more is refused by parsers, ours among them."""


def join_documents(
    documents: Iterable[Document], sites: Mapping[str, Site | None] | None = None
) -> tuple[tuple[Segment, ...], tuple[Incident, ...]]:
    """Return the segments with their subsegments joined, and what could not be joined.

    Args:
        documents: In order of arrival, from any number of processes.
        sites: Segment or subsegment id → where it was begun, where known.

    Returns:
        Segments in order of start, and an incident ``subsegment_orphaned`` for
        the subsegments of each trace whose segment never arrived, with the line
        of the first where they were begun here, ``subsegment_too_deep``
        for each segment that was cut at `MAX_DEPTH`, ``document_conflicting`` for
        each complete document that is not as the complete one of the same id before it.
    """
    latest: dict[tuple[str, str], Document] = {}
    conflicts: list[tuple[Document, Document]] = []
    for document in documents:
        key = (document.trace_id or "", document.id)
        known = latest.get(key)
        if known is None or known.in_progress:
            latest[key] = document
        elif not document.in_progress and _differing(known, document):
            conflicts.append((known, document))
    alone: dict[tuple[str, str], list[Subsegment]] = {}
    for document in latest.values():
        if isinstance(document, Subsegment):
            alone.setdefault((document.trace_id or "", document.parent_id or ""), []).append(document)
    sites = sites or {}
    joiner = _Joiner(alone, sites)
    segments = [joiner.segment(d) for d in latest.values() if isinstance(d, Segment)]
    orphans: dict[tuple[str | None, bool], list[Subsegment]] = {}
    for child in itertools.chain.from_iterable(alone.values()):
        orphans.setdefault((child.trace_id, sites.get(child.id) is not None), []).append(child)
    incidents = (
        *(_orphaned(group, sites.get(group[0].id)) for group in orphans.values()),
        *map(_nested_too_deep, joiner.too_deep),
        *(_conflicting(kept, other, sites.get(kept.id)) for kept, other in (*conflicts, *joiner.conflicts)),
    )
    return tuple(sorted(segments, key=lambda s: s.start_time)), incidents


class _Joiner:
    """Hangs subsegments sent alone below their parents, and adds the sites.

    Args:
        alone: (trace id, parent id) → subsegments; what is used is removed.
        sites: Id → where it was begun.

    Attributes:
        too_deep: Segments of which something was below `MAX_DEPTH`.
        conflicts: Embedded subsegments, each with the other document of its id.
    """

    def __init__(
        self, alone: dict[tuple[str, str], list[Subsegment]], sites: Mapping[str, Site | None]
    ) -> None:
        self._alone = alone
        self._sites = sites
        self.too_deep: list[Segment] = []
        self.conflicts: list[tuple[Document, Document]] = []

    def segment(self, segment: Segment) -> Segment:
        """Return the segment, whole."""
        if not segment.subsegments and (segment.trace_id, segment.id) not in self._alone:
            return cast("Segment", self._whole(_Node(segment, 0, None)))
        nodes: list[_Node] = [_Node(segment, 0, None)]
        for node in nodes:  # grows while it is walked: parents come before their children
            children = self._children(node.document, segment.trace_id)
            home = node if node.depth < MAX_DEPTH else node.parent
            nodes += [_Node(child, node.depth + (home is node), home) for child in children]
            if children and home is not node and segment not in self.too_deep[-1:]:
                self.too_deep.append(segment)
        for node in reversed(nodes):
            whole = self._whole(node)
            if node.parent is None:
                return cast("Segment", whole)
            node.parent.below.append(cast("Subsegment", whole))
        raise AssertionError  # the first node has no parent

    def _whole(self, node: _Node) -> Document:
        site = self._sites.get(node.document.id)
        if not node.below and not node.document.subsegments and site is node.document.site:
            return node.document
        below = node.below[::-1]
        below.sort(key=lambda child: child.start_time)
        return msgspec.structs.replace(
            node.document,
            subsegments=tuple(below),
            site=site,
        )

    def _children(self, parent: Document, trace_id: str) -> list[Subsegment]:
        embedded = {child.id: child for child in parent.subsegments}
        for child in self._alone.pop((trace_id, parent.id), ()):
            known = embedded.get(child.id)
            if known is None or known.in_progress:
                embedded[child.id] = child
            elif not child.in_progress and _differing(known, child):
                self.conflicts.append((known, child))
        return list(embedded.values())


class _Node:
    """A document in the tree of its segment.

    Attributes:
        depth: 0 for the segment.
        below: Whole children, the last one first.
    """

    __slots__ = ("below", "depth", "document", "parent")

    def __init__(self, document: Document, depth: int, parent: _Node | None) -> None:
        self.document = document
        self.depth = depth
        self.parent = parent
        self.below: list[Subsegment] = []


def _nested_too_deep(segment: Segment) -> Incident:
    return Incident(
        id="subsegment_too_deep",
        channel="xray",
        name=segment.name,
        trace_id=segment.trace_id,
        message=(
            f"subsegments of {segment.name!r} are nested more than {MAX_DEPTH} levels deep; the deeper ones "
            f"are shown at level {MAX_DEPTH}: end a subsegment before the next one begins, or begin fewer "
            "in a recursion"
        ),
    )


def _differing(kept: Document, other: Document) -> list[str]:
    """Return the fields in which two documents differ."""
    if type(kept) is not type(other):
        return ["type"]
    pairs = ((name, getattr(kept, name), getattr(other, name)) for name in kept.__struct_fields__)
    # What is embedded need not say where it belongs.
    lax = _PLACE if isinstance(kept, Subsegment) else ()
    return [name for name, one, two in pairs if one != two and not (name in lax and None in (one, two))]


def _conflicting(kept: Document, other: Document, site: Site | None) -> Incident:
    noun = "segment" if isinstance(kept, Segment) else "subsegment"
    return Incident(
        id="document_conflicting",
        channel="xray",
        name=kept.name,
        trace_id=kept.trace_id or other.trace_id,
        site=site,
        message=(
            f"{noun} {kept.name!r} was sent as complete twice, and the documents of id {kept.id!r} differ in"
            f" {', '.join(_differing(kept, other))}; the first is kept, the other is in no trace here: send"
            " each document once, or as in progress until it is complete"
        ),
    )


def _orphaned(group: Sequence[Subsegment], site: Site | None) -> Incident:
    """Return the incident of subsegments of one trace: most often one segment's, which the SDK streamed."""
    names = ", ".join(repr(child.name) for child in group[:_NAMED])
    missing = {child.parent_id for child in group} - {child.id for child in group}
    parents = f"parent {missing.pop()!r}" if len(missing) == 1 else "parents"
    if len(group) == 1:
        what = f"subsegment {names} was sent alone"
        message = f"{what} and its {parents} never arrived; end the segment that it belongs to"
    else:
        more = f" and {len(group) - _NAMED:,} more" if len(group) > _NAMED else ""
        what = f"{len(group):,} subsegments ({names}{more}) were sent alone"
        message = f"{what} and their {parents} never arrived; end the segment that they belong to"
    return Incident(
        id="subsegment_orphaned",
        channel="xray",
        name=group[0].name,
        trace_id=group[0].trace_id,
        site=site,
        message=message,
        context={"count": len(group), "what": what},
    )
