"""The journal's backend as printed: its defects, each named by the harness with its line.

These scenarios pass because the harness reports the defect. The numbers are
those of the list in `docs/journal-defects.md`.
"""

import importlib

import pytest

from fixtures.journal_flask.fixtures import LoadJournal
from harness import (
    ERROR,
    ScenarioTelemetry,
    contains,
    event,
    log_event,
    regex,
    segment,
    span,
    subsegment,
)

APP = "fixtures/journal_flask/app.py"
USER = "fixtures/journal_flask/services/user_activities.py"
# Its line depends on the SDK's version; the rest of the path is its file.
MIDDLEWARE = "aws_xray_sdk/ext/flask/middleware.py"
ANDREW = "/api/activities/@andrewbrown"


@pytest.mark.parametrize(("path", "line"), [("/api/activities/home", 68), (ANDREW, 63)])
def test_1_every_request_fails_while_the_logger_is_commented_out(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry, path: str, line: int
) -> None:
    response = load_journal().test_client().get(path)

    assert response.status_code == 500
    (found,) = telemetry.expect_finding("exception_unasserted", at=f"{APP}:{line}", count=1)
    assert found.message.startswith("NameError: name 'LOGGER' is not defined")
    telemetry.expect_none(log_event(regex("."), log_group="cruddur"))
    acknowledge_what_follows_from_the_open_subsegment(telemetry, path)


def test_2_a_subsegment_never_ended_keeps_its_segment_from_being_sent(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry
) -> None:
    response = load_journal("logger").test_client().get(ANDREW)

    assert response.status_code == 200
    telemetry.expect_none(segment(regex(".")))
    (found,) = telemetry.expect_finding("segment_unfinished", at=f"{USER}:29", count=1)
    assert found.message == (
        f"segment 'user_activities' (begun at {USER}:7) was never sent: it waits for "
        f"subsegment 'mock-data' ({USER}:29), begun and never ended; "
        "end the subsegment, or use `with xray_recorder.in_subsegment(…)`"
    )
    telemetry.expect_finding("segment_replaced")
    telemetry.expect_finding("phantom_trace_id")


def test_3_the_response_announces_a_trace_that_nobody_can_look_up(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry
) -> None:
    response = load_journal("logger").test_client().get(ANDREW)

    root = response.headers["X-Amzn-Trace-Id"].removeprefix("Root=")
    (found,) = telemetry.expect_finding("phantom_trace_id", at=f"{USER}:7", count=1)
    assert found.trace_id == root
    telemetry.expect_none(segment(regex("."), trace_id=root))
    telemetry.expect_finding("segment_unfinished")
    telemetry.expect_finding("segment_replaced")


def test_4_a_segment_begun_inside_the_middlewares_replaces_it(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry
) -> None:
    incoming = "1-5759e988-bd862e3fe1be46a994272793"

    load_journal("logger", "end_subsegment").test_client().get(
        ANDREW, headers={"X-Amzn-Trace-Id": f"Root={incoming};Parent=53995c3f42cd8ad8;Sampled=1"}
    )

    (found,) = telemetry.expect_finding("segment_replaced", at=f"{USER}:7", count=1)
    assert found.message.startswith("segment 'user_activities' was begun while segment 'backend-flask'")
    telemetry.expect(
        segment("user_activities", http={"response": {"status": 200}}).with_subsegment(
            subsegment("mock-data", metadata={"namespace": {"key": {"results-size": 1}}})
        )
    )
    telemetry.expect_none(segment("backend-flask"), segment(regex("."), trace_id=incoming))


def test_5_the_naive_repair_fails_the_request(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry
) -> None:
    response = load_journal("logger", "end_subsegment", "end_segment").test_client().get(ANDREW)

    assert response.status_code == 500
    # The middleware's calls have no line of the app's above them but the client's, here.
    telemetry.expect_finding("context_missing", at="scenarios/journal_flask/test_defects.py")
    (found,) = telemetry.expect_finding("exception_unasserted", at=MIDDLEWARE, count=1)
    assert found.message.startswith("AttributeError: 'NoneType' object has no attribute 'put_http_meta'")
    telemetry.expect_finding("segment_replaced", at=f"{USER}:7")


@pytest.mark.parametrize("handle", ["", None])
def test_6_a_blank_handle_raises_instead_of_answering_422(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry, handle: str | None
) -> None:
    app = load_journal("logger")
    # Loaded anew for each scenario; no URL of the journal leads here.
    services = importlib.import_module("fixtures.journal_flask.services.user_activities")
    app.add_url_rule("/blank", view_func=lambda: services.UserActivities.run(handle))

    response = app.test_client().get("/blank")

    assert response.status_code == 500
    (found,) = telemetry.expect_finding("exception_unasserted", at=f"{USER}:33")
    assert found.message.startswith("TypeError: object of type 'NoneType' has no len()")
    telemetry.expect(
        span(
            "GET /blank",
            status=ERROR,
            events=[event("exception", attributes={"exception.type": "TypeError"})],
        ),
        log_event(contains("TypeError"), log_group="cruddur"),
    )
    telemetry.expect_finding("segment_unfinished", at=f"{USER}:29")
    telemetry.expect_finding("segment_replaced")
    telemetry.expect_finding("phantom_trace_id")


def test_7_the_console_processor_is_never_added(
    load_journal: LoadJournal, telemetry: ScenarioTelemetry
) -> None:
    load_journal("logger")

    (found,) = telemetry.expect_finding("span_processor_unattached", at=f"{APP}:33", count=1)
    assert found.message.startswith("SimpleSpanProcessor(ConsoleSpanExporter) was created and never added")


def acknowledge_what_follows_from_the_open_subsegment(telemetry: ScenarioTelemetry, path: str) -> None:
    if path == ANDREW:
        telemetry.expect_finding("segment_unfinished")
        telemetry.expect_finding("segment_replaced")
