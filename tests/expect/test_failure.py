from __future__ import annotations

import pickle

import pytest

from harness import (
    ERROR,
    SERVER,
    TelemetryAssertionError,
    export_request,
    iso8601,
    log_event,
    log_record,
    metric,
    segment,
    span,
    subsegment,
)
from harness.expect import check_all, failure_message
from harness.model import DataPoint, Finding, Site, SpanKind, Telemetry, Unfinished, Verdict
from tests.builders import (
    a_log_event,
    a_log_record,
    a_metric,
    a_segment,
    a_span,
    a_subsegment,
    a_telemetry,
    an_export,
)

HOME = a_span("GET /api/activities/home", kind=SpanKind.SERVER, ms=3.1)
MOCK_DATA = a_span(
    "home-activites-mock-data",
    parent=HOME,
    ms=0.1,
    attributes={"app.now": "2026-03-01T12:00:00+00:00", "app.result_length": "3"},
)


def test_the_whole_message() -> None:
    waiting = Unfinished(
        kind="segment",
        name="user_activities",
        site=Site("services/user_activities.py", 7),
        waits_for=(
            Unfinished(kind="subsegment", name="mock-data", site=Site("services/user_activities.py", 30)),
        ),
    )
    telemetry = a_telemetry(HOME, MOCK_DATA, unfinished=(waiting,))
    verdict = check_all(
        [
            span("GET /api/activities/home", kind=SERVER).with_child(
                span(
                    "home-activites-mock-data",
                    attributes={"app.now": iso8601(), "app.result_length": 3},
                )
            ),
            segment("backend-flask"),
        ],
        telemetry,
    )
    assert failure_message(verdict, telemetry) == (
        "2 expectations not met\n"
        "  at GET /api/activities/home › home-activites-mock-data\n"
        "    attribute_mismatch: app.result_length: expected 3, captured '3' (int expected, str captured)\n"
        "  at segment backend-flask\n"
        "    segment_missing: no segment 'backend-flask' was captured; unfinished: segment"
        " 'user_activities' (services/user_activities.py:7) waits for subsegment 'mock-data'"
        " (services/user_activities.py:30), begun and never ended\n"
        "captured:\n"
        "  GET /api/activities/home [server] 3.1 ms\n"
        "  └─ home-activites-mock-data [internal] 0.1 ms"
        "  app.now='2026-03-01T12:00:00+00:00' app.result_length='3'"
    )


def test_findings_are_grouped_by_node_with_the_line_that_made_it() -> None:
    telemetry = a_telemetry(a_span("a", site=Site("app.py", 7)))
    verdict = span("a", kind=SERVER, status=ERROR).check(telemetry)
    assert failure_message(verdict, telemetry) == (
        "2 expectations not met\n"
        "  at a (app.py:7)\n"
        "    kind_mismatch: kind: expected SERVER, captured INTERNAL\n"
        "    status_mismatch: status: expected ERROR, captured UNSET\n"
        "captured:\n"
        "  a [internal] 1.0 ms"
    )


def test_only_the_signals_with_findings_are_shown() -> None:
    telemetry = a_telemetry(
        a_span("a"),
        a_segment("s", a_subsegment("t")),
        a_log_event("l"),
        a_log_record("r"),
        a_metric("m", DataPoint(value=1)),
        an_export(),
    )
    verdict = check_all(
        [
            subsegment("t", fault=True),
            log_event("l", log_group="g"),
            log_record("r", severity_number=17),
            metric("m", value=2),
            export_request("/v1/traces", items=2),
        ],
        telemetry,
    )
    assert failure_message(verdict, telemetry) == (
        "5 expectations not met\n"
        "  at subsegment t\n"
        "    fault_mismatch: fault: expected True, captured False\n"
        "  at log event l\n"
        "    log_group_mismatch: log_group: expected 'g', captured 'cruddur'\n"
        "  at log record r\n"
        "    severity_number_mismatch: severity_number: expected 17, captured 9\n"
        "  at metric m\n"
        "    value_mismatch: value: expected 2, captured 1\n"
        "  at export request /v1/traces\n"
        "    items_mismatch: items: expected 2, captured 1\n"
        "captured:\n"
        "  s [segment] 1.0 ms\n"
        "  └─ t [subsegment] 1.0 ms\n"
        "  cruddur/web  'l'\n"
        "  INFO 'r'\n"
        "  m [sum]\n"
        "  └─ value=1\n"
        "  otlp /v1/traces items=1"
    )


def test_many_spans_are_cut_and_the_trace_with_findings_comes_first() -> None:
    others = [a_span(f"other {n}", trace_id=f"{n:032x}", at_ms=n) for n in range(1, 100)]
    telemetry = a_telemetry(*others, a_span("a", at_ms=1_000))
    verdict = span("a", status=ERROR).check(telemetry)
    lines = failure_message(verdict, telemetry).splitlines()
    assert lines[3:6] == ["captured:", "  a [internal] 1.0 ms", "  other 1 [internal] 1.0 ms"]
    assert lines[-2:] == ["  other 59 [internal] 1.0 ms", "  … 40 more spans"]


def test_a_finding_about_no_node() -> None:
    finding = Finding(id="trace_broken", signal="harness", message="no trace holds")
    assert failure_message(Verdict(findings=(finding,)), Telemetry()) == (
        "1 finding\n  at the scenario\n    trace_broken: no trace holds\ncaptured: nothing"
    )


def test_other_signals_are_counted_where_the_one_asked_for_is_missing() -> None:
    telemetry = a_telemetry(HOME, MOCK_DATA, a_log_event("line"))
    assert failure_message(segment("s").check(telemetry), telemetry).endswith(
        "\ncaptured: 2 spans, 1 log event"
    )


@pytest.mark.parametrize("word", ["got", "actual"])
def test_the_words_are_expected_and_captured(word: str) -> None:
    telemetry = a_telemetry(HOME, MOCK_DATA)
    verdict = check_all([span("x"), span("GET /api/activities/home", kind=SERVER, scope="s")], telemetry)
    text = failure_message(verdict, telemetry)
    assert word not in text.split()
    assert {"expected", "captured"} <= set(text.split())


def test_the_error_carries_its_verdict() -> None:
    verdict = span("a").check(Telemetry())
    error = TelemetryAssertionError.of(verdict, Telemetry())
    assert isinstance(error, AssertionError)
    assert error.verdict is verdict
    assert str(error) == failure_message(verdict, Telemetry())
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, as xdist would send them
    assert (str(copy), copy.verdict) == (str(error), verdict)
