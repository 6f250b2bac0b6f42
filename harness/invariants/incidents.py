"""What an SDK, the kernel or the harness lost is said, not swallowed."""

from __future__ import annotations

from collections.abc import Iterator

from harness.invariants.exports import UNEXPORTED
from harness.invariants.unfinished import ORPHANED, follows
from harness.model import Finding, Level, Telemetry, Verdict

_WARNINGS = frozenset(
    {
        "context_leaked",
        "export_differs",
        "flush_failed",
        "name_changed",
        "sdk_warning",
        "span_ids_repeated",
        "subsegment_too_deep",
    }
)
_SIGNALS = {"otel": "span", "xray": "segment", "cloudwatch": "log_event", "aws": "segment"}


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield each incident as a finding of the same id, but what an unfinished segment says of itself."""
    for incident in telemetry.incidents:
        if incident.id == UNEXPORTED or (incident.id == ORPHANED and follows(incident, telemetry)):
            continue
        yield Finding(
            id=incident.id,
            signal="metric" if incident.id == "metric_refused" else _SIGNALS.get(incident.channel, "harness"),
            level=Level.WARNING if incident.id in _WARNINGS else Level.ERROR,
            message=incident.message,
            where=incident.name,
            site=incident.site,
            trace_id=incident.trace_id,
        )
