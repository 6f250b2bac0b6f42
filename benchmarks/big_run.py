"""Runs of many spans, and what a hand-written loop over them looks like."""

from __future__ import annotations

from harness.model import RunRecord, ScenarioRecord, Scope, Span, SpanKind, Telemetry

OPERATIONS = 100
CHILDREN = 9
"""Of each request, which has that many spans and one more."""
START_NS = 1_700_000_000_000_000_000


def a_run(spans: int, *, name: str = "test", operations: int = OPERATIONS) -> RunRecord:
    """Return a run of so many spans: 100 requests in each scenario, to one operation after the other."""
    scenarios = spans // (OPERATIONS * (CHILDREN + 1))
    return RunRecord(
        scenarios=tuple(
            ScenarioRecord(
                name=f"{name}_{number}",
                telemetry=Telemetry(
                    spans=tuple(
                        span
                        for request in range(number * OPERATIONS, (number + 1) * OPERATIONS)
                        for span in _request(request % operations, f"{request + 1:032x}", number)
                    )
                ),
            )
            for number in range(scenarios)
        )
    )


def _request(operation: int, trace_id: str, number: int) -> list[Span]:
    scope = Scope(name="app")
    root = Span(
        trace_id=trace_id,
        span_id=f"{1:016x}",
        name=f"GET /api/{operation}",
        kind=SpanKind.SERVER,
        start_time_unix_nano=START_NS,
        end_time_unix_nano=START_NS + 1_000_000,
        attributes={"http.method": "GET", "http.status_code": 200, "net.peer.port": 40_000 + number},
        scope=scope,
    )
    below = [
        Span(
            trace_id=trace_id,
            span_id=f"{child + 2:016x}",
            parent_span_id=root.span_id,
            name=f"query {child}",
            start_time_unix_nano=START_NS + child,
            end_time_unix_nano=START_NS + child + 1_000,
            attributes={"app.now": "2026-03-01T12:00:00+00:00", "rows": child, "db.system": "postgresql"},
            scope=scope,
        )
        for child in range(CHILDREN)
    ]
    return [root, *below]


def by_hand(record: RunRecord) -> int:
    """Return how many spans are as expected: what a team writes without a contract."""
    good = 0
    for scenario in record.scenarios:
        for span in scenario.telemetry.spans:
            if span.name.startswith("GET "):
                good += (
                    span.kind is SpanKind.SERVER
                    and span.attributes.get("http.status_code") == 200
                    and span.attributes.get("http.method") == "GET"
                    and type(span.attributes.get("net.peer.port")) is int
                )
            else:
                good += (
                    span.attributes.get("db.system") == "postgresql"
                    and type(span.attributes.get("rows")) is int
                    and "T" in span.attributes.get("app.now", "")
                )
    return good
