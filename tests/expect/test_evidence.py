from __future__ import annotations

from typing import Any

from harness import log_event, regex, segment, span, subsegment
from harness.expect import Expectation
from harness.model import Incident, Rejected, Site, Telemetry, Unfinished, Unsampled
from tests.builders import a_segment, a_span, a_telemetry

WAITING = Unfinished(
    kind="segment",
    name="user_activities",
    site=Site("services/user_activities.py", 7),
    ended=True,
    waits_for=(
        Unfinished(kind="subsegment", name="mock-data", site=Site("services/user_activities.py", 30)),
    ),
)


def message(expectation: Expectation[Any], telemetry: Telemetry) -> str:
    (finding,) = expectation.check(telemetry).findings
    return finding.message


def test_an_unfinished_segment_explains_a_missing_one() -> None:
    assert message(segment("backend-flask"), a_telemetry(unfinished=(WAITING,))) == (
        "no segment 'backend-flask' was captured; unfinished: segment 'user_activities'"
        " (services/user_activities.py:7) waits for subsegment 'mock-data'"
        " (services/user_activities.py:30), begun and never ended"
    )


def test_the_unfinished_entry_of_the_name_is_told_alone() -> None:
    other = Unfinished(kind="segment", name="other")
    telemetry = a_telemetry(a_segment("x"), unfinished=(other, WAITING))
    assert message(subsegment("mock-data"), telemetry) == (
        "no subsegment 'mock-data' was captured; no subsegment was captured at all; unfinished: segment"
        " 'user_activities' (services/user_activities.py:7) waits for subsegment 'mock-data'"
        " (services/user_activities.py:30), begun and never ended"
    )


def test_unfinished_spans_explain_spans_only() -> None:
    unfinished = (
        Unfinished(kind="span", name="begun"),
        Unfinished(kind="span", name="held", ended=True),
        WAITING,
    )
    assert message(span("a"), a_telemetry(a_span("zzz"), unfinished=unfinished)) == (
        "no span 'a' was captured; captured: 'zzz';"
        " unfinished: span 'begun', begun and never ended, span 'held', ended and never sent"
    )


def test_what_holds_an_entry_back_may_be_deep() -> None:
    deep = Unfinished(kind="subsegment", name="0", site=Site("a.py", 1))
    for level in range(1, 3_000):
        deep = Unfinished(kind="subsegment", name=str(level), waits_for=(deep,))
    assert message(segment("a"), a_telemetry(unfinished=(deep,))) == (
        "no segment 'a' was captured; unfinished: subsegment '2999' waits for subsegment '0' (a.py:1),"
        " begun and never ended"
    )


def test_rejected_input_and_incidents_of_the_channel_are_counted() -> None:
    telemetry = a_telemetry(
        rejected=(
            Rejected(channel="xray", reason="not JSON"),
            Rejected(channel="xray", reason="no id"),
            Rejected(channel="otlp", reason="truncated"),
        ),
        incidents=(
            Incident(id="segment_replaced", channel="xray", message="lost"),
            Incident(id="segment_replaced", channel="xray", message="lost"),
        ),
    )
    assert message(segment("a"), telemetry) == (
        "no segment 'a' was captured; 2 payloads on channel xray rejected (first: not JSON);"
        " 2 incidents (segment_replaced)"
    )
    assert message(span("a"), telemetry) == (
        "no span 'a' was captured; 1 payload on channel otlp rejected (truncated)"
    )
    assert message(log_event("a"), telemetry) == (
        "no log event 'a' was captured; no log event was captured at all"
    )


def test_a_span_that_was_not_sampled_explains_a_missing_one_of_its_name() -> None:
    unsampled = (
        Unsampled(name="query", reason="dropped by AlwaysOffSampler", count=3, site=Site("app.py", 7)),
        Unsampled(name="other", reason="its parent is not sampled"),
    )
    telemetry = a_telemetry(a_span("GET /"), unsampled=unsampled)
    clause = "started and not sampled: span 'query' (app.py:7) × 3, dropped by AlwaysOffSampler"

    assert message(span("query"), telemetry) == (f"no span 'query' was captured; captured: 'GET /'; {clause}")
    assert message(span(regex("^que")), telemetry) == (
        f"no span matching regex('^que') was captured; captured: 'GET /'; {clause}"
    )
    assert message(span("GET /").with_child(span("query")), telemetry) == (
        f"no child span 'query' was captured; 'GET /' has none; {clause}"
    )
    assert message(span("missing"), telemetry) == "no span 'missing' was captured; captured: 'GET /'"
