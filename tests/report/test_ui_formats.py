"""Zipkin's and Jaeger's JSON: what we write, Zipkin's reader reads back; Jaeger's shape is its UI's."""

import json
from typing import Any

from harness.codec import otlp, zipkin
from harness.model import Link, Resource, RunRecord, Scope, SpanEvent, SpanKind, Status, StatusCode
from harness.report import render
from tests.builders import a_span, a_telemetry
from tests.report.records import a_run, a_scenario

ROOT = a_span("GET /", kind=SpanKind.SERVER, resource=Resource(attributes={"service.name": "shop", "n": 1}))
CHILD = a_span(
    "load",
    parent=ROOT,
    scope=Scope(name="shop.db"),
    status=Status(StatusCode.ERROR, "reset"),
    attributes={"rows": 3, "ok": True, "share": 0.5, "names": ["a", "b"], "text": "<b>"},
    events=(SpanEvent(name="retry", time_unix_nano=1_500_000, attributes={"try": 2}),),
    links=(Link(trace_id="ab" * 16, span_id="cd" * 8),),
)
RUN: RunRecord = a_run(a_scenario(telemetry=a_telemetry(ROOT, CHILD)))


def rendered(name: str) -> Any:
    return json.loads(render(RUN, name))


def test_zipkin_reads_back_what_we_write() -> None:
    message = zipkin.parse_request("application/json", json.dumps(rendered("zipkin")).encode())
    root, child = (decode() for _, decode in otlp.spans_of(message))

    assert (root.name, root.kind, root.trace_id) == ("GET /", SpanKind.SERVER, ROOT.trace_id)
    assert root.resource.attributes == {"service.name": "shop"}
    assert (child.parent_span_id, child.kind) == (ROOT.span_id, SpanKind.INTERNAL)
    assert child.status == Status(StatusCode.ERROR, "reset")
    assert child.scope.name == "shop.db"
    assert child.attributes == {
        "rows": "3",
        "ok": "true",
        "share": "0.5",
        "names": '["a","b"]',
        "text": "<b>",
    }
    assert [event.name for event in child.events] == ["retry"]


def test_jaeger_has_one_trace_with_its_processes_and_references() -> None:
    (trace,) = rendered("jaeger")["data"]
    root, child = trace["spans"]

    assert trace["traceID"] == ROOT.trace_id
    assert trace["processes"][root["processID"]] == {
        "serviceName": "shop",
        "tags": [{"key": "n", "type": "int64", "value": 1}],
    }
    assert trace["processes"][child["processID"]]["serviceName"] == "unknown_service"
    assert child["references"] == [
        {"refType": "CHILD_OF", "traceID": ROOT.trace_id, "spanID": ROOT.span_id},
        {"refType": "FOLLOWS_FROM", "traceID": "ab" * 16, "spanID": "cd" * 8},
    ]
    tags = {tag["key"]: (tag["type"], tag["value"]) for tag in child["tags"]}
    assert tags["rows"] == ("int64", 3)
    assert tags["ok"] == ("bool", True)
    assert tags["share"] == ("float64", 0.5)
    assert tags["names"] == ("string", '["a","b"]')
    assert tags["error"] == ("bool", True)
    assert child["logs"][0]["timestamp"] == 1500
    assert child["duration"] == 1000


def test_a_run_without_spans_is_empty_and_valid() -> None:
    assert json.loads(render(RunRecord(), "zipkin")) == []
    assert json.loads(render(RunRecord(), "jaeger")) == {"data": []}


def test_a_span_of_no_duration_is_drawn() -> None:
    run = a_run(a_scenario(telemetry=a_telemetry(a_span("now", ms=0.0))))

    assert json.loads(render(run, "zipkin"))[0]["duration"] == 1
