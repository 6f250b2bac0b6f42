"""Requests that fail: what the three signals say about them."""

from flask.testing import FlaskClient

from harness import (
    ERROR,
    UNSET,
    ScenarioTelemetry,
    absent,
    contains,
    event,
    log_event,
    present,
    segment,
    span,
)


def test_exception_is_recorded_by_all_signals(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    response = backend.get("/api/error")

    assert response.status_code == 500
    telemetry.expect(
        span(
            "GET /api/error",
            status=ERROR,
            attributes={"http.status_code": 500},
            events=[
                event(
                    "exception",
                    attributes={
                        "exception.type": "RuntimeError",
                        "exception.message": "this route always fails",
                        "exception.stacktrace": contains("fixtures/backend_flask/app.py"),
                    },
                )
            ],
        ),
        segment(
            "backend-flask",
            http={"response": {"status": 500}},
            fault=True,
            error=False,
            cause={"exceptions": contains({"type": "RuntimeError"})},
        ),
        log_event(contains("RuntimeError: this route always fails"), log_group="cruddur"),
        log_event(contains("GET http /api/error 500 INTERNAL SERVER ERROR"), log_group="cruddur"),
    )


def test_unknown_path(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.get("/api/nowhere")

    telemetry.expect(
        # Without a route the span's name is the raw path: unbounded, and so not one to alarm on.
        span("GET /api/nowhere", status=UNSET, attributes={"http.status_code": 404, "http.route": absent}),
        segment("backend-flask", http={"response": {"status": 404}}, error=True, fault=False),
        log_event(contains("404 NOT FOUND"), log_group="cruddur"),
    )


def test_wrong_method(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.post("/api/activities/home")

    telemetry.expect(
        span("POST /api/activities/home", status=UNSET, attributes={"http.status_code": 405}),
        segment(
            "backend-flask", http={"request": {"method": "POST"}, "response": {"status": 405}}, error=True
        ),
        log_event(contains("405 METHOD NOT ALLOWED")),
    )


def test_query_strings_stay_out_of_the_logs(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.get("/api/activities/home?token=s3cr3t")

    telemetry.expect_none(log_event(contains("s3cr3t")))
    telemetry.expect(segment("backend-flask", http={"request": {"url": present}}))
    telemetry.expect_none(segment("backend-flask", http={"request": {"url": contains("s3cr3t")}}))
