from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.waterfall import Request, requests_of
from harness.model import LogRecord, Span, Telemetry
from tests.report.records import (
    EPOCH_NS,
    TRACE_ID,
    XRAY_TRACE_ID,
    a_log_event,
    a_segment,
    a_span,
    a_subsegment,
    home_activities,
)


def outline(request: Request) -> list[tuple[str, int, str, float, float | None, bool]]:
    return [
        (row.signal, row.depth, row.name, round(row.start_ms, 3), _rounded(row.duration_ms), row.by_time)
        for row in request.rows
    ]


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 3)


def a_request(name: str, number: int, start_ms: float, ms: float) -> Span:
    return a_span(name, trace_id=f"{number:032x}", start_ms=start_ms, ms=ms)


def test_nothing_captured_is_no_request() -> None:
    assert requests_of(Telemetry()) == ()


def test_a_request_in_three_signals_is_on_one_axis() -> None:
    (request,) = requests_of(home_activities().telemetry)

    assert (request.name, request.trace_ids) == ("GET /api/activities/home", (TRACE_ID, XRAY_TRACE_ID))
    assert (request.start_ns, request.duration_ms, request.by_time) == (EPOCH_NS, 3.1, True)
    assert outline(request) == [
        ("span", 0, "GET /api/activities/home", 0.0, 3.1, False),
        ("span", 1, "home-activites-mock-data", 0.9, 1.1, False),
        ("segment", 0, "backend-flask", 0.2, 2.7, True),
        ("segment", 1, "mock-data", 0.8, 0.4, True),
        ("log_event", 0, "HomeActivities", 1.0, None, True),
        ("log_record", 0, "3 results", 1.9, None, False),
    ]


def test_a_segment_joins_the_trace_it_overlaps_best() -> None:
    telemetry = Telemetry(
        spans=(a_request("long", 1, 0, 100), a_request("first", 2, 10, 10), a_request("second", 3, 21, 10)),
        segments=(a_segment("one", start_ms=11, ms=9), a_segment("two", start_ms=22, ms=8, trace_id="1-b")),
    )

    assert [(r.name, [row.name for row in r.rows]) for r in requests_of(telemetry)] == [
        ("long", ["long"]),
        ("first", ["first", "one"]),
        ("second", ["second", "two"]),
    ]


def test_a_segment_that_overlaps_no_trace_is_its_own_request() -> None:
    telemetry = Telemetry(
        spans=(a_request("late", 1, 50, 10),),
        segments=(a_segment("early", subsegments=(a_subsegment("inner"),)),),
    )

    assert [(r.name, r.trace_ids, r.by_time) for r in requests_of(telemetry)] == [
        ("early", (XRAY_TRACE_ID,), False),
        ("late", (f"{1:032x}",), False),
    ]


def test_the_axis_holds_a_segment_that_is_longer_than_its_trace() -> None:
    telemetry = Telemetry(spans=(a_span("inner", start_ms=2, ms=2),), segments=(a_segment("outer", ms=10),))

    (request,) = requests_of(telemetry)

    assert (request.start_ns, round(request.duration_ms, 3)) == (EPOCH_NS, 10.0)
    assert outline(request) == [
        ("span", 0, "inner", 2.0, 2.0, False),
        ("segment", 0, "outer", 0.0, 10.0, True),
    ]


def test_a_log_joins_by_its_id_before_its_time() -> None:
    record = LogRecord(body="by id", time_unix_nano=EPOCH_NS + 51_000_000, trace_id=f"{1:032x}")
    telemetry = Telemetry(
        spans=(a_request("early", 1, 0, 10), a_request("late", 2, 50, 10)),
        log_records=(record,),
        log_events=(
            a_log_event(f"trace_id={1:032x} named", at_ms=52),
            a_log_event("trace_id=" + "f" * 32 + " unknown", at_ms=53),
        ),
    )

    early, late = requests_of(telemetry)

    assert outline(early)[1:] == [
        ("log_record", 0, "by id", 51.0, None, False),
        ("log_event", 0, f"trace_id={1:032x} named", 52.0, None, False),
    ]
    assert outline(late)[1:] == [("log_event", 0, "trace_id=" + "f" * 32 + " unknown", 3.0, None, True)]


def test_a_log_event_may_be_a_millisecond_early_from_rounding() -> None:
    # It was logged 5.4 ms after the epoch; CloudWatch keeps whole milliseconds.
    telemetry = Telemetry(
        spans=(a_span("GET /x", start_ms=5.3, ms=1.0),), log_events=(a_log_event("rounded", at_ms=5),)
    )

    (request,) = requests_of(telemetry)

    assert outline(request)[1] == ("log_event", 0, "rounded", -0.3, None, True)


def test_logs_that_fall_in_no_request_have_a_lane_of_their_own() -> None:
    telemetry = Telemetry(
        spans=(a_span("GET /x", ms=3),),
        log_events=(a_log_event("late", at_ms=900), a_log_event("later", at_ms=950)),
    )

    _, lane = requests_of(telemetry)

    assert (lane.name, lane.trace_ids, lane.duration_ms, lane.by_time) == ("", (), 50.0, False)
    assert outline(lane) == [
        ("log_event", 0, "late", 0.0, None, False),
        ("log_event", 0, "later", 50.0, None, False),
    ]


def test_what_never_ended_has_no_duration() -> None:
    (request,) = requests_of(Telemetry(spans=(a_span("open", ms=None),)))

    (row,) = request.rows
    assert (row.finished, row.duration_ms, request.duration_ms) == (False, None, 0.0)


def test_an_error_record_fails_its_row() -> None:
    record = LogRecord(body={"k": 1}, severity_number=17, observed_time_unix_nano=EPOCH_NS)

    ((row,),) = (request.rows for request in requests_of(Telemetry(log_records=(record,))))

    assert (row.name, row.kind, row.failed) == ("{'k': 1}", "17", True)


INTERVALS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=12)


@given(INTERVALS, INTERVALS, st.lists(st.integers(0, 80), max_size=12))
def test_every_captured_thing_is_in_exactly_one_request(
    spans: list[tuple[int, int]], segments: list[tuple[int, int]], logs: list[int]
) -> None:
    telemetry = Telemetry(
        spans=tuple(a_request(f"span {i}", i, start, ms) for i, (start, ms) in enumerate(spans)),
        segments=tuple(
            a_segment(f"segment {i}", trace_id=f"1-{i}", start_ms=start, ms=ms)
            for i, (start, ms) in enumerate(segments)
        ),
        log_events=tuple(a_log_event(f"log {i}", at_ms=at) for i, at in enumerate(logs)),
    )

    names = [row.name for request in requests_of(telemetry) for row in request.rows]

    expected = [f"span {i}" for i in range(len(spans))]
    expected += [f"segment {i}" for i in range(len(segments))] + [f"log {i}" for i in range(len(logs))]
    assert sorted(names) == sorted(expected)


@given(INTERVALS, st.integers(0, 80))
def test_a_log_is_placed_as_a_full_scan_would(spans: list[tuple[int, int]], at: int) -> None:
    telemetry = Telemetry(
        spans=tuple(a_request(f"span {i}", i, start, ms) for i, (start, ms) in enumerate(spans)),
        log_events=(a_log_event("log", at_ms=at),),
    )

    joined = [
        r.rows[0].name for r in requests_of(telemetry) if r.name and any(row.name == "log" for row in r.rows)
    ]

    distances = [max(start - at, at - start - ms, 0) for start, ms in spans]
    nearest = min(distances, default=2)
    assert joined == [] if nearest > 1 else distances[int(joined[0].split()[1])] == nearest
