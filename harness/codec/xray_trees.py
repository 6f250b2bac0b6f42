"""X-Ray documents in any order → segment trees.

Subsegments may be sent alone, before or after their segment; a complete
document overwrites its in-progress one; a duplicate changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from harness.model import Incident, Segment, Site, Subsegment

Document = Segment | Subsegment


def join_documents(
    documents: Iterable[Document], sites: Mapping[str, Site | None] | None = None
) -> tuple[tuple[Segment, ...], tuple[Incident, ...]]:
    """Return the segments with their subsegments joined, and what could not be joined.

    Args:
        documents: In order of arrival, from any number of processes.
        sites: Segment or subsegment id → where it was begun, where known.

    Returns:
        Segments in order of start, and an incident ``subsegment_orphaned``
        for each subsegment whose segment never arrived.
    """
    latest: dict[tuple[str, str], Document] = {}
    for document in documents:
        key = (document.trace_id or "", document.id)
        known = latest.get(key)
        if known is None or known.in_progress:
            latest[key] = document
    alone: dict[tuple[str, str], list[Subsegment]] = {}
    for document in latest.values():
        if isinstance(document, Subsegment):
            alone.setdefault((document.trace_id or "", document.parent_id or ""), []).append(document)
    segments = [_Joiner(alone, sites or {}).segment(d) for d in latest.values() if isinstance(d, Segment)]
    orphans = tuple(_orphaned(child) for children in alone.values() for child in children)
    return tuple(sorted(segments, key=lambda s: s.start_time)), orphans


class _Joiner:
    """Hangs subsegments sent alone below their parents, and adds the sites.

    Args:
        alone: (trace id, parent id) → subsegments; what is used is removed.
        sites: Id → where it was begun.
    """

    def __init__(
        self, alone: dict[tuple[str, str], list[Subsegment]], sites: Mapping[str, Site | None]
    ) -> None:
        self._alone = alone
        self._sites = sites

    def segment(self, segment: Segment) -> Segment:
        """Return the segment, whole."""
        return msgspec.structs.replace(
            segment,
            subsegments=self._children(segment, segment.trace_id),
            site=self._sites.get(segment.id),
        )

    def _children(self, parent: Document, trace_id: str) -> tuple[Subsegment, ...]:
        embedded = {child.id: child for child in parent.subsegments}
        for child in self._alone.pop((trace_id, parent.id), ()):
            known = embedded.get(child.id)
            if known is None or known.in_progress:
                embedded[child.id] = child
        children = sorted(embedded.values(), key=lambda child: child.start_time)
        return tuple(
            msgspec.structs.replace(
                child, subsegments=self._children(child, trace_id), site=self._sites.get(child.id)
            )
            for child in children
        )


def _orphaned(subsegment: Subsegment) -> Incident:
    return Incident(
        id="subsegment_orphaned",
        channel="xray",
        name=subsegment.name,
        trace_id=subsegment.trace_id,
        message=(
            f"subsegment {subsegment.name!r} was sent alone and its parent {subsegment.parent_id!r} "
            "never arrived; end the segment that it belongs to"
        ),
    )
