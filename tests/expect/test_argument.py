"""Wrong arguments are refused where an expectation is written, whoever wrote the value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from dirty_equals import IsInt, IsNumber, IsPartialDict
from opentelemetry import trace as trace_api
from opentelemetry._logs import SeverityNumber

from harness import (
    ERROR,
    OK,
    SERVER,
    MetricType,
    Status,
    absent,
    ends_with,
    event,
    export_request,
    hex_id,
    iso8601,
    length,
    link,
    log_event,
    log_record,
    metric,
    one_of,
    present,
    regex,
    segment,
    span,
    starts_with,
    subsegment,
    trace,
)
from harness.contract.metrics import promised_metric
from harness.expect import check_count
from harness.model import SpanKind
from tests.builders import a_log_record, a_span, a_telemetry

MATCHER = "or a matcher"
KINDS = ", ".join(kind.name for kind in SpanKind)
CASES: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (span, {"name": 5}, f"span: name: expected text {MATCHER}, 5 given"),
    (span, {"name": None}, f"span: name: expected text {MATCHER}, None given"),
    (span, {"name": ["a"]}, f"span: name: expected text {MATCHER}, ['a'] given"),
    (span, {"name": b"a"}, f"span: name: expected text {MATCHER}, b'a' given"),
    (span, {"attributes": [1]}, f"span: attributes: expected a mapping {MATCHER}, [1] given"),
    (span, {"attributes": None}, f"span: attributes: expected a mapping {MATCHER}, None given"),
    (span, {"attributes": {5: 1}}, "span: attributes: expected text as key, 5 given"),
    (span, {"attributes": {"a": {5: 1}}}, "span: attributes: expected text as key, 5 given"),
    (span, {"resource": "a"}, f"span: resource: expected a mapping {MATCHER}, 'a' given"),
    (span, {"scope": 1.5}, f"span: scope: expected text {MATCHER}, 1.5 given"),
    (span, {"duration": True}, f"span: duration: expected a number {MATCHER}, True given"),
    (
        span,
        {"kind": 2},
        f"span: kind: expected one of harness's {KINDS} {MATCHER}, 2 given",
    ),
    (
        span,
        {"kind": "SERVER"},
        f"span: kind: expected one of harness's {KINDS} {MATCHER}, 'SERVER' given; closest: SERVER",
    ),
    (
        span,
        {"kind": "servr"},
        f"span: kind: expected one of harness's {KINDS} {MATCHER}, 'servr' given; closest: SERVER",
    ),
    (span, {"kind": "x"}, f"span: kind: expected one of harness's {KINDS} {MATCHER}, 'x' given"),
    (
        span,
        {"status": "eror"},
        (
            f"span: status: expected one of harness's UNSET, OK, ERROR or a Status {MATCHER}, 'eror' given; "
            "closest: ERROR"
        ),
    ),
    (
        span,
        {"status": trace_api.StatusCode.OK},
        (
            f"span: status: expected one of harness's UNSET, OK, ERROR or a Status {MATCHER}, "
            "<StatusCode.OK: 1> given; closest: OK"
        ),
    ),
    (
        span,
        {"events": []},
        (
            "span: events: expected at least one event, none given; for a span without events leave it out, "
            "and assert that the events of telemetry.span(…) are ()"
        ),
    ),
    (
        span,
        {"links": ()},
        (
            "span: links: expected at least one link, none given; for a span without links leave it out, "
            "and assert that the links of telemetry.span(…) are ()"
        ),
    ),
    (
        span,
        {"status": 1},
        f"span: status: expected one of harness's UNSET, OK, ERROR or a Status {MATCHER}, 1 given",
    ),
    (span, {"events": "exception"}, "span: events: expected a list of names or event(…), 'exception' given"),
    (span, {"events": [3]}, f"event: name: expected text {MATCHER}, 3 given"),
    (span, {"links": 3}, "span: links: expected a list of link(…), 3 given"),
    (event, {"attributes": [1]}, f"event: attributes: expected a mapping {MATCHER}, [1] given"),
    (link, {"trace_id": 7}, f"link: trace_id: expected text {MATCHER}, 7 given"),
    (
        segment,
        {"name": "a", "annotations": 3},
        f"segment: annotations: expected a mapping {MATCHER}, 3 given",
    ),
    (segment, {"name": "a", "http": {1: 2}}, "segment: http: expected text as key, 1 given"),
    (segment, {"name": "a", "fault": 1}, f"segment: fault: expected True or False {MATCHER}, 1 given"),
    (
        segment,
        {"name": "a", "cause": 1},
        f"segment: cause: expected a mapping or text or None {MATCHER}, 1 given",
    ),
    (
        subsegment,
        {"name": "a", "namespace": 1},
        f"subsegment: namespace: expected text or None {MATCHER}, 1 given",
    ),
    (log_event, {"message": 7}, f"log_event: message: expected text {MATCHER}, 7 given"),
    (
        log_record,
        {"severity_number": 9.0},
        f"log_record: severity_number: expected a whole number {MATCHER}, 9.0 given",
    ),
    (metric, {"name": "a", "value": "1"}, f"metric: value: expected a number {MATCHER}, '1' given"),
    (metric, {"name": "a", "count": True}, f"metric: count: expected a whole number {MATCHER}, True given"),
    (
        metric,
        {"name": "a", "type": "sum"},
        (
            f"metric: type: expected one of harness's {', '.join(f'MetricType.{k.name}' for k in MetricType)}"
            f" {MATCHER}, 'sum' given; closest: MetricType.SUM"
        ),
    ),
    (
        metric,
        {"name": "a", "temporality": "detla"},
        (
            "metric: temporality: expected one of harness's Temporality.UNSPECIFIED, Temporality.DELTA, "
            f"Temporality.CUMULATIVE {MATCHER}, 'detla' given; closest: Temporality.DELTA"
        ),
    ),
    (
        log_record,
        {"severity_number": "ERROR"},
        (
            f"log_record: severity_number: expected a whole number {MATCHER}, 'ERROR' given; "
            "closest: 17, which is ERROR"
        ),
    ),
    (
        log_record,
        {"severity_number": SeverityNumber.INFO2},
        (
            f"log_record: severity_number: expected a whole number {MATCHER}, <SeverityNumber.INFO2: 10>"
            " given; closest: 10, which is INFO2"
        ),
    ),
    (promised_metric, {"name": "a", "unit": 1}, f"metric: unit: expected text {MATCHER}, 1 given"),
    (export_request, {"path": 1}, f"export_request: path: expected text {MATCHER}, 1 given"),
    (
        export_request,
        {"path": "a", "headers": {1: "a"}},
        "export_request: headers: expected text as key, 1 given",
    ),
    (trace, {"filter": 5}, "trace: filter: expected text, 5 given"),
    (starts_with, {"prefix": 5}, "starts_with: expected text, 5 given"),
    (ends_with, {"suffix": None}, "ends_with: expected text, None given"),
    (hex_id, {"digits": "16"}, "hex_id: expected a whole number, '16' given"),
    (length, {"size": "3"}, f"length: size: expected a whole number {MATCHER}, '3' given"),
    (iso8601, {"offset": "yes"}, "iso8601: offset: expected True or False or None, 'yes' given"),
    (regex, {"pattern": 5}, "regex: expected text, 5 given; a compiled pattern is a matcher by itself"),
]


@pytest.mark.parametrize(("build", "arguments", "message"), CASES, ids=[case[2] for case in CASES])
def test_a_wrong_argument_is_refused(
    build: Callable[..., Any], arguments: dict[str, Any], message: str
) -> None:
    given = {"name": "a", **arguments} if build is span else arguments
    if build is event:
        given = {"name": "a", **arguments}

    with pytest.raises(TypeError) as caught:
        build(**given)

    assert str(caught.value) == message


def test_a_copy_with_more_is_checked_too() -> None:
    with pytest.raises(TypeError) as caught:
        dataclasses.replace(span("a").with_child(span("b")), scope=3)

    assert str(caught.value) == "span: scope: expected text or a matcher, 3 given"


@pytest.mark.parametrize("count", [True, 1.0, "1"])
def test_a_count_is_a_whole_number(count: Any) -> None:
    with pytest.raises(TypeError) as caught:
        check_count(count, span("a"), a_telemetry(a_span("a")))

    assert str(caught.value) == f"expect_count: expected a whole number, {count!r} given"


def test_whatever_can_be_compared_stays_a_value() -> None:
    assert span(IsInt(), attributes=IsPartialDict({1: 2}), scope=present, duration=IsNumber())
    assert span("a", attributes=MappingProxyType({"a": Decimal(1)}), resource=absent, status=Status(OK, "x"))
    assert span("a", duration=1, kind=SERVER, status=one_of(OK, ERROR))
    assert segment("a", cause="id", user=None, parent_id=None)
    assert metric("a", type=MetricType.SUM, value=2, namespace=None)


def test_the_body_of_a_log_record_has_keys_of_any_type() -> None:
    verdict = log_record({1: {2: 3}}).check(a_telemetry(a_log_record({1: {2: 4}})))

    assert [finding.id for finding in verdict.findings] == ["log_record_missing"]
    assert log_record({1: {2: 3}}).check(a_telemetry(a_log_record({1: {2: 3}}))).passed
