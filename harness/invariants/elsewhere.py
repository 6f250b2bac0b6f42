"""What the scenario's own thread begins is its own, unless a wider trace is open there."""

from __future__ import annotations

from collections.abc import Iterator

from harness.expect.evidence import describe_elsewhere
from harness.model import Finding, Level, Telemetry, Verdict


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield ``trace_begun_elsewhere``: no check of the scenario looks at these spans."""
    for item in telemetry.elsewhere:
        yield Finding(
            id="trace_begun_elsewhere",
            signal="span",
            level=Level.WARNING,
            where=item.name,
            site=item.site,
            message=(
                f"{describe_elsewhere(item)}, so no check of this scenario looks at it; end the parent before"
                " the scenario begins, or begin it in a fixture of the test"
            ),
        )
