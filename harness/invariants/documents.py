"""X-Ray documents that X-Ray refuses, that its schema refuses, or that are unwise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Finding, Level, Telemetry, Verdict
from harness.model.xray_checks import Rule, problems_of

_KINDS = {
    Rule.ENFORCED: ("document_invalid", Level.ERROR, "X-Ray refuses it"),
    Rule.SCHEMA: ("document_schema", Level.INFO, "against the published schema"),
    Rule.PRACTICE: ("document_practice", Level.WARNING, "X-Ray takes it"),
}


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield each broken rule once for a segment's or subsegment's name."""
    for segment in telemetry.segments:
        for problem in problems_of(segment):
            id_, level, words = _KINDS[problem.rule]
            yield Finding(
                id=id_,
                signal="segment",
                level=level,
                message=f"{problem.code}: {problem.message} ({words})",
                where=problem.name if problem.name == segment.name else f"{segment.name} › {problem.name}",
                site=problem.site,
                trace_id=segment.trace_id,
            )
