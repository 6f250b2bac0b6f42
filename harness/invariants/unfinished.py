"""What is begun is ended: a span or segment left open never leaves the process."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Finding, Incident, Segment, Subsegment, Telemetry, Unfinished, Verdict

ORPHANED = "subsegment_orphaned"
_EARLIER = (
    "; it began on a thread that was running before this scenario, perhaps an earlier one's: "
    "join each thread in the scenario that starts it"
)


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield ``span_unfinished``, ``segment_unfinished`` and ``subsegment_unfinished``."""
    for item in telemetry.unfinished:
        yield Finding(
            id=f"{item.kind}_unfinished",
            signal="span" if item.kind == "span" else "segment",
            where=item.name,
            site=item.waits_for[0].site if item.waits_for else item.site,
            trace_id=item.trace_id,
            message=describe(item) + _sent_alone(item, telemetry) + (_EARLIER if item.earlier_thread else ""),
        )
    for segment in telemetry.segments:
        yield from _in_progress(segment)


def follows(orphans: Incident, telemetry: Telemetry) -> bool:
    """Return whether subsegments have no parent only for a segment here that is told as unfinished."""
    return orphans.site is not None and any(
        item.kind == "segment" and item.trace_id == orphans.trace_id for item in telemetry.unfinished
    )


def _sent_alone(item: Unfinished, telemetry: Telemetry) -> str:
    """Return what else is lost with a segment; empty for a span, and where nothing is."""
    for incident in telemetry.incidents:
        if incident.id == ORPHANED and incident.trace_id == item.trace_id and follows(incident, telemetry):
            return f"; {incident.context['what']} and stay without it"
    return ""


def _in_progress(segment: Segment) -> Iterator[Finding]:
    """Yield what was sent as in progress, by any process, and not sent again when it was complete."""
    pending: list[Segment | Subsegment] = [segment]
    while pending:
        item = pending.pop()
        pending += reversed(item.subsegments)
        if item.in_progress:
            kind = "segment" if isinstance(item, Segment) else "subsegment"
            yield Finding(
                id=f"{kind}_unfinished",
                signal="segment",
                where=item.name,
                site=item.site,
                trace_id=segment.trace_id,
                message=(
                    f"{kind} {item.name!r} was sent as in progress and never as complete, so X-Ray shows it"
                    " as pending; end it on every path, also where its process is stopped"
                ),
            )


def describe(item: Unfinished) -> str:
    """Return one sentence: what is open, where it was begun, what it waits for, what to do."""
    begun = f" (begun at {item.site})" if item.site else ""
    head = f"{item.kind} {item.name!r}{begun}"
    if item.waits_for:
        children = " and ".join(
            f"{child.kind} {child.name!r}" + (f" ({child.site})" if child.site else "")
            for child in item.waits_for
        )
        cure = "end the subsegment, or use `with xray_recorder.in_subsegment(…)`"
        return f"{head} was never sent: it waits for {children}, begun and never ended; {cure}"
    if item.kind == "span":
        return f"{head} was never ended, so no exporter sees it; end it, or use `start_as_current_span`"
    if item.ended:
        return (
            f"{head} was ended and never sent to the daemon: on another thread or context,"
            " or its recorder has an emitter of its own"
        )
    return f"{head} was never ended and so never sent; end it on every path"
