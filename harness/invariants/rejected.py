"""Input that a receiver could not decode would be lost in production too; a duplicate is not."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Finding, Level, Telemetry, Verdict

_SHOWN_BYTES = 60


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield ``input_rejected`` for each rejected input, with the beginning of its payload."""
    for rejected in telemetry.rejected:
        payload = rejected.payload
        more = "…" if len(payload) > _SHOWN_BYTES else ""
        yield Finding(
            id="input_rejected",
            signal="harness",
            level=Level.WARNING if rejected.duplicate else Level.ERROR,
            where=rejected.channel,
            site=rejected.site,
            message=f"{rejected.reason}; {len(payload)} bytes: {payload[:_SHOWN_BYTES]!r}{more}",
        )
