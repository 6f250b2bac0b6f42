"""Zipkin's and Jaeger's JSON: what we write, Zipkin's reader reads back; Jaeger's shape is its UI's."""

import json
from typing import Any

from harness.codec import otlp, zipkin
from harness.model import Link, Resource, RunRecord, Scope, SpanEvent, SpanKind, Status, StatusCode
from harness.report import render
from tests.builders import START_S, a_segment, a_span, a_subsegment, a_telemetry
from tests.report.records import a_run, a_scenario

ROOT = a_span("GET /", kind=SpanKind.SERVER, resource=Resource(attributes={"service.name": "shop", "n": 1}))
CHILD = a_span(
    "load",
    parent=ROOT,
    scope=Scope(name="shop.db", version="1.2", schema_url="https://x/1", attributes={"tier": "a|b"}),
    trace_state="vendor=1",
    status=Status(StatusCode.ERROR, "reset"),
    attributes={"rows": 3, "ok": True, "share": 0.5, "names": ["a", "b"], "text": "<b>"},
    events=(SpanEvent(name="retry", time_unix_nano=1_500_000, attributes={"try": 2}),),
    links=(
        Link(trace_id="ab" * 16, span_id="cd" * 8),
        Link(trace_id="ab" * 16, span_id="ef" * 8, trace_state="a=1,b=2", attributes={"why": "x|}", "n": 1}),
    ),
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
    assert (child.scope, child.links, child.trace_state) == (CHILD.scope, CHILD.links, "vendor=1")
    assert root.attributes == {"n": "1"}
    assert child.attributes == {
        "rows": "3",
        "ok": "true",
        "share": "0.5",
        "names": '["a","b"]',
        "text": "<b>",
    }
    assert child.events == CHILD.events


def test_an_event_is_written_as_opentelemetry_maps_it() -> None:
    root, child = rendered("zipkin")

    assert root["annotations"] == []
    assert child["annotations"] == [{"timestamp": 1500, "value": '"retry": {"try":2}'}]


def test_the_scope_is_tags() -> None:
    for spans in ([*rendered("zipkin")[1]["tags"].items()], [*jaeger_tags(1).items()]):
        assert [pair for pair in spans if pair[0].startswith("otel.scope.")] == [
            ("otel.scope.tier", "a|b"),
            ("otel.scope.name", "shop.db"),
            ("otel.scope.version", "1.2"),
            ("otel.scope.schema_url", "https://x/1"),
        ]
    assert not [key for key in jaeger_tags(0) if key.startswith("otel.scope.")]


def test_links_are_written_as_the_collector_does_and_a_trace_state_too() -> None:
    tags = rendered("zipkin")[1]["tags"]

    assert tags["otlp.link.0"] == f"{'ab' * 16}|{'cd' * 8}||{{}}|0"
    assert tags["otlp.link.1"] == f'{"ab" * 16}|{"ef" * 8}|a=1,b=2|{{"why":"x|}}","n":1}}|0'
    assert tags["w3c.tracestate"] == jaeger_tags(1)["w3c.tracestate"] == "vendor=1"


def jaeger_tags(index: int) -> dict[str, Any]:
    return {tag["key"]: tag["value"] for tag in rendered("jaeger")["data"][0]["spans"][index]["tags"]}


REMOTE = a_subsegment(
    "api.example",
    id="C" * 16,
    namespace="remote",
    http={"request": {"method": "GET", "url": "https://api.example/"}, "response": {"status": 503}},
    fault=True,
    cause={
        "working_directory": "/app",
        "exceptions": [
            {
                "type": "IOError",
                "message": "reset",
                "stack": [{"path": "app.py", "line": 7, "label": "load"}, {"path": "run.py"}],
            }
        ],
    },
)
SEGMENT = a_segment(
    "shop",
    a_subsegment("load", REMOTE, id="b" * 16, annotations={"rows": 3}, metadata={"default": {"who": "a"}}),
    id="a" * 16,
    parent_id="d" * 16,
    trace_id="1-5759E988-BD862E3FE1BE46A994272793",
    origin="AWS::ECS::Container",
    service={"version": "2"},
    user="worf",
)
SEGMENTS: RunRecord = a_run(a_scenario(telemetry=a_telemetry(SEGMENT)))


def test_a_segment_without_a_service_has_no_tag_of_it() -> None:
    (span,) = json.loads(render(a_run(a_scenario(telemetry=a_telemetry(a_segment()))), "zipkin"))

    assert not [tag for tag in span.get("tags", {}) if tag.startswith("aws.xray.service")]


def test_segments_and_subsegments_are_spans_in_zipkin() -> None:
    message = zipkin.parse_request(
        "application/json", json.dumps(json.loads(render(SEGMENTS, "zipkin"))).encode()
    )
    spans = [decode() for _, decode in otlp.spans_of(message)]

    assert {span.trace_id for span in spans} == {"5759e988bd862e3fe1be46a994272793"}
    assert {span.resource.attributes["service.name"] for span in spans} == {"shop"}
    assert [(span.name, span.kind, span.span_id, span.parent_span_id) for span in spans] == [
        ("shop", SpanKind.SERVER, "a" * 16, "d" * 16),
        ("load", SpanKind.INTERNAL, "b" * 16, "a" * 16),
        ("api.example", SpanKind.CLIENT, "c" * 16, "b" * 16),
    ]
    service = {"aws.xray.origin": "AWS::ECS::Container", "aws.xray.service.version": "2"}
    assert [span.attributes for span in spans] == [
        service | {"aws.xray.user": "worf"},
        service | {"annotations.rows": "3", "metadata.default.who": "a"},
        service
        | {
            "http.request.method": "GET",
            "http.request.url": "https://api.example/",
            "http.response.status": "503",
            "aws.xray.fault": "true",
            "aws.xray.namespace": "remote",
        },
    ]
    assert [span.status for span in spans] == [Status(), Status(), Status(StatusCode.ERROR, "reset")]
    (raised,) = spans[2].events
    assert raised.attributes == {
        "exception.type": "IOError",
        "exception.message": "reset",
        "exception.stacktrace": "app.py:7 load\nrun.py:",
    }


def test_a_segment_is_a_span_in_jaeger_with_its_times_and_types() -> None:
    (trace,) = json.loads(render(SEGMENTS, "jaeger"))["data"]
    _, load, remote = trace["spans"]

    assert trace["traceID"] == "5759e988bd862e3fe1be46a994272793"
    assert (load["startTime"], load["duration"]) == (round(START_S * 1e6), 1000)
    assert {"key": "annotations.rows", "type": "int64", "value": 3} in load["tags"]
    assert {"key": "error", "type": "bool", "value": True} in remote["tags"]
    assert trace["processes"][remote["processID"]]["serviceName"] == "shop"


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
        {"refType": "FOLLOWS_FROM", "traceID": "ab" * 16, "spanID": "ef" * 8},
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
