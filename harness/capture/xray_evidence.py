"""What the X-Ray SDK began and never sent, as evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from harness.capture.xray_watch import BegunEntity
from harness.model import Incident, Unfinished


def unfinished_of(begun: Iterable[BegunEntity], is_earlier: Callable[[int], bool]) -> list[Unfinished]:
    """Return the segments never sent, each with the open subsegments that it waits for.

    An open subsegment whose segment is not among the begun ones stands alone.

    Args:
        is_earlier: Identity of a thread → whether it was running before the scenario.
    """
    unsent = [item for item in begun if not item.sent]
    by_entity = {id(item.entity): item for item in unsent}
    found = []
    for item in unsent:
        if item.lost:
            continue
        if item.kind == "segment":
            segment = item.unfinished(tuple(_open_below(item, by_entity)))
            found.append(msgspec.structs.replace(segment, earlier_thread=is_earlier(item.thread)))
        elif id(item.entity.parent_segment) not in by_entity and not item.ended:
            found.append(item.unfinished())
    return found


def _open_below(item: BegunEntity, by_entity: dict[int, BegunEntity]) -> Iterator[Unfinished]:
    pending = list(item.entity.subsegments)
    while pending:
        entity = pending.pop(0)
        pending += entity.subsegments
        child = by_entity.get(id(entity))
        if child is not None and not child.ended:
            yield child.unfinished()


def phantom_ids_of(begun: Iterable[BegunEntity]) -> list[Incident]:
    """Return an incident for each trace id that a response announced and no segment was sent for."""
    return [
        Incident(
            id="phantom_trace_id",
            channel="xray",
            name=item.entity.name,
            trace_id=item.trace_id,
            site=item.site(),
            message=(
                f"the response announced X-Amzn-Trace-Id Root={item.trace_id}, and segment "
                f"{item.entity.name!r} of that trace was never sent: nobody can look it up"
            ),
        )
        for item in begun
        if item.announced and not item.sent
    ]
