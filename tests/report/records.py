"""Run records for tests of reports, with every id and clock fixed."""

from __future__ import annotations

from typing import Any

from harness.model import (
    DataPoint,
    ExportRequest,
    Finding,
    Incident,
    Level,
    LogEvent,
    LogRecord,
    Match,
    Metric,
    MetricType,
    Rejected,
    RunRecord,
    ScenarioRecord,
    Scope,
    Segment,
    Site,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Subsegment,
    Telemetry,
    Unfinished,
    Verdict,
)

# 2026-01-02 03:04:05 UTC
EPOCH_S = 1_767_323_045
EPOCH_MS = EPOCH_S * 1_000
EPOCH_NS = EPOCH_S * 1_000_000_000
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
XRAY_TRACE_ID = "1-69573525-a006649127e371903a2de979"


def a_span(name: str = "GET /x", *, start_ms: float = 0.0, ms: float | None = 3.0, **fields: Any) -> Span:
    """Return a span that starts `start_ms` after the epoch of the tests."""
    start = EPOCH_NS + round(start_ms * 1e6)
    return Span(
        **{
            "trace_id": TRACE_ID,
            "span_id": "b7ad6b7169203331",
            "name": name,
            "start_time_unix_nano": start,
            "end_time_unix_nano": None if ms is None else start + round(ms * 1e6),
            **fields,
        }
    )


def a_segment(
    name: str = "backend", *, start_ms: float = 0.0, ms: float | None = 3.0, **fields: Any
) -> Segment:
    """Return a segment, likewise."""
    start = EPOCH_S + start_ms / 1e3
    return Segment(
        **{
            "id": "70de5b6f19ff9a0a",
            "name": name,
            "trace_id": XRAY_TRACE_ID,
            "start_time": start,
            "end_time": None if ms is None else start + ms / 1e3,
            **fields,
        }
    )


def a_subsegment(
    name: str = "work", *, start_ms: float = 0.0, ms: float | None = 1.0, **fields: Any
) -> Subsegment:
    """Return a subsegment, likewise."""
    start = EPOCH_S + start_ms / 1e3
    return Subsegment(
        **{
            "id": "53995c3f42cd8ad8",
            "name": name,
            "start_time": start,
            "end_time": None if ms is None else start + ms / 1e3,
            **fields,
        }
    )


def a_log_event(message: str = "HomeActivities", *, at_ms: int = 1, log_group: str = "cruddur") -> LogEvent:
    """Return a log event `at_ms` after the epoch of the tests."""
    return LogEvent(log_group=log_group, log_stream="s", timestamp=EPOCH_MS + at_ms, message=message)


def a_finding(id_: str = "span_missing", message: str = "no span 'x' was captured", **fields: Any) -> Finding:
    """Return a finding of error level about a span."""
    return Finding(**{"id": id_, "signal": "span", "message": message, **fields})


def a_scenario(name: str = "scenarios/test_x.py::test_x", **fields: Any) -> ScenarioRecord:
    """Return a scenario; its keyword arguments for telemetry may be given flat."""
    return ScenarioRecord(name=name, start_time_unix_nano=EPOCH_NS, duration_ns=12_000_000, **fields)


def a_run(*scenarios: ScenarioRecord, **fields: Any) -> RunRecord:
    """Return a run."""
    return RunRecord(scenarios=scenarios, **fields)


def home_activities() -> ScenarioRecord:
    """Return a failing scenario: one request in three signals, one attribute of the wrong type."""
    root = a_span(
        "GET /api/activities/home",
        ms=3.1,
        kind=SpanKind.SERVER,
        attributes={
            "http.request.method": "GET",
            "http.route": "/api/activities/home",
            "http.response.status_code": 200,
            "user_agent.original": "werkzeug/3.1",
        },
        scope=Scope(name="opentelemetry.instrumentation.flask", version="0.62b0"),
    )
    child = a_span(
        "home-activites-mock-data",
        start_ms=0.9,
        ms=1.1,
        span_id="00f067aa0ba902b7",
        parent_span_id=root.span_id,
        attributes={"app.now": "2026-01-02T03:04:05+00:00", "app.result_length": "3"},
        scope=Scope(name="home.activities"),
        site=Site("backend/services/home_activities.py", 13, "HomeActivities.run"),
    )
    segment = a_segment(
        "backend-flask",
        start_ms=0.2,
        ms=2.7,
        http={"request": {"method": "GET", "url": "/api/activities/home"}, "response": {"status": 200}},
        annotations={"user_handle": "andrew"},
        metadata={"default": {"now": "2026-01-02T03:04:05", "results": 3}},
        subsegments=(
            a_subsegment(
                "mock-data", start_ms=0.8, ms=0.4, metadata={"default": {"size": 3}}, namespace="local"
            ),
        ),
    )
    mismatch = a_finding(
        "attribute_mismatch",
        "app.result_length: expected 3, captured '3' (int expected, str captured)",
        where="GET /api/activities/home › home-activites-mock-data",
        site=child.site,
        trace_id=TRACE_ID,
    )
    return a_scenario(
        "scenarios/test_home.py::test_home_activities",
        outcome="failed",
        site=Site("scenarios/test_home.py", 7),
        telemetry=Telemetry(
            spans=(root, child),
            segments=(segment,),
            log_events=(a_log_event("HomeActivities", at_ms=1),),
            log_records=(
                LogRecord(
                    body="3 results",
                    severity_number=9,
                    severity_text="INFO",
                    time_unix_nano=EPOCH_NS + 1_900_000,
                    trace_id=TRACE_ID,
                    span_id=child.span_id,
                ),
            ),
            metrics=(
                Metric(
                    name="http.server.request.duration",
                    type=MetricType.HISTOGRAM,
                    unit="s",
                    data_points=(
                        DataPoint(count=1, sum=0.0031, bucket_counts=(1, 0), explicit_bounds=(0.005,)),
                    ),
                ),
            ),
            exports=(
                ExportRequest(
                    channel="otlp", path="/v1/traces", headers={"x-honeycomb-team": "k" * 22}, items=2
                ),
            ),
        ),
        verdicts=(
            Verdict(
                expectation=(
                    'span("GET /api/activities/home", kind=SERVER).with_child(\n'
                    '    span("home-activites-mock-data",'
                    ' attributes={"app.now": iso8601(), "app.result_length": 3}))'
                ),
                findings=(mismatch,),
                matched=(
                    Match(signal="span", node_id=f"{TRACE_ID}/{root.span_id}", fields=("name", "kind")),
                    Match(
                        signal="span",
                        node_id=f"{TRACE_ID}/{child.span_id}",
                        fields=("name", "attributes.app.now", "attributes.app.result_length"),
                    ),
                ),
                site=Site("scenarios/test_home.py", 9),
            ),
            Verdict(
                expectation='segment("backend-flask", http={"response": {"status": 200}})',
                matched=(
                    Match(
                        signal="segment",
                        node_id=f"{XRAY_TRACE_ID}/{segment.id}",
                        fields=("name", "http.response.status"),
                    ),
                ),
                site=Site("scenarios/test_home.py", 9),
            ),
            Verdict(
                expectation='log_event("HomeActivities", log_group="cruddur")',
                matched=(Match(signal="log_event", node_id="0", fields=("message", "log_group")),),
                site=Site("scenarios/test_home.py", 9),
            ),
        ),
        findings=(
            a_finding(
                "export_rejected",
                "the app's exporter was answered 400 once",
                signal="export_request",
                level=Level.WARNING,
            ),
        ),
    )


def user_activities() -> ScenarioRecord:
    """Return a failing scenario: a subsegment that was begun and never ended."""
    waiting = Unfinished(
        kind="subsegment", name="mock-data", site=Site("backend/services/user_activities.py", 30)
    )
    unsent = Unfinished(
        kind="segment",
        name="user_activities",
        site=Site("backend/services/user_activities.py", 7),
        ended=True,
        waits_for=(waiting,),
    )
    return a_scenario(
        "scenarios/test_user.py::test_user_activities",
        site=Site("scenarios/test_user.py", 5),
        telemetry=Telemetry(
            spans=(
                a_span("GET /api/activities/@<handle>", trace_id="1" * 32, ms=2.0, kind=SpanKind.SERVER),
                a_span(
                    "load",
                    trace_id="1" * 32,
                    span_id="2" * 16,
                    parent_span_id="b7ad6b7169203331",
                    start_ms=0.5,
                    ms=None,
                ),
                a_span(
                    "SELECT users",
                    trace_id="1" * 32,
                    span_id="3" * 16,
                    parent_span_id="2" * 16,
                    start_ms=0.7,
                    ms=0.6,
                    kind=SpanKind.CLIENT,
                    status=Status(StatusCode.ERROR, "no such table"),
                    attributes={"db.system.name": "postgresql", "db.query.text": "SELECT * FROM users"},
                ),
            ),
            unfinished=(unsent,),
            rejected=(Rejected(channel="xray", reason="no newline after the header", payload=b"{}"),),
            incidents=(
                Incident(
                    id="context_missing",
                    channel="xray",
                    message="annotation 'user' was put without a segment; begin one first",
                    name="user",
                    site=Site("backend/services/user_activities.py", 21),
                ),
            ),
        ),
        verdicts=(Verdict(expectation='span("GET /api/activities/@<handle>")'),),
        findings=(
            a_finding(
                "segment_unfinished",
                "segment 'user_activities' waits for subsegment 'mock-data'"
                " (backend/services/user_activities.py:30), begun and never ended",
                signal="segment",
                where="segment user_activities",
                site=unsent.site,
            ),
        ),
    )


def example_run() -> RunRecord:
    """Return a run with a bit of everything."""
    return a_run(
        home_activities(),
        a_scenario(
            "scenarios/test_health.py::test_health",
            telemetry=Telemetry(
                spans=(a_span("GET /health", trace_id="4" * 32, ms=0.4, kind=SpanKind.SERVER),)
            ),
            verdicts=(
                Verdict(
                    expectation='span("GET /health")',
                    matched=(Match(signal="span", node_id=f"{'4' * 32}/b7ad6b7169203331", fields=("name",)),),
                ),
            ),
        ),
        user_activities(),
        a_scenario("scenarios/test_messages.py::test_messages", vacuous=True),
        a_scenario("scenarios/test_search.py::test_search", outcome="skipped"),
        outside=Telemetry(spans=(a_span("load config", start_ms=-900, trace_id="5" * 32, ms=41.0),)),
        findings=(
            a_finding(
                "vacuous_scenario",
                "1 scenario checked nothing: scenarios/test_messages.py::test_messages",
                signal="harness",
                level=Level.WARNING,
            ),
        ),
        packages={"opentelemetry-sdk": "1.41.0", "aws-xray-sdk": "2.15.0"},
        cut=("3 log events over 256 KB were cut to 256 KB",),
    )


def hostile_run() -> RunRecord:
    """Return a run whose every text would do harm in a page that trusted it."""
    script = "<script>alert(1)</script>"
    return a_run(
        a_scenario(
            f"scenarios/test_x.py::test_x[{script}]",
            outcome="failed",
            telemetry=Telemetry(
                spans=(
                    a_span(
                        script,
                        attributes={
                            "a.html": "</script><img src=x onerror=alert(2)>",
                            "b.separators": "line\u2028paragraph\u2029end",
                            "c.control": "\x00\x1b[31mred\x07",
                            "d.bidi": "\u202egnp.exe",
                            "e.rtl": "شركة <b>",
                            "f.long": "x" * 10_000,
                            "g.surrogate": "\ud800",
                            "h.template": "{{ 7 * 7 }}{% raw %}",
                            "i.bytes": b"\xff<b>",
                            'j."onclick="alert(3)': float("nan"),
                        },
                    ),
                    a_span("n" * 5_000, span_id="6" * 16, parent_span_id="b7ad6b7169203331", ms=None),
                ),
                log_events=(a_log_event(f"{script}\nsecond line\t\x1b[2J" + "w" * 3_000),),
            ),
            verdicts=(Verdict(expectation=f"span({script!r})"),),
            findings=(a_finding(message=f"{script}: expected 'a', captured '\u2028'", where=script),),
        ),
        packages={script: "1"},
        cut=(script,),
    )
