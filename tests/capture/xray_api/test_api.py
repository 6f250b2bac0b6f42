"""X-Ray's API by boto3: groups, rules, segments in and traces out, through both ports."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aws_xray_sdk.core import xray_recorder
from botocore.exceptions import ClientError

from harness import ScenarioTelemetry, segment, subsegment, trace
from harness.capture.http_messages import Request
from harness.capture.xray_api import api
from harness.capture.xray_api.state import XRayState
from harness.codec.xray import HEADER
from harness.model import Rejected
from harness.xray_filter import parse

RULE = {
    "ResourceARN": "*",
    "Priority": 9000,
    "FixedRate": 0.1,
    "ReservoirSize": 5,
    "ServiceName": "backend-flask",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
}


@pytest.fixture(params=["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_XRAY"])
def xray(request: pytest.FixtureRequest) -> Any:
    """X-Ray through the AWS endpoint, and through the daemon's port."""
    return boto3.client("xray", endpoint_url=os.environ[request.param])


@pytest.fixture
def name() -> str:
    return f"n-{uuid.uuid4().hex[:24]}"


@pytest.fixture
def rule(xray: Any, name: str) -> Iterator[dict[str, Any]]:
    created = xray.create_sampling_rule(SamplingRule={"RuleName": name, **RULE})
    yield created["SamplingRuleRecord"]["SamplingRule"]
    known = [r["SamplingRule"]["RuleName"] for r in xray.get_sampling_rules()["SamplingRuleRecords"]]
    if name in known:
        xray.delete_sampling_rule(RuleName=name)


def refusal(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def answered(path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    """Return the API's answer to what boto3 would not send."""
    response = api.answer(XRayState(), Request("POST", path, "", {}, json.dumps(body).encode()))
    return response.status, json.loads(response.body)


def new_trace_id() -> str:
    return f"1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"


def document(trace_id_: str, **fields: Any) -> str:
    now = time.time()
    whole = {
        "name": "shop",
        "id": uuid.uuid4().hex[:16],
        "trace_id": trace_id_,
        "start_time": now,
        "end_time": now + 0.25,
        **fields,
    }
    return json.dumps({key: value for key, value in whole.items() if value is not None})


def test_groups(xray: Any, name: str) -> None:
    created = xray.create_group(GroupName=name, FilterExpression='service("backend-flask")')["Group"]
    assert created["FilterExpression"] == 'service("backend-flask")'
    assert xray.get_group(GroupName=name)["Group"] == created
    assert name in [group["GroupName"] for group in xray.get_groups()["Groups"]]

    updated = xray.update_group(GroupARN=created["GroupARN"], FilterExpression="fault")["Group"]
    assert updated["FilterExpression"] == "fault"
    assert refusal(xray.create_group, GroupName=name) == (
        "InvalidRequestException",
        f"group '{name}' already exists",
    )

    xray.delete_group(GroupName=name)
    assert refusal(xray.delete_group, GroupName=name)[1] == f"group '{name}' does not exist"
    code, message = refusal(xray.create_group, GroupName=name, FilterExpression="service(")
    assert code == "InvalidRequestException"
    assert message.startswith("FilterExpression: ")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("a group", ": expected 1 to 32 letters, digits and dashes"),
        ("a_group", ": expected 1 to 32 letters, digits and dashes"),
        ("g\n", ": expected 1 to 32 letters, digits and dashes"),
        ("", ": expected 1 to 32 letters, digits and dashes"),
        ("g" * 33, ": expected 1 to 32 letters, digits and dashes"),
        ("Default", " is reserved"),
    ],
)
def test_group_names_that_x_ray_refuses(given: str, why: str) -> None:
    assert answered("/CreateGroup", GroupName=given) == (
        400,
        {"__type": "InvalidRequestException", "message": f"GroupName {given!r}{why}"},
    )


def test_a_sampling_rule_has_version_1() -> None:
    status, body = answered("/CreateSamplingRule", SamplingRule={"RuleName": "r", **RULE, "Version": 2})

    assert (status, body["__type"]) == (400, "InvalidRequestException")
    assert body["message"] == "Invalid enum value 2 - at `$.SamplingRule.Version`"


@pytest.mark.parametrize(
    ("root", "child", "flags"),
    [
        ({"fault": True}, {}, {"fault"}),
        ({"error": True}, {}, {"error"}),
        ({}, {"fault": True}, set()),
        ({}, {"error": True}, set()),
        ({}, {"error": True, "throttle": True}, {"throttle"}),
        ({"http": {"response": {"status": 503}}}, {}, {"fault"}),
        ({}, {"end_time": None, "in_progress": True}, {"partial"}),
    ],
)
def test_the_flags_of_a_summary_are_what_the_filter_says(
    root: dict[str, Any], child: dict[str, Any], flags: set[str]
) -> None:
    state, trace_id, called = XRayState(), new_trace_id(), "c" * 16
    for text in (
        document(trace_id, id="a" * 16, **root),
        document(trace_id, id=called, parent_id="a" * 16, name="bank", **child),
    ):
        state.documents.extend([HEADER + text.encode()])
    window = {"StartTime": time.time() - 100, "EndTime": time.time() + 100}

    def summaries(**more: str) -> Any:
        body = json.dumps(window | more).encode()
        return json.loads(api.answer(state, Request("POST", "/TraceSummaries", "", {}, body)).body)[
            "TraceSummaries"
        ]

    (summary,) = summaries()
    names = {"fault": "HasFault", "error": "HasError", "throttle": "HasThrottle", "partial": "IsPartial"}
    assert {keyword for keyword, name in names.items() if summary[name]} == flags
    assert {keyword for keyword in names if summaries(FilterExpression=keyword)} == flags


@pytest.mark.parametrize("path", ["/TraceSummaries", "/ServiceGraph"])
@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (1000, 1000, "StartTime 1000.000 is not before EndTime 1000.000"),
        (1000.5, 1000, "StartTime 1000.500 is not before EndTime 1000.000"),
        (1000, 1000 + 6 * 3600 + 1, "Time range cannot be longer than 6 hours"),
    ],
)
def test_time_ranges_that_x_ray_refuses(path: str, start: float, end: float, message: str) -> None:
    assert answered(path, StartTime=start, EndTime=end) == (
        400,
        {"__type": "InvalidRequestException", "message": message},
    )
    assert answered(path, StartTime=1000, EndTime=1000 + 6 * 3600)[0] == 200


def test_time_range_types() -> None:
    window = {"StartTime": 1000, "EndTime": 2000}

    for known in ("TraceId", "Event", "Service"):
        assert answered("/TraceSummaries", **window, TimeRangeType=known)[0] == 200
    assert answered("/TraceSummaries", **window, TimeRangeType="Segment") == (
        400,
        {
            "__type": "InvalidRequestException",
            "message": "Invalid enum value 'Segment' - at `$.TimeRangeType`",
        },
    )


def test_sampling_rules(xray: Any, rule: dict[str, Any]) -> None:
    records = [record["SamplingRule"] for record in xray.get_sampling_rules()["SamplingRuleRecords"]]
    assert records[-1]["RuleName"] == "Default"
    assert rule in records

    updated = xray.update_sampling_rule(SamplingRuleUpdate={"RuleARN": rule["RuleARN"], "FixedRate": 0.5})[
        "SamplingRuleRecord"
    ]["SamplingRule"]
    assert (updated["FixedRate"], updated["ReservoirSize"]) == (0.5, 5)
    assert refusal(xray.create_sampling_rule, SamplingRule={"RuleName": rule["RuleName"], **RULE})[1] == (
        f"sampling rule '{rule['RuleName']}' already exists"
    )
    code, message = refusal(xray.delete_sampling_rule, RuleName="Default")
    assert (code, message) == ("InvalidRequestException", "the default rule cannot be deleted")


def test_a_rule_of_the_api_is_what_sdks_get(rule: dict[str, Any]) -> None:
    import urllib.request

    address = os.environ["AWS_XRAY_DAEMON_ADDRESS"]
    request = urllib.request.Request(f"http://{address}/GetSamplingRules", b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        served = json.load(answer)["SamplingRuleRecords"]

    names = [record["SamplingRule"]["RuleName"] for record in served]
    assert names == [rule["RuleName"], "Default"]


def test_sampling_targets_and_summaries(xray: Any, rule: dict[str, Any]) -> None:
    statistics = {
        "RuleName": rule["RuleName"],
        "ClientID": "a" * 24,
        "Timestamp": time.time(),
        "RequestCount": 10,
        "SampledCount": 6,
        "BorrowCount": 1,
    }
    (target,) = xray.get_sampling_targets(SamplingStatisticsDocuments=[statistics])["SamplingTargetDocuments"]
    assert (target["FixedRate"], target["ReservoirQuota"]) == (0.1, 5)

    summaries = xray.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    (mine,) = [item for item in summaries if item["RuleName"] == rule["RuleName"]]
    assert (mine["RequestCount"], mine["SampledCount"], mine["BorrowCount"]) == (10, 6, 1)


def test_the_default_rule_changes_in_rate_and_reservoir_only() -> None:
    status, body = answered(
        "/UpdateSamplingRule", SamplingRuleUpdate={"RuleName": "Default", "Priority": 5, "Host": "x"}
    )

    assert (status, body["__type"]) == (400, "InvalidRequestException")
    assert body["message"] == (
        "of the default rule only FixedRate and ReservoirSize change, given: Host, Priority"
    )
    assert (
        answered("/UpdateSamplingRule", SamplingRuleUpdate={"RuleName": "Default", "FixedRate": 1})[0] == 200
    )


def test_documents_are_read_as_they_were_sent_and_joined(telemetry: ScenarioTelemetry) -> None:
    xray, trace_id, segment_id = boto3.client("xray"), new_trace_id(), uuid.uuid4().hex[:16]
    sql = {"sanitized_query": "SELECT 1"}
    inside = json.loads(document(trace_id, name="inside", sql=sql, precursor_ids=["a" * 16], mine=1))
    alone = document(trace_id, name="alone", type="subsegment", parent_id=segment_id, sql=sql, mine=2)
    links = [{"trace_id": trace_id, "id": "b" * 16}]
    sent = document(trace_id, id=segment_id, resource_arn="arn:x", links=links, mine=3, subsegments=[inside])
    xray.put_trace_segments(TraceSegmentDocuments=[sent, alone])

    (found,) = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]

    (only,) = found["Segments"]
    children = [inside, json.loads(alone)]
    assert json.loads(only["Document"]) == {**json.loads(sent), "subsegments": children}
    telemetry.expect(segment("shop"))


def test_segments_that_are_put_are_captured_and_can_be_read(xray: Any, telemetry: ScenarioTelemetry) -> None:
    trace_id = new_trace_id()
    segment_id = uuid.uuid4().hex[:16]
    answer = xray.put_trace_segments(
        TraceSegmentDocuments=[
            document(trace_id, type="subsegment", parent_id=segment_id, name="db", namespace="remote"),
            document(trace_id, id=segment_id, end_time=None, in_progress=True),
            document(trace_id, id=segment_id, annotations={"rows": 3}, fault=True),
        ]
    )
    assert answer["UnprocessedTraceSegments"] == []
    telemetry.expect(segment("shop", fault=True, annotations={"rows": 3}).with_subsegment(subsegment("db")))

    (found,) = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]
    (only,) = found["Segments"]
    read = json.loads(only["Document"])
    assert "in_progress" not in read
    assert [child["name"] for child in read["subsegments"]] == ["db"]

    now = time.time()
    window = {"StartTime": now - 60, "EndTime": now + 60}
    summaries = xray.get_trace_summaries(**window, FilterExpression="fault AND annotation.rows = 3")
    (summary,) = [item for item in summaries["TraceSummaries"] if item["Id"] == trace_id]
    assert (summary["HasFault"], summary["EntryPoint"]["Name"]) == (True, "shop")
    assert summary["Annotations"]["rows"][0]["AnnotationValue"] == {"NumberValue": 3.0}
    others = xray.get_trace_summaries(**window, FilterExpression="annotation.rows = 4")["TraceSummaries"]
    assert trace_id not in [item["Id"] for item in others]
    code, message = refusal(xray.get_trace_summaries, **window, FilterExpression="fualt")
    assert code == "InvalidRequestException"
    assert "FilterExpression: " in message

    services = {s["Name"]: s for s in xray.get_trace_graph(TraceIds=[trace_id])["Services"]}
    (edge,) = services["shop"]["Edges"]
    assert edge["ReferenceId"] == services["db"]["ReferenceId"]
    assert services["shop"]["SummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": "short"}, "InvalidId"),
        ({"start_time": 1e308}, "InvalidStartTime"),
        ({"end_time": None}, "MissingEndTime"),
        ({"in_progress": True}, "InvalidEndTime"),
        ({"trace_id": "2-x"}, "InvalidTraceId"),
        ({"trace_id": "1-5759e988-bd862e3fe1be46a994272793"}, "InvalidTraceId"),
        ({"name": None}, "MissingName"),
        ({"type": "subsegment"}, "MissingParentId"),
        ({"metadata": {"x": "y" * 70_000}}, "SegmentTooLarge"),
    ],
)
def test_documents_that_x_ray_refuses_are_named_and_rejected(
    telemetry: ScenarioTelemetry, fields: dict[str, Any], code: str
) -> None:
    xray = boto3.client("xray")

    (problem,) = xray.put_trace_segments(TraceSegmentDocuments=[document(new_trace_id(), **fields)])[
        "UnprocessedTraceSegments"
    ]
    assert problem["ErrorCode"] == code
    telemetry.expect_none(segment("shop"))
    (found,) = telemetry.expect_finding("input_rejected", count=1)
    assert f"PutTraceSegments: {problem['Message']}" in found.message


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "Input data was truncated"),
        (b"[]", "Expected `object`, captured `array`"),
        (b"\xff", "JSON is malformed: invalid character (byte 0)"),
        (
            b'{"TraceSegmentDocuments": ["{}", 5]}',
            "Expected `str`, captured `int` - at `$.TraceSegmentDocuments[1]`",
        ),
    ],
)
def test_segments_in_a_body_that_does_not_parse_are_refused_and_rejected(
    telemetry: ScenarioTelemetry, body: bytes, problem: str
) -> None:
    url = f"http://{os.environ['AWS_XRAY_DAEMON_ADDRESS']}/TraceSegments"

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, body))

    reason = f"PutTraceSegments body does not parse: {problem}"
    assert (refused.value.code, json.loads(refused.value.read())) == (
        400,
        {
            "message": f"{reason}; expected TraceSegmentDocuments, a list of JSON texts",
            "__type": "InvalidRequestException",
        },
    )
    (found,) = telemetry.expect_finding("input_rejected", count=1)
    assert found.message == f"{reason}; {len(body)} bytes: {body!r}"
    assert telemetry.rejected == (Rejected(channel="xray", reason=reason, payload=body),)


@pytest.mark.parametrize("path", ["/GetSamplingRules", "/SamplingStatisticSummaries", "/SamplingTargets"])
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_does_not_parse_is_refused(path: str, body: bytes) -> None:
    response = api.answer(XRayState(), Request("POST", path, "", {}, body))

    assert response.status == 400
    assert ("x-amzn-errortype", "InvalidRequestException") in response.headers
    assert json.loads(response.body)["__type"] == "InvalidRequestException"


def test_the_service_graph_of_a_group(xray: Any, name: str, telemetry: ScenarioTelemetry) -> None:
    xray.create_group(GroupName=name, FilterExpression=f'service("{name}")')
    with (
        xray_recorder.in_segment(name, sampling=1),
        xray_recorder.in_subsegment("db", namespace="remote"),
    ):
        pass

    (grouped,) = telemetry.in_group(name)
    assert grouped.segments[0].name == name
    telemetry.expect(trace(filter=f'service("{name}") AND ok'))
    now = time.time()
    graph = xray.get_service_graph(StartTime=now - 60, EndTime=now + 60, GroupName=name)
    assert [service["Name"] for service in graph["Services"]] == [name, "db"]
    xray.delete_group(GroupName=name)


def test_telemetry_records_are_taken(xray: Any) -> None:
    record = {"Timestamp": time.time(), "SegmentsReceivedCount": 2}
    answer = xray.put_telemetry_records(TelemetryRecords=[record])

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_without_lark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    parse.cache_clear()
    monkeypatch.setitem(sys.modules, "lark", None)
    body = json.dumps({"StartTime": 1, "EndTime": 2, "FilterExpression": "fault"}).encode()

    response = api.answer(XRayState(), Request("POST", "/TraceSummaries", "", {}, body))

    assert response.status == 501
    assert ("x-amzn-errortype", "InternalFailure") in response.headers
    assert json.loads(response.body) == {
        "message": "filter expressions need package 'lark'; install telemetry-harness[xray]",
        "__type": "InternalFailure",
    }
