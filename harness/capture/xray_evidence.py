"""What the X-Ray SDK began and did not send, as evidence."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from harness.capture.xray_begun import BegunEntity
from harness.model import Incident, Segment, Subsegment, Unfinished


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


def function_name() -> str:
    """Return the name of the Lambda function that this process runs, as Lambda tells it."""
    return os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "facade")  # the SDK's own word


def lambda_segments(
    invocations: Mapping[str, str], documents: Iterable[Segment | Subsegment]
) -> list[Segment]:
    """Return the segments that AWS Lambda would have sent for the subsegments of a handler.

    A function cannot send its own: the service does, with the id that it gave the function as the parent.
    Each lasts as long as what hangs below it.

    Args:
        invocations: Id of such a segment → the function's name.
    """
    if not invocations:
        return []
    sent = {document.id for document in documents if isinstance(document, Segment)}
    unsent = invocations.keys() - sent
    below: dict[tuple[str, str], list[Subsegment]] = {}
    for document in documents:
        if isinstance(document, Subsegment) and document.parent_id in unsent:
            below.setdefault((document.trace_id or "", document.parent_id or ""), []).append(document)
    return [
        Segment(
            id=identifier,
            name=invocations[identifier],
            trace_id=trace_id,
            start_time=min(child.start_time for child in children),
            end_time=max(child.end_time or child.start_time for child in children),
            origin="AWS::Lambda::Function",
        )
        for (trace_id, identifier), children in below.items()
    ]
