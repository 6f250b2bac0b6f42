"""One request as X-Ray shows it: what its documents say in both forms."""

from __future__ import annotations

from harness.analysis.parity import Indexed, compare_runs
from harness.model import (
    Level,
    SpanEvent,
    Status,
    StatusCode,
)
from tests.analysis.parity.requests import (
    HTTP_CURE,
    INDEX,
    RENAMED,
    SERVER,
    a_request,
    a_run,
    a_server_span,
    found,
    gaps,
)
from tests.builders import a_span, a_subsegment


def test_an_annotation_that_became_metadata() -> None:
    xray = a_request(annotations={"handle": "worf", "app_rows": 3})
    attributes = {"handle": "worf", "app.rows": 3}

    assert gaps(xray, a_server_span(attributes=attributes)) == [
        (
            "parity_annotation_is_metadata",
            "GET /home",
            (
                "annotation 'handle': X-Ray 'worf', OpenTelemetry metadata default.handle = 'worf',"
                f" which no filter finds; {INDEX}"
            ),
        ),
        (
            "parity_annotation_is_metadata",
            "GET /home",
            (
                "annotation 'app_rows': X-Ray 3, OpenTelemetry metadata default.app.rows = 3,"
                f" which no filter finds; {RENAMED}"
            ),
        ),
    ]
    cured = {"handle": "worf", "app_rows": 3, "aws.xray.annotations": ["handle", "app_rows"]}
    assert gaps(xray, a_server_span(attributes=cured)) == []


def test_the_exporters_own_settings_are_a_cure() -> None:
    runs = a_run(a_request(annotations={"handle": "w"})), a_run(a_server_span(attributes={"handle": "w"}))

    assert compare_runs(*runs, Indexed(frozenset({"handle"}))).holds
    assert compare_runs(*runs, Indexed(all=True)).holds
    assert not compare_runs(*runs).holds


def test_annotations_that_are_another_or_none() -> None:
    xray = a_request(annotations={"handle": "worf", "app_rows": 3, "size": 1, "now": "2026-03-01T12:00:00Z"})
    attributes = {"handle": "garek", "app.rows": 3, "sizes": 1, "now": "2026-03-02T12:00:01Z"}
    indexed = {"aws.xray.annotations": ["handle", "app.rows", "now"]}

    assert gaps(xray, a_server_span(attributes={**attributes, **indexed})) == [
        (
            "parity_annotation",
            "GET /home",
            "annotation 'handle': X-Ray 'worf', OpenTelemetry 'garek'; set the same value on the span",
        ),
        (
            "parity_annotation_key",
            "GET /home",
            (
                "annotation 'app_rows': X-Ray 'app_rows', OpenTelemetry 'app.rows';"
                " name the span attribute 'app_rows'"
            ),
        ),
        (
            "parity_annotation_missing",
            "GET /home",
            (
                "annotation 'size': X-Ray 1, OpenTelemetry none; closest: 'sizes';"
                " set it as a span attribute, and list its key in aws.xray.annotations"
            ),
        ),
    ]


def test_an_annotation_of_another_type_is_another() -> None:
    span = a_server_span(attributes={"rows": "3", "aws.xray.annotations": ["rows"]})
    assert gaps(a_request(annotations={"rows": 3}), span) == [
        (
            "parity_annotation",
            "GET /home",
            "annotation 'rows': X-Ray 3, OpenTelemetry '3' (int, str); set the same value on the span",
        )
    ]


def test_lost_metadata_is_a_warning() -> None:
    xray = a_request(metadata={"debug": {"rows": 3, "now": 1, "moved": 2, "lost": 4}})
    attributes = {"aws.xray.metadata.debug": '{"rows": 4, "now": 1}', "moved": 2}
    parity = compare_runs(a_run(xray), a_run(a_server_span(attributes=attributes)))

    assert parity.holds
    assert found(parity, Level.WARNING) == [
        (
            "parity_metadata",
            "GET /home",
            "metadata debug.rows: X-Ray 3, OpenTelemetry 4; set the same value on the span (in test_home)",
        ),
        (
            "parity_metadata_missing",
            "GET /home",
            (
                "metadata debug.lost: X-Ray 4, OpenTelemetry none;"
                " set the span attribute aws.xray.metadata.debug to a JSON object with 'lost' (in test_home)"
            ),
        ),
    ]
    assert (
        "parity_metadata_namespace",
        "GET /home",
        "metadata debug.moved: in OpenTelemetry it is default.moved (in test_home)",
    ) in found(parity, Level.INFO)


def test_service_name_and_user() -> None:
    span = a_server_span()
    other = a_span("GET /home", kind=SERVER, attributes=span.attributes)

    assert gaps(a_request(user="worf"), other) == [
        (
            "parity_service_name",
            "GET /home",
            (
                "service name: X-Ray 'backend-flask', OpenTelemetry 'GET /home';"
                " set service.name of the resource (OTEL_SERVICE_NAME)"
            ),
        ),
        (
            "parity_user",
            "GET /home",
            "user: X-Ray 'worf', OpenTelemetry none; set the span attribute enduser.id",
        ),
    ]
    assert gaps(a_request(user="worf"), a_server_span(attributes={"enduser.id": "worf"})) == []


def test_http_fields() -> None:
    http = {"request": {"method": "GET", "url": "http://shop/home", "user_agent": "curl"}, "response": {}}
    xray = a_request(http=http)
    assert gaps(xray, a_server_span(attributes={"http.url": "https://shop/home"})) == [
        (
            "parity_http",
            "GET /home",
            f"http.request.url: X-Ray 'http://shop/home', OpenTelemetry 'https://shop/home'; {HTTP_CURE}",
        ),
        (
            "parity_http",
            "GET /home",
            f"http.request.user_agent: X-Ray 'curl', OpenTelemetry none; {HTTP_CURE}",
        ),
    ]


def test_query_and_loopback_port_are_harmless() -> None:
    http = {"request": {"method": "GET", "url": "http://127.0.0.1:4001/home"}, "response": {"status": 200}}
    span = a_server_span(attributes={"http.url": "http://localhost:5002/home?token=1"})
    parity = compare_runs(a_run(a_request(http=http), name="x"), a_run(span, name="o"))

    urls = "http.request.url: X-Ray 'http://127.0.0.1:4001/home', OpenTelemetry 'http://localhost:5002/home?token=1'"
    assert parity.holds
    assert ("parity_url_query", "GET /home", urls) in found(parity, Level.INFO)
    assert ("parity_url_port", "GET /home", urls) in found(parity, Level.INFO)


def test_a_method_in_other_letters_is_harmless() -> None:
    http = {"request": {"method": "get", "url": "http://shop/home"}, "response": {"status": 200}}
    parity = compare_runs(a_run(a_request(http=http), name="x"), a_run(a_server_span(), name="o"))

    assert parity.holds
    method = "http.request.method: X-Ray 'get', OpenTelemetry 'GET'"
    assert ("parity_method_case", "GET /home", method) in found(parity, Level.INFO)


def test_outcomes() -> None:
    xray = a_request(a_subsegment("rows", error=True, throttle=True), a_subsegment("read", fault=True))
    root = a_server_span()
    failed = a_span("rows", parent=root, status=Status(StatusCode.ERROR))

    assert gaps(xray, root, failed, a_span("read", parent=root)) == [
        (
            "parity_error",
            "GET /home › rows",
            (
                "error: X-Ray True, OpenTelemetry False;"
                " set the HTTP status of 400 to 499 on the span: only that makes an error"
            ),
        ),
        (
            "parity_fault",
            "GET /home › rows",
            (
                "fault: X-Ray False, OpenTelemetry True;"
                " the span's status is ERROR, or its HTTP status says so; set neither"
            ),
        ),
        (
            "parity_throttle",
            "GET /home › rows",
            (
                "throttle: X-Ray True, OpenTelemetry False;"
                " set the HTTP status 429 on the span: only that makes a throttle"
            ),
        ),
        (
            "parity_fault",
            "GET /home › read",
            "fault: X-Ray True, OpenTelemetry False; set the span's status to ERROR, or its HTTP status",
        ),
    ]


def recorded(type_: str, message: str) -> tuple[SpanEvent, ...]:
    attributes = {"exception.type": type_, "exception.message": message}
    return (SpanEvent(name="exception", time_unix_nano=0, attributes=attributes),)


def test_causes() -> None:
    raised = {"exceptions": [{"id": "1" * 16, "type": "ConnectionError", "message": "port=41234 refused"}]}
    failing = a_request(
        a_subsegment("upstream", fault=True, cause=raised), status=500, fault=True, cause="1" * 16
    )
    root = a_server_span(status=500)
    error = Status(StatusCode.ERROR)

    assert gaps(failing, root, a_span("upstream", parent=root, status=error)) == [
        (
            "parity_cause",
            "GET /home › upstream",
            (
                "cause: X-Ray 'ConnectionError: port=41234 refused', OpenTelemetry none;"
                " record the exception on this span: span.record_exception(error)"
            ),
        )
    ]
    events = recorded("requests.exceptions.ConnectionError", "port=5000 refused")
    cured = a_span("upstream", parent=root, status=error, events=events)
    parity = compare_runs(a_run(failing, name="x"), a_run(root, cured, name="o"))
    assert parity.holds
    assert [each for each in found(parity, Level.INFO) if each[0] == "parity_cause_form"] == [
        (
            "parity_cause_form",
            "GET /home",
            "the SDK points to the exception that another document recorded",
        ),
        (
            "parity_cause_form",
            "GET /home › upstream",
            "the SDK's exceptions have ids, and stacks in another order",
        ),
    ]


def test_a_cause_of_opentelemetry_only_is_harmless() -> None:
    parity = compare_runs(
        a_run(a_request(), name="x"), a_run(a_server_span(events=recorded("a.E", "no")), name="o")
    )
    assert ("parity_cause_extra", "GET /home", "cause: X-Ray none, OpenTelemetry ['E: no']") in found(
        parity, Level.INFO
    )
