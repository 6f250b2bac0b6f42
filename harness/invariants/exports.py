"""What an app exports has to arrive: refused exports, and spans that exporters leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.model import Finding, Level, Telemetry, Verdict

UNEXPORTED = "span_unexported"


def check(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:
    """Yield ``export_refused`` and ``span_unexported``."""
    yield from _refused(telemetry)
    yield from _left_out(telemetry, verdicts)


def _left_out(telemetry: Telemetry, verdicts: tuple[Verdict, ...]) -> Iterator[Finding]:
    """Yield a finding for each kind of span left out: an error where a check says that it is there."""
    asserted = {match.node_id for verdict in verdicts for match in verdict.matched}
    for incident in telemetry.incidents:
        if incident.id == UNEXPORTED:
            is_asserted = not asserted.isdisjoint(incident.context["node_ids"])
            yield Finding(
                id=incident.id,
                signal="span",
                level=Level.ERROR if is_asserted else Level.WARNING,
                message=incident.message,
                where=incident.name,
                site=incident.site,
            )


def _refused(telemetry: Telemetry) -> Iterator[Finding]:
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
