"""The repaired backend as its own process: what of its telemetry survives each way of stopping it."""

import signal
import sys
import urllib.request

from fixtures.backend_flask.fixtures import TEAM
from harness import App, Launcher, ScenarioTelemetry, export_request, log_event, segment, span, subsegment

FLASK = (sys.executable, "-m", "flask", "--app", "fixtures.backend_flask", "run", "--port", "{port}")
ENV = {"OTEL_SERVICE_NAME": "backend-flask", "OTEL_EXPORTER_OTLP_HEADERS": f"x-honeycomb-team={TEAM}"}


def get(app: App, path: str) -> int:
    """Make a request whose trace is sampled, as an instrumented caller would."""
    request = urllib.request.Request(f"{app.url}{path}", headers={"X-Amzn-Trace-Id": "Sampled=1"})  # noqa: S310  our own app
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        return int(response.status)


def test_a_process_is_seen_on_every_channel(launch: Launcher, telemetry: ScenarioTelemetry) -> None:
    app = launch.process(*FLASK, env=ENV)

    assert get(app, "/api/activities/@andrewbrown") == 200
    assert app.stop() == 0

    telemetry.expect(
        span("GET /api/activities/@<string:handle>", resource={"service.name": "backend-flask"}),
        segment("backend-flask").with_subsegment(subsegment("mock-data")),
        log_event("test log", log_group="cruddur"),
        export_request(path="/v1/traces", headers={"x-honeycomb-team": TEAM}),
    )


def test_nothing_is_lost_on_sigterm(launch: Launcher, telemetry: ScenarioTelemetry) -> None:
    result = launch.lifecycle(
        lambda: launch.process(*FLASK, env=ENV), lambda app: get(app, "/api/activities/home")
    )

    assert result.emitted == {"spans": 2, "segments": 1, "log_events": 4}
    assert result.lost(signal.SIGINT) == {}
    assert result.lost(signal.SIGTERM) == {}
    assert result.lost(signal.SIGKILL) == {"spans": 2, "log_events": 4}
    telemetry.expect_finding("lost_at_exit", count=1)
