"""X-Ray documents in the order of their trees: a service that was called is below the call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.model import Segment, Subsegment

Document = Segment | Subsegment


def in_trees(segments: Iterable[Segment]) -> Iterator[tuple[Document, int]]:
    """Yield each document, and how many came before the one above it; -1 of a root.

    A segment is below the subsegment that its `parent_id` names, where that was captured. A circle of calls
    (only forged input has one) is cut.
    """
    everything = list(segments)
    called = _called(everything)
    roots = (one for one in everything if (one.trace_id, one.parent_id) not in called)
    seen: dict[int, None] = {}
    for root in (*roots, *everything):
        pending: list[tuple[Document, int]] = [(root, -1)]
        while pending:
            document, above = pending.pop()
            if id(document) in seen:
                continue
            place = len(seen)
            seen[id(document)] = None
            yield document, above
            pending += [(child, place) for child in document.subsegments]
            pending += [(one, place) for one in called.get((root.trace_id, document.id), ())]


def _called(segments: Sequence[Segment]) -> dict[tuple[str, str | None], list[Segment]]:
    """Return trace id and id of each document that called services → their segments."""
    found: dict[tuple[str, str | None], list[Segment]] = {}
    for segment in segments:
        if segment.parent_id:
            found.setdefault((segment.trace_id, segment.parent_id), []).append(segment)
    callers: set[tuple[str, str | None]] = set()
    pending: list[tuple[str, Document]] = [(one.trace_id, one) for one in segments if found]
    while pending:
        trace_id, document = pending.pop()
        callers.add((trace_id, document.id))
        pending += [(trace_id, child) for child in document.subsegments]
    return {key: below for key, below in found.items() if key in callers}
