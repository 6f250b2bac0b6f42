"""X-Ray documents that X-Ray refuses, that its schema refuses, or that are unwise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Finding, Telemetry, Verdict
from harness.model.xray_checks import Rule, problems_of


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield each broken rule once for a segment's or subsegment's name."""
    for segment in telemetry.segments:
        for problem in problems_of(segment):
            rule = problem.rule
            yield Finding(
                id=rule.finding,
                signal="segment",
                level=rule.level,
                message=f"{rule.code}: {problem.message} ({_words(rule)})",
                where=problem.name if problem.name == segment.name else f"{segment.name} › {problem.name}",
                site=problem.site,
                trace_id=segment.trace_id,
            )


def _words(rule: Rule) -> str:
    if rule.refused:
        return "X-Ray refuses it"
    return "against the published schema" if rule.finding == "document_schema" else "X-Ray takes it"
