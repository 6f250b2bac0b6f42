"""The repaired backend as a container, and from the compose file: the same telemetry as in-process."""

import signal

from fixtures.backend_flask.fixtures import TEAM
from fixtures.backend_flask.images import ROOT
from harness import Launcher, ScenarioTelemetry, export_request, iso8601, log_event, segment, span, subsegment
from scenarios.backend_flask.test_lifecycle import ENV, get

PORT = 4567
USER = "/api/activities/@andrewbrown"


def expect_the_user_request(telemetry: ScenarioTelemetry) -> None:
    telemetry.expect(
        span("GET /api/activities/@<string:handle>", resource={"service.name": "backend-flask"}),
        segment("backend-flask").with_subsegment(
            subsegment("mock-data", metadata={"namespace": {"key": {"now": iso8601(), "results-size": 1}}})
        ),
        log_event("test log", log_group="cruddur"),
        export_request(path="/v1/traces", headers={"x-honeycomb-team": TEAM}),
    )


def test_a_container_is_seen_on_every_channel(
    launch: Launcher, telemetry: ScenarioTelemetry, backend_image: str
) -> None:
    app = launch.container(backend_image, port=PORT, env=ENV)

    assert get(app, USER) == 200
    assert app.stop() == 0

    expect_the_user_request(telemetry)


def test_as_pid_1_nothing_is_lost_on_sigterm(
    launch: Launcher, telemetry: ScenarioTelemetry, backend_image: str
) -> None:
    result = launch.lifecycle(
        lambda: launch.container(backend_image, port=PORT, env=ENV),
        lambda app: get(app, "/api/activities/home"),
        grace_s=5,
    )

    assert result.emitted == {"spans": 2, "segments": 1, "log_events": 4}
    assert result.lost(signal.SIGTERM) == {}
    assert result.lost(signal.SIGKILL) == {"spans": 2, "log_events": 4}
    telemetry.expect_finding("lost_at_exit", count=1)


def test_the_compose_file_is_seen_on_every_channel(
    launch: Launcher, telemetry: ScenarioTelemetry, backend_image: str, harness_image: str
) -> None:
    app = launch.compose(
        ROOT / "fixtures/backend_flask/docker-compose.yml",
        service="backend-flask",
        port=PORT,
        recorder="xray-daemon",
        env={
            "BACKEND_IMAGE": backend_image,
            "HARNESS_IMAGE": harness_image,
            "HONEYCOMB_API_KEY": TEAM,
            "AWS_ACCESS_KEY_ID": "compose-access-key",
            "AWS_SECRET_ACCESS_KEY": "compose-secret-key",
        },
    )

    assert get(app, USER) == 200
    assert app.stop() == 0

    expect_the_user_request(telemetry)
