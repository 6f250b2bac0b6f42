"""An export that was refused for want of a key is lost, and its app logs no more than a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.model import Finding, Telemetry, Verdict


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:  # noqa: ARG001  an invariant's signature
    """Yield a finding for each path whose exports were answered 401."""
    refused = Counter(export.path for export in telemetry.exports if export.status == 401)
    for path, count in refused.items():
        yield Finding(
            id="export_refused",
            signal="export_request",
            message=(
                f"{count} of the exports to {path} were answered 401: a required header is missing or empty; "
                "set OTEL_EXPORTER_OTLP_HEADERS, and the variable that it takes the key from"
            ),
            where=path,
        )
