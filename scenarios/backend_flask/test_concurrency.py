"""Fifty requests at once: nothing is lost, nothing is mixed up."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from harness import SERVER, ScenarioTelemetry, log_event, segment, span

REQUESTS = 50


def test_every_request_has_its_own_trace(backend_app: Flask, telemetry: ScenarioTelemetry) -> None:
    def get(_: int) -> int:
        return backend_app.test_client().get("/api/activities/home").status_code

    with ThreadPoolExecutor(max_workers=10) as pool:
        assert list(pool.map(get, range(REQUESTS))) == [200] * REQUESTS

    telemetry.expect_count(
        REQUESTS,
        span("GET /api/activities/home", kind=SERVER).with_child(span("home-activites-mock-data")),
    )
    telemetry.expect_count(REQUESTS, segment("backend-flask"))
    telemetry.expect_count(REQUESTS, log_event("HomeActivities", log_group="cruddur"))
    assert len(telemetry.spans) == 2 * REQUESTS
    assert len(telemetry.traces) == REQUESTS
    assert len({found.trace_id for found in telemetry.segments}) == REQUESTS
