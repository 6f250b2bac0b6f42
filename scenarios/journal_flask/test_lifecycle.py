"""Defect 8: SIGTERM right after a response loses what the batch processor and watchtower hold."""

import sys
import urllib.request

from harness import App, Launcher, ScenarioTelemetry

FLASK = (sys.executable, "-m", "flask", "--app", "fixtures.journal_flask.app", "run", "--port", "{port}")
ENV = {
    "JOURNAL_REPAIRS": "logger",
    "OTEL_SERVICE_NAME": "backend-flask",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-honeycomb-team=journal-key",
}


def home(app: App) -> None:
    request = urllib.request.Request(  # noqa: S310  our own app
        f"{app.url}/api/activities/home", headers={"X-Amzn-Trace-Id": "Sampled=1"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        assert response.status == 200


def test_sigterm_loses_spans_and_log_events(launch: Launcher, telemetry: ScenarioTelemetry) -> None:
    result = launch.lifecycle(lambda: launch.process(*FLASK, env=ENV), home)

    assert result.table.splitlines() == [
        "stopped by  exit code  spans   segments  log events",
        "SIGINT      0          2 of 2  1 of 1    4 of 4",
        "SIGTERM     143        0 of 2  1 of 1    0 of 4",
        "SIGKILL     137        0 of 2  1 of 1    0 of 4",
    ]
    (sigterm, _) = telemetry.expect_finding("lost_at_exit", count=2)
    assert "stopped by SIGTERM, " in sigterm.message
    assert "lost 2 of 2 spans, 4 of 4 log events; its exit handlers did not run" in sigterm.message
