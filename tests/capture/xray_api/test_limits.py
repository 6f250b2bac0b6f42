"""Inputs that are too long, too many or none that X-Ray knows: refused, with AWS's error."""

from typing import Any

import boto3
import pytest
from botocore.model import Shape

from harness.codec import xray_limits as limits
from tests.capture.xray_api.test_api import RULE, answered

WINDOW = {"StartTime": 1000, "EndTime": 2000}
DOCUMENT = {"RuleName": "r", "ClientID": "a" * 24, "Timestamp": 1, "RequestCount": 1, "SampledCount": 1}


def rule(**members: Any) -> dict[str, Any]:
    return {"SamplingRule": {"RuleName": "r", **RULE, **members}}


def change(**members: Any) -> dict[str, Any]:
    return {"SamplingRuleUpdate": {"RuleName": "Default", **members}}


TOO_MANY = {f"k{number}": "v" for number in range(6)}
REFUSED = [
    ("/CreateSamplingRule", rule(Attributes=TOO_MANY), "`object` of length <= 5"),
    ("/CreateSamplingRule", rule(Attributes={"": "v"}), "`str` of length >= 1"),
    ("/CreateSamplingRule", rule(Attributes={"k" * 33: "v"}), "`str` of length <= 32"),
    ("/CreateSamplingRule", rule(Attributes={"k": ""}), "`str` of length >= 1"),
    ("/CreateSamplingRule", rule(Attributes={"k": "v" * 33}), "`str` of length <= 32"),
    (
        "/CreateSamplingRule",
        rule(SamplingRateBoost={"MaxRate": 2, "CooldownWindowMinutes": 1}),
        "`float` <= 1.0",
    ),
    ("/CreateSamplingRule", rule() | {"Tags": [{"Key": "", "Value": ""}]}, "`str` of length >= 1"),
    ("/UpdateSamplingRule", change(Attributes={"k": "v" * 33}), "`str` of length <= 32"),
    ("/UpdateSamplingRule", change(ResourceARN="a" * 501), "`str` of length <= 500"),
    ("/SamplingTargets", {"SamplingStatisticsDocuments": [DOCUMENT] * 26}, "`array` of length <= 25"),
    (
        "/SamplingTargets",
        {"SamplingStatisticsDocuments": [DOCUMENT | {"RequestCount": -1}]},
        "`int` >= 0",
    ),
    (
        "/SamplingTargets",
        {"SamplingStatisticsDocuments": [DOCUMENT | {"ClientID": "a"}]},
        "`str` of length >= 24",
    ),
    ("/GetGroup", {"GroupARN": "a" * 401}, "`str` of length <= 400"),
    ("/Groups", {"NextToken": ""}, "`str` of length >= 1"),
    (
        "/CreateGroup",
        {"GroupName": "g", "InsightsConfiguration": {"InsightsEnabled": "yes"}},
        "`bool | null`, captured `str`",
    ),
    ("/ServiceGraph", WINDOW | {"GroupName": "g" * 33}, "`str` of length <= 32"),
    ("/Traces", {"TraceIds": ["1" * 36]}, "`str` of length <= 35"),
    ("/TraceGraph", {"TraceIds": [""]}, "`str` of length >= 1"),
    ("/TraceSegments", {"TraceSegmentDocuments": [""]}, "`str` of length >= 1"),
    ("/TelemetryRecords", {"TelemetryRecords": [{}]}, "required field `Timestamp`"),
    ("/TelemetryRecords", {"TelemetryRecords": [], "EC2InstanceId": "i" * 21}, "`str` of length <= 20"),
    ("/TelemetryRecords", {"TelemetryRecords": [], "Hostname": "h" * 256}, "`str` of length <= 255"),
    ("/TraceSummaries", WINDOW | {"SamplingStrategy": {"Name": "All"}}, "enum value 'All'"),
]


@pytest.mark.parametrize(("path", "body", "expected"), REFUSED)
def test_what_x_ray_refuses(path: str, body: dict[str, Any], expected: str) -> None:
    status, answer = answered(path, **body)

    assert (status, answer["__type"]) == (400, "InvalidRequestException")
    assert expected in answer["message"]


def test_a_boost_is_taken() -> None:
    boost = {"MaxRate": 1, "CooldownWindowMinutes": 0}

    status, answer = answered(
        "/CreateSamplingRule", **rule(Attributes={"k" * 32: "v"}, SamplingRateBoost=boost)
    )

    assert (status, answer["SamplingRuleRecord"]["SamplingRule"]["Attributes"]) == (200, {"k" * 32: "v"})


@pytest.mark.parametrize(
    ("ours", "shape"),
    [
        ("Name", "RuleName"),
        ("Name", "GroupName"),
        ("Text64", "Host"),
        ("Method", "HTTPMethod"),
        ("UrlPath", "URLPath"),
        ("ResourceArn", "ResourceARN"),
        ("GroupArn", "GroupARN"),
        ("TraceId", "TraceId"),
        ("Priority", "Priority"),
        ("Rate", "FixedRate"),
        ("Count", "ReservoirSize"),
        ("Attributes", "AttributeMap"),
        ("Tags", "TagList"),
    ],
)
def test_the_limits_are_botocores(ours: str, shape: str) -> None:
    client = boto3.client("xray", region_name="us-east-1")
    model: Shape = client.meta.service_model.shape_for(shape)
    (meta,) = getattr(limits, ours).__metadata__

    assert (meta.ge or meta.min_length or 0) == model.metadata.get("min", 0)
    assert (meta.le or meta.max_length) == model.metadata.get("max")
