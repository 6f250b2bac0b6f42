"""The home page: the journal's first custom span, and its first log line."""

import time

from flask.testing import FlaskClient

from fixtures.backend_flask.fixtures import TEAM
from harness import (
    INTERNAL,
    SERVER,
    UNSET,
    ScenarioTelemetry,
    absent,
    ends_with,
    export_request,
    iso8601,
    length,
    log_event,
    metric,
    regex,
    segment,
    span,
    subsegment,
)

HOME = "/api/activities/home"


def test_span_segment_and_log_event(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    response = backend.get(HOME)

    assert response.status_code == 200
    telemetry.expect(
        span(
            "GET /api/activities/home",
            kind=SERVER,
            status=UNSET,
            scope="opentelemetry.instrumentation.flask",
            attributes={"http.route": HOME, "http.status_code": 200},
            resource={"service.name": "backend-flask"},
        ).with_child(
            span(
                "home-activites-mock-data",
                kind=INTERNAL,
                scope="home.activities",
                attributes={"app.now": iso8601(), "app.result_length": len(response.get_json())},
            ),
        ),
        segment(
            "backend-flask",
            http={"request": {"method": "GET", "url": ends_with(HOME)}, "response": {"status": 200}},
            error=False,
            fault=False,
        ),
        log_event("HomeActivities", log_group="cruddur"),
        log_event(regex(r"^\[.+\] 127\.0\.0\.1 GET http /api/activities/home 200 OK$"), log_group="cruddur"),
        metric("app.requests", value=1, attributes={"http.route": HOME, "http.response.status_code": 200}),
    )


def test_nothing_else_is_emitted(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.get(HOME)

    telemetry.expect_count(2, span(regex(".")))
    telemetry.expect_count(1, segment(regex(".")))
    telemetry.expect_count(2, log_event(regex(".")))
    telemetry.expect_none(subsegment(regex(".")))


def test_log_lines_come_in_order(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.get(HOME)

    first, second = telemetry.log_events
    assert first.message == "HomeActivities"
    assert second.message.endswith("GET http /api/activities/home 200 OK")
    assert first.log_group == second.log_group == "cruddur"
    assert first.log_stream == second.log_stream
    assert first.timestamp <= second.timestamp


def test_spans_are_exported_with_the_team_header(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.get(HOME)

    telemetry.expect(
        export_request(
            "/v1/traces",
            headers={
                "x-honeycomb-team": TEAM,
                "content-type": "application/x-protobuf",
                "content-encoding": absent,
            },
            items=2,
        )
    )
    assert {witness for span in telemetry.spans for witness in span.witnesses} == {"process", "wire"}


def test_the_announced_trace_is_sent(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    response = backend.get(HOME)

    root = response.headers["X-Amzn-Trace-Id"].removeprefix("Root=")
    telemetry.expect(segment("backend-flask", trace_id=root))


def test_resource_names_the_service_and_the_sdk(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    backend.get(HOME)

    telemetry.expect(
        span(
            "home-activites-mock-data",
            resource={
                "service.name": "backend-flask",
                "telemetry.sdk.language": "python",
                "service.instance.id": length(36),
            },
        ),
        segment("backend-flask", aws={"xray": {"sdk": "X-Ray for Python"}}, service={"runtime": "CPython"}),
    )


def test_x_ray_keeps_the_callers_trace(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    root = f"1-{int(time.time()):08x}-bd862e3fe1be46a994272793"  # X-Ray refuses one of more than 30 days

    backend.get(HOME, headers={"X-Amzn-Trace-Id": f"Root={root};Parent=53995c3f42cd8ad8;Sampled=1"})

    telemetry.expect(segment("backend-flask", trace_id=root, parent_id="53995c3f42cd8ad8"))


def test_opentelemetry_keeps_the_callers_trace(backend: FlaskClient, telemetry: ScenarioTelemetry) -> None:
    trace_id, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

    backend.get(HOME, headers={"traceparent": f"00-{trace_id}-{parent}-01"})

    server = telemetry.span(span("GET /api/activities/home", kind=SERVER))
    assert (server.trace_id, server.parent_span_id) == (trace_id, parent)
