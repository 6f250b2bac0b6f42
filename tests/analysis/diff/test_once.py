"""What an app does once in a process is no difference, whichever scenario has it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model import RunRecord, ScenarioRecord, SpanKind, Telemetry
from tests.analysis.diff.runs import changes
from tests.builders import a_log_event, a_span, a_telemetry, an_export

GROUP = an_export("CreateLogGroup", channel="aws", items=0)
STARTED, ORDER = a_log_event("started"), a_log_event("order placed")
CONNECT = a_span("connect", kind=SpanKind.CLIENT)


def a_run(first: tuple[Any, ...], second: tuple[Any, ...], outside: tuple[Any, ...] = ()) -> RunRecord:
    named = {"test_a": a_telemetry(*first), "test_b": a_telemetry(*second)}
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=name, telemetry=telemetry) for name, telemetry in named.items()),
        outside=a_telemetry(*outside) if outside else Telemetry(),
    )


def test_calls_without_telemetry_are_compared_by_presence_over_the_whole_run() -> None:
    refused = an_export("CreateLogGroup", channel="aws", items=0, status=400, headers={"x-amz-date": "now"})

    assert changes(a_run((GROUP,), ()), a_run((), (refused, GROUP))) == []
    assert changes(a_run((GROUP,), ()), a_run((), (), (GROUP,))) == []
    assert changes(a_run((GROUP,), ()), a_run((), ())) == [
        "count_changed at aws CreateLogGroup: count some → none"
    ]


@pytest.mark.parametrize(
    ("channel", "path"),
    [("xray", "/SamplingTargets"), ("aws", "/SamplingTargets"), ("aws", "GetSamplingTargets")],
)
def test_reports_of_sampling_say_only_how_long_a_run_took(channel: str, path: str) -> None:
    report = an_export(path, channel=channel, items=0)
    assert changes(a_run((report,), ()), a_run((), ())) == []


def test_an_export_of_otlp_without_items_is_compared() -> None:
    empty = an_export(items=0)

    assert changes(a_run((empty,), ()), a_run((), ())) == [
        "removed at otlp /v1/traces: otlp /v1/traces → None"
    ]


def test_what_another_scenario_has_instead_is_another_count() -> None:
    for once in (STARTED, CONNECT):
        name = "started" if once is STARTED else "connect"
        before, after = a_run((once, ORDER), (ORDER,)), a_run((ORDER,), (once, ORDER))

        assert changes(before, after) == [
            f"count_changed at {name}: count 0 → 1",
            f"count_changed at {name}: count 1 → 0",
        ]


def test_what_came_to_be_outside_is_another_count() -> None:
    assert changes(a_run((STARTED,), (), (STARTED,)), a_run((), (), (STARTED, STARTED))) == [
        "count_changed at started: count 1 → 0",
        "count_changed at started: count 1 → 2",
    ]


def test_what_is_nowhere_as_often_is_gone() -> None:
    assert changes(a_run((ORDER,), (ORDER,)), a_run((), (ORDER,))) == [
        "removed at order placed: order placed → None"
    ]
    assert changes(a_run((ORDER, ORDER), ()), a_run((), (ORDER,))) == [
        "removed at order placed: order placed → None",
        "added at order placed: None → order placed",
    ]


def test_messages_that_changed_places_were_not_reworded() -> None:
    otel, xray = a_log_event("initializing otel middleware"), a_log_event("initializing xray middleware")

    found = changes(a_run((otel,), (xray,)), a_run((xray,), (otel,)))
    assert {line.split(" at ")[0] for line in found} == {"count_changed"}
