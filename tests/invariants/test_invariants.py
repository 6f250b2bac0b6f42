from pathlib import Path

from harness.invariants import check_invariants
from harness.invariants.exceptions import last_frame
from harness.model import (
    Finding,
    Incident,
    Level,
    Match,
    Rejected,
    Segment,
    Site,
    Span,
    SpanEvent,
    Subsegment,
    Telemetry,
    Unfinished,
    Verdict,
)

XRAY_TRACE = "1-58406520-a006649127e371903a2de979"
TRACE = "0af7651916cd43dd8448eb211c80319c"
STACK = """Traceback (most recent call last):
  File "app.py", line 7, in run
    len(None)
TypeError: no len()
"""


def a_failed_span(span_id: str, start: int = 0) -> Span:
    event = SpanEvent(
        name="exception",
        time_unix_nano=1,
        attributes={
            "exception.type": "TypeError",
            "exception.message": "no len()",
            "exception.stacktrace": STACK,
        },
    )
    return Span(trace_id=TRACE, span_id=span_id, name=span_id, start_time_unix_nano=start, events=(event,))


def test_an_exception_is_reported_once_with_the_line_that_raised() -> None:
    telemetry = Telemetry(spans=(a_failed_span("outer"), a_failed_span("inner", 1)))

    assert check_invariants(telemetry, ()) == (
        Finding(
            id="exception_unasserted",
            signal="span",
            level=Level.WARNING,
            where="outer",
            site=Site("app.py", 7, "run"),
            trace_id=TRACE,
            message="TypeError: no len(); the scenario asserts neither the span's status nor the event",
        ),
    )


def test_an_exception_that_a_check_asserts_is_no_finding() -> None:
    match = Match(signal="span", node_id=f"{TRACE}/inner", fields=("name", "events.exception"))
    telemetry = Telemetry(spans=(a_failed_span("outer"), a_failed_span("inner", 1)))

    assert check_invariants(telemetry, (Verdict(matched=(match,)),)) == ()


def test_a_match_that_looked_elsewhere_does_not_count() -> None:
    match = Match(signal="span", node_id=f"{TRACE}/inner", fields=("name", "attributes.a"))

    assert (
        len(check_invariants(Telemetry(spans=(a_failed_span("inner"),)), (Verdict(matched=(match,)),))) == 1
    )


def test_a_stack_of_another_language_has_no_frame() -> None:
    assert last_frame("at com.example.App.main(App.java:12)") is None


def test_the_frame_of_an_exception_is_the_apps() -> None:
    stack = (
        "Traceback (most recent call last):\n"
        f'  File "{Path.cwd()}/shop/api.py", line 60, in buy\n    abort(404)\n'
        '  File "/srv/venv/lib/python3.11/site-packages/werkzeug/exceptions.py", line 887, in abort\n'
        '  File "/usr/lib/python3.13/json/decoder.py", line 1, in decode\n'
        '  File "<frozen runpy>", line 198, in run\n'
    )

    assert last_frame(stack) == Site("shop/api.py", 60, "buy")
    assert last_frame('  File "/usr/lib/python3.13/json/decoder.py", line 1, in decode') == Site(
        "/usr/lib/python3.13/json/decoder.py", 1, "decode"
    )
    assert last_frame('  File "/elsewhere/app.py", line 2, in run') == Site("/elsewhere/app.py", 2, "run")


def test_incidents_become_findings_of_their_id() -> None:
    lost = Incident(id="segment_replaced", channel="xray", message="lost", name="s", site=Site("a.py", 1))
    renamed = Incident(id="name_changed", channel="xray", message="renamed")

    first, second = check_invariants(Telemetry(incidents=(lost, renamed)), ())

    assert (first.id, first.level, first.signal, first.where) == (
        "segment_replaced",
        Level.ERROR,
        "segment",
        "s",
    )
    assert first.site == Site("a.py", 1)
    assert second.level is Level.WARNING


def test_what_happened_twice_at_one_place_is_one_finding() -> None:
    missing = Incident(id="context_missing", channel="xray", message="lost", site=Site("a.py", 1))
    elsewhere = Incident(id="context_missing", channel="xray", message="lost", site=Site("a.py", 2))

    found = check_invariants(Telemetry(incidents=(missing, missing, elsewhere)), ())

    assert [finding.site for finding in found] == [missing.site, elsewhere.site]


def test_rejected_input_shows_its_beginning() -> None:
    rejected = Rejected(channel="otlp", reason="not protobuf", payload=b"x" * 61)

    (found,) = check_invariants(Telemetry(rejected=(rejected,)), ())

    assert (found.id, found.where) == ("input_rejected", "otlp")
    assert found.message == f"not protobuf; 61 bytes: {b'x' * 60!r}…"


def test_what_was_never_ended_says_where_and_what_to_do() -> None:
    child = Unfinished(kind="subsegment", name="query", site=Site("b.py", 2))
    unfinished = (
        Unfinished(kind="span", name="a", site=Site("a.py", 1)),
        Unfinished(kind="segment", name="s", site=Site("a.py", 3), ended=True, waits_for=(child,)),
        Unfinished(kind="segment", name="t", ended=True),
        Unfinished(kind="subsegment", name="u"),
    )

    findings = check_invariants(Telemetry(unfinished=unfinished), ())

    assert [(found.id, str(found.site) if found.site else "") for found in findings] == [
        ("span_unfinished", "a.py:1"),
        ("segment_unfinished", "b.py:2"),
        ("segment_unfinished", ""),
        ("subsegment_unfinished", ""),
    ]
    assert [found.message for found in findings] == [
        (
            "span 'a' (begun at a.py:1) was never ended, so no exporter sees it; "
            "end it, or use `start_as_current_span`"
        ),
        (
            "segment 's' (begun at a.py:3) was never sent: it waits for subsegment 'query' (b.py:2), "
            "begun and never ended; end the subsegment, or use `with xray_recorder.in_subsegment(…)`"
        ),
        (
            "segment 't' was ended and never sent to the daemon: on another thread or context,"
            " or its recorder has an emitter of its own"
        ),
        "subsegment 'u' was never ended and so never sent; end it on every path",
    ]


def test_what_stays_in_progress_on_the_wire_is_unfinished() -> None:
    child = Subsegment(id="1" * 16, name="load", start_time=1.0, in_progress=True)
    open_ = Segment(
        id="2" * 16, name="app", trace_id=XRAY_TRACE, start_time=1.0, in_progress=True, subsegments=(child,)
    )
    done = Segment(id="3" * 16, name="app", trace_id=XRAY_TRACE, start_time=1.0, end_time=2.0)

    found = check_invariants(Telemetry(segments=(open_, done)), ())

    assert [(finding.id, finding.where) for finding in found] == [
        ("segment_unfinished", "app"),
        ("subsegment_unfinished", "load"),
    ]
    assert found[0].message.startswith("segment 'app' was sent as in progress and never as complete")
