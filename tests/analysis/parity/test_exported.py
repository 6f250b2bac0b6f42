"""Spans as X-Ray gets them from the Collector's exporter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from harness.analysis.parity import Indexed, exported
from harness.analysis.parity.attributes import kept_attributes
from harness.analysis.parity.http_block import http_block
from harness.analysis.parity.naming import document_name, namespace_of
from harness.analysis.parity.outcomes import cause_of, flags_of
from harness.model import Resource, Segment, Span, SpanEvent, SpanKind, Status, StatusCode, Subsegment
from harness.xray_filter.service_map import documents_of
from tests.analysis.parity.strategies import INDEXED, SPANS
from tests.builders import START_NS, TRACE, a_span

SERVER, CLIENT = SpanKind.SERVER, SpanKind.CLIENT
SERVICE = Resource(attributes={"service.name": "backend-flask"})
ERROR = Status(StatusCode.ERROR)


def test_a_request_is_a_segment_with_its_spans_below_it() -> None:
    root = a_span("GET /", kind=SERVER, resource=SERVICE, parent_span_id="a" * 16)
    child = a_span("mock-data", parent=root, at_ms=1)
    call = a_span("GET", parent=child, kind=CLIENT, at_ms=2, attributes={"peer.service": "shop"})

    sent = exported([call, child, root])

    (segment,) = sent.segments
    assert (segment.name, segment.parent_id) == ("backend-flask", "a" * 16)
    assert segment.trace_id == f"1-{TRACE[:8]}-{TRACE[8:]}"
    assert segment.start_time == START_NS / 1e9
    (mock,) = segment.subsegments
    assert (mock.name, mock.namespace, mock.parent_id) == ("mock-data", None, root.span_id)
    assert [(each.name, each.namespace) for each in mock.subsegments] == [("shop", "remote")]
    assert sent.orphans == ()


def test_what_has_lost_its_parent_is_an_orphan() -> None:
    unfinished = a_span("GET /", kind=SERVER, ms=None)
    child = a_span("mock-data", parent=unfinished)
    below = a_span("rows", parent=child)

    sent = exported([unfinished, child, below])

    assert sent.segments == ()
    assert [(orphan.name, len(orphan.subsegments)) for orphan in sent.orphans] == [("mock-data", 1)]


def test_a_server_span_below_another_is_a_segment_of_its_own() -> None:
    root = a_span("GET /", kind=SERVER, resource=SERVICE)
    called = a_span(
        "GET /shop", kind=SERVER, parent=root, resource=Resource(attributes={"service.name": "s"})
    )

    assert [segment.name for segment in exported([root, called]).segments] == ["backend-flask", "s"]


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        (SERVER, {"aws.local.service": "local", "peer.service": "p"}, "local"),
        (CLIENT, {"aws.remote.service": "remote", "peer.service": "p"}, "remote"),
        (CLIENT, {"aws.remote.service": "AWS::DynamoDB", "rpc.system": "aws-api"}, "DynamoDB"),
        (CLIENT, {"aws.remote.service": "AWS.SDK.S3", "rpc.system": "aws-api"}, "S3"),
        (CLIENT, {"peer.service": "p", "db.name": "d"}, "p"),
        (CLIENT, {"db.name": "d", "db.connection_string": "jdbc:mysql://db.local:3306"}, "d@db.local"),
        (CLIENT, {"db.name": "d", "db.connection_string": "http://[broken"}, "d"),
        (SERVER, {"rpc.service": "r"}, "backend-flask"),
        (CLIENT, {"rpc.service": "r", "http.host": "h"}, "r"),
        (CLIENT, {"http.host": "h", "net.peer.name": "n"}, "h"),
        (CLIENT, {"net.peer.name": "n"}, "n"),
        (CLIENT, {"peer.service": 3}, "GET home1"),
    ],
)
def test_names(kind: SpanKind, attributes: dict[str, Any], expected: str) -> None:
    span = a_span("GET home(1)", kind=kind, attributes=attributes, resource=SERVICE)
    assert document_name(span) == expected


def test_a_span_of_refused_characters_has_a_name_all_the_same() -> None:
    assert document_name(a_span("(!)")) == "span"
    assert document_name(a_span("x" * 300)) == "x" * 200


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        (CLIENT, {}, "remote"),
        (CLIENT, {"rpc.system": "aws-api"}, "aws"),
        (CLIENT, {"aws.service": "S3"}, "aws"),
        (SpanKind.PRODUCER, {}, None),
        (SpanKind.PRODUCER, {"aws.remote.service": "q"}, "remote"),
        (SpanKind.INTERNAL, {}, None),
    ],
)
def test_namespaces(kind: SpanKind, attributes: dict[str, Any], expected: str | None) -> None:
    assert namespace_of(a_span(kind=kind, attributes=attributes)) == expected


@pytest.mark.parametrize(
    ("kind", "attributes", "url"),
    [
        (SERVER, {"http.scheme": "http", "http.host": "shop:5000", "http.target": "/a?b=1"}, "http://shop:5000/a?b=1"),
        (SERVER, {"url.scheme": "https", "server.address": "shop", "server.port": 443, "url.path": "/a"}, "https://shop/a"),
        (SERVER, {"url.path": "/a", "url.query": "b=1", "net.host.name": "shop", "net.host.port": 81}, "http://shop:81/a?b=1"),
        (CLIENT, {"url.full": "http://shop/a?b=1", "http.host": "other"}, "http://shop/a?b=1"),
        (CLIENT, {"http.method": "GET", "net.peer.name": "shop", "net.peer.port": 80}, "http://shop/"),
        (SERVER, {"http.method": "GET"}, None),
    ],
)  # fmt: skip
def test_urls(kind: SpanKind, attributes: dict[str, Any], url: str | None) -> None:
    assert http_block(a_span(kind=kind, attributes=attributes))["request"].get("url") == url


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"net.peer.ip": "10.0.0.1"}, {"client_ip": "10.0.0.1"}),
        ({"http.client_ip": "1.2.3.4", "net.peer.ip": "10.0.0.1"}, {"client_ip": "1.2.3.4"}),
        ({"client.address": "1.2.3.4"}, {"client_ip": "1.2.3.4", "x_forwarded_for": True}),
        ({"client.address": "somewhere"}, {}),
        ({"network.peer.address": "::1"}, {"client_ip": "::1"}),
        ({"user_agent.original": "curl"}, {"user_agent": "curl"}),
    ],
)
def test_clients(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    block = http_block(a_span(kind=SERVER, attributes={"http.method": "GET", **attributes}))
    assert {key: value for key, value in block["request"].items() if key not in ("method", "url")} == expected


def test_a_status_that_is_no_number_is_0() -> None:
    assert http_block(a_span(attributes={"http.status_code": "200"}))["response"]["status"] == 0
    assert http_block(a_span(attributes={"rows": 3})) == {}


def test_only_what_is_indexed_is_an_annotation() -> None:
    attributes = {
        "http.method": "GET",
        "http.status_code": 200,
        "app.user-id": 7,
        "rows": [1, 2],
        "handle": "worf",
        "enduser.id": "andrew",
        "aws.xray.annotations": ["app.user-id", "rows", "http.method", 3],
    }
    span = a_span(attributes=attributes, resource=SERVICE)

    assert kept_attributes(span, Indexed(), with_resource=False) == (
        "andrew",
        {"app.user_id": 7},
        {"default": {"handle": "worf"}},
    )
    # The exporter's own setting finds what the http block has taken.
    kept = kept_attributes(span, Indexed(frozenset({"http.method"})), with_resource=True)
    assert kept.annotations == {"http.method": "GET", "app.user_id": 7}
    assert kept.metadata == {"default": {"handle": "worf", "otel.resource.service.name": "backend-flask"}}
    everything = kept_attributes(span, Indexed(all=True), with_resource=True)
    assert everything.annotations == {
        "app.user_id": 7,
        "handle": "worf",
        "otel.resource.service.name": "backend-flask",
    }
    assert everything.metadata == {}


def test_metadata_has_the_namespaces_that_attributes_name() -> None:
    attributes = {
        "aws.xray.metadata.debug": '{"rows": 3}',
        "aws.xray.metadata.Default": '{"b": 1}',
        "aws.xray.metadata.broken": "{",
        "a": 1,
    }
    assert kept_attributes(a_span(attributes=attributes), Indexed(), with_resource=False).metadata == {
        "debug": {"rows": 3},
        "default": {"b": 1, "aws.xray.metadata.broken": "{", "a": 1},
    }


@pytest.mark.parametrize(
    ("attributes", "status", "expected"),
    [
        ({"http.status_code": 404}, Status(), (True, False, False)),
        ({"http.response.status_code": 429}, Status(), (True, False, True)),
        ({"http.status_code": 503}, Status(), (False, True, False)),
        ({"http.status_code": 200}, ERROR, (False, True, False)),
        ({"http.status_code": "404"}, Status(), (False, False, False)),
        ({}, ERROR, (False, True, False)),
    ],
)
def test_outcomes(attributes: dict[str, Any], status: Status, expected: tuple[bool, ...]) -> None:
    assert flags_of(a_span(attributes=attributes, status=status)) == expected


def test_causes() -> None:
    raised = {"exception.type": "requests.ConnectionError", "exception.message": "refused"}
    events = (SpanEvent(name="exception", time_unix_nano=0, attributes=raised),)
    exception = {"type": "requests.ConnectionError", "message": "refused", "remote": True}
    assert cause_of(a_span(kind=CLIENT, events=events)) == {"exceptions": [exception]}
    assert cause_of(a_span(status=Status(StatusCode.ERROR, "no rows"))) == {
        "exceptions": [{"type": "", "message": "no rows"}]
    }
    assert cause_of(a_span(status=ERROR)) is None


@given(SPANS, INDEXED)
def test_every_ended_span_is_one_document_below_its_parent(spans: list[Span], indexed: Indexed) -> None:
    sent = exported(spans, indexed)

    roots: list[Segment | Subsegment] = [*sent.segments, *sent.orphans]
    documents = [each for root in roots for each in documents_of(root)]
    ended = [span for span in spans if span.end_time_unix_nano is not None]
    assert sorted(each.id for each in documents) == sorted(span.span_id for span in ended)
    for document in documents:
        for child in document.subsegments:
            assert (child.trace_id, child.parent_id) == (document.trace_id, document.id)
            assert isinstance(child, Subsegment)


def test_a_trace_that_is_thousands_deep() -> None:
    spans = [a_span("0", kind=SERVER)]
    for number in range(1, 5_000):
        spans.append(a_span(str(number), parent=spans[-1], at_ms=number))

    (segment,) = exported(spans).segments

    assert sum(1 for _ in documents_of(segment)) == 5_000
