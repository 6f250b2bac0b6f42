from __future__ import annotations

import pytest

from harness import regex, trace
from harness.errors import FilterError
from harness.expect import TraceExpectation, check_all, check_count, check_none, failure_message, find
from harness.model import XRayTrace
from tests.builders import a_segment, a_subsegment, a_telemetry

SLOW, QUICK = "1-67891233-aaaaaaaaaaaaaaaaaaaaaaaa", "1-67891233-bbbbbbbbbbbbbbbbbbbbbbbb"
TELEMETRY = a_telemetry(
    a_segment("web", a_subsegment("db", namespace="remote"), ms=2000, trace_id=SLOW, annotations={"age": 3}),
    a_segment("web", id="f" * 16, ms=10, trace_id=QUICK, http={"response": {"status": 404}}),
)


def messages(expectation: TraceExpectation) -> list[str]:
    return [f"{f.where} | {f.id}: {f.message}" for f in expectation.check(TELEMETRY).findings]


def test_a_trace_that_answers_is_found() -> None:
    found = find(trace(filter='service("web") AND duration > 1'), TELEMETRY)

    assert isinstance(found, XRayTrace)
    assert (found.trace_id, [segment.name for segment in found.segments]) == (SLOW, ["web"])
    assert messages(trace(filter="error", trace_id=regex("b+$"))) == []


def test_traces_are_counted_and_ruled_out() -> None:
    assert check_count(2, trace(filter='service("web")'), TELEMETRY).passed
    assert check_none([trace(filter="fault")], TELEMETRY).passed
    (found,) = check_none([trace(filter="error")], TELEMETRY).findings
    assert (found.id, found.message) == (
        "trace_unexpected",
        f"expected no trace that answers to error, captured 1: {QUICK}",
    )


def test_each_part_that_does_not_hold_is_named_for_the_closest_trace() -> None:
    text = 'service("db") AND responsetime < 1 AND annotation.age = 4'
    assert messages(trace(filter=text)) == [
        f"trace {text} | filter_mismatch: responsetime < 1 does not hold: captured 2.0",
        f"trace {text} | filter_mismatch: annotation.age = 4 does not hold: captured 3",
    ]


def test_no_trace_at_all_is_said() -> None:
    (found,) = trace(filter="ok").check(a_telemetry()).findings
    assert (found.id, found.message) == (
        "trace_missing",
        "no trace that answers to ok was captured; no trace was captured at all",
    )


def test_the_failure_shows_the_captured_segments() -> None:
    expectation = trace(filter="fault", trace_id=SLOW)
    text = failure_message(expectation.check(TELEMETRY), TELEMETRY)
    assert text.startswith(
        "1 expectation not met\n  at trace fault\n    filter_mismatch: fault does not hold: captured False\n"
        "captured:\n  web [segment] 2000.0 ms"
    )


def test_a_match_is_the_root_segment_with_what_was_looked_at() -> None:
    (match,) = trace(filter="http.status = 404 AND error").check(TELEMETRY).matched
    assert (match.signal, match.node_id) == ("segment", f"{QUICK}/{'f' * 16}")
    assert match.fields == ("http.response.status", "error")
    (match,) = trace(filter="annotation.age", trace_id=SLOW).check(TELEMETRY).matched
    assert match.fields == ("trace_id", "annotations.age")


def test_two_expectations_need_two_traces() -> None:
    expectation = trace(filter="error")
    (found,) = check_all([expectation, expectation], TELEMETRY).findings
    assert found.id == "filter_mismatch"


def test_a_filter_that_cannot_be_checked_is_refused_when_it_is_written() -> None:
    with pytest.raises(FilterError, match="no keyword 'falt'; closest: 'fault'"):
        trace(filter="falt")
    with pytest.raises(FilterError, match=r"knows no groups.*read telemetry.in_group\(name\)"):
        trace(filter='group.name = "g"')


def test_it_is_a_value() -> None:
    assert trace(filter="ok  AND fault") == trace(filter="ok fault")
    assert repr(trace(filter="ok fault", trace_id="1")) == "trace(filter='ok AND fault', trace_id='1')"
