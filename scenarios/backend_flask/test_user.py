"""A user's activities: the journal's first X-Ray subsegment, here sent."""

from flask.testing import FlaskClient

from harness import (
    SERVER,
    ScenarioTelemetry,
    contains,
    iso8601,
    log_event,
    segment,
    span,
    subsegment,
)


def test_subsegment_with_metadata(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    response = backend.get("/api/activities/@andrewbrown")

    assert response.status_code == 200
    telemetry.expect(
        span(
            "GET /api/activities/@<string:handle>",
            kind=SERVER,
            attributes={"http.route": "/api/activities/@<string:handle>", "http.status_code": 200},
        ),
        segment("backend-flask", http={"response": {"status": 200}}).with_subsegment(
            subsegment(
                "mock-data",
                metadata={"namespace": {"key": {"now": iso8601(), "results-size": len(response.get_json())}}},
            )
        ),
        log_event(contains("GET http /api/activities/@andrewbrown 200 OK"), log_group="cruddur"),
    )


def test_one_segment_and_its_trace_is_the_announced_one(
    backend: FlaskClient, telemetry: ScenarioTelemetry
) -> None:
    response = backend.get("/api/activities/@andrewbrown")

    telemetry.expect_count(1, segment(contains("")))
    found = telemetry.segment(segment("backend-flask"))
    assert response.headers["X-Amzn-Trace-Id"] == f"Root={found.trace_id}"


def test_blank_handle_is_refused_and_seen(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    response = backend.get("/api/activities/@%20")

    assert response.status_code == 422
    assert response.json == ["blank_user_handle"]
    telemetry.expect(
        span("GET /api/activities/@<string:handle>", attributes={"http.status_code": 422}),
        segment("backend-flask", http={"response": {"status": 422}}, error=True, fault=False).with_subsegment(
            subsegment("mock-data", metadata={"namespace": {"key": {"results-size": 0}}})
        ),
        log_event(contains("422 UNPROCESSABLE ENTITY")),
    )


def test_no_handle_matches_no_route(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    response = backend.get("/api/activities/@")

    assert response.status_code == 404
    telemetry.expect(
        span("GET /api/activities/@", kind=SERVER, attributes={"http.status_code": 404}),
        segment("backend-flask", http={"response": {"status": 404}}, error=True, fault=False),
        log_event(contains("404 NOT FOUND")),
    )
    telemetry.expect_none(subsegment("mock-data"))
