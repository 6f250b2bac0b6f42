from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.session
import cbor2
import msgspec
import pytest
from botocore import serialize
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import cloudwatch
from harness.errors import DecodeError
from harness.model import LogEvent

MOMENT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content_type", "encode"),
    [("application/x-amz-json-1.1", msgspec.json.encode), ("application/cbor", cbor2.dumps)],
)
def test_log_events_keep_their_order(content_type: str, encode: Callable[[object], bytes]) -> None:
    request = {
        "logGroupName": "cruddur",
        "logStreamName": "stream",
        "logEvents": [{"timestamp": 2, "message": "b\nc"}, {"timestamp": 1, "message": ""}],
    }

    assert cloudwatch.log_events_of(content_type, encode(request)) == (
        LogEvent(log_group="cruddur", log_stream="stream", timestamp=2, message="b\nc"),
        LogEvent(log_group="cruddur", log_stream="stream", timestamp=1, message=""),
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"logGroupName": "g"}', b"[" * 100_000])
def test_what_is_no_put_log_events_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError, match=rf"^body of {len(body)} bytes does not parse: "):
        cloudwatch.log_events_of("application/x-amz-json-1.1", body)


@pytest.mark.parametrize(
    ("decode", "body", "reason"),
    [
        (cloudwatch.log_events_of, b"[]", "Expected `object`, captured `array`"),
        (cloudwatch.metrics_of, b"{}", "'Namespace' is missing"),
        (
            cloudwatch.metrics_of,
            b'"a"',
            "a value has another type: string indices must be integers, not 'str'",
        ),
        (cloudwatch.metrics_of, b"[" * 100_000, "it is nested too deeply"),
        (
            cloudwatch.metrics_of,
            b'{"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": "x"}]}',
            "could not convert string to float: 'x'",
        ),
    ],
)
def test_why_a_body_is_refused(decode: Callable[[str, bytes], object], body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode("application/x-amz-json-1.1", body)

    assert str(refused.value) == f"body of {len(body)} bytes does not parse: {reason}"


def serialized(protocol: str) -> tuple[str, bytes]:
    """Return the content type and body that botocore sends, by protocol."""
    model = botocore.session.get_session().get_service_model("cloudwatch")
    request = serialize.create_serializer(protocol).serialize_to_request(
        {
            "Namespace": "Cruddur",
            "MetricData": [
                {
                    "MetricName": "Latency",
                    "Dimensions": [{"Name": "Route", "Value": "/home"}],
                    "Timestamp": MOMENT,
                    "Value": 12.5,
                    "Unit": "Milliseconds",
                },
                {"MetricName": "Sizes", "Values": [1.0, 4.0], "Counts": [2.0, 1.0]},
                {
                    "MetricName": "Stats",
                    "StatisticValues": {"SampleCount": 3, "Sum": 9, "Minimum": 1, "Maximum": 5},
                },
            ],
        },
        model.operation_model("PutMetricData"),
    )
    content_type = request["headers"].get("Content-Type", "")
    body = request["body"]
    if isinstance(body, Mapping):  # the query serializer leaves this to the HTTP client
        from urllib.parse import urlencode

        return "application/x-www-form-urlencoded", urlencode(body).encode()
    return content_type, body if isinstance(body, bytes) else body.encode()


@pytest.mark.parametrize("protocol", ["smithy-rpc-v2-cbor", "json", "query"])
def test_metric_data_of_every_protocol(protocol: str) -> None:
    content_type, body = serialized(protocol)

    latency, sizes, stats = cloudwatch.metrics_of(content_type, body)

    assert (latency.namespace, latency.name, latency.unit) == ("Cruddur", "Latency", "Milliseconds")
    (point,) = latency.data_points
    assert (point.value, point.count, point.attributes) == (12.5, 1, {"Route": "/home"})
    assert point.time_unix_nano == int(MOMENT.timestamp()) * 10**9
    (point,) = sizes.data_points
    assert (point.value, point.count, point.sum, point.min, point.max) == (None, 3, 6, 1, 4)
    (point,) = stats.data_points
    assert (point.count, point.sum, point.min, point.max) == (3, 9, 1, 5)


@given(st.binary(max_size=200), st.sampled_from(["application/cbor", "application/x-amz-json-1.0", ""]))
def test_arbitrary_metric_data_decodes_or_is_refused(body: bytes, content_type: str) -> None:
    try:
        cloudwatch.metrics_of(content_type, body)
    except DecodeError as error:
        assert str(error).startswith(f"body of {len(body)} bytes does not parse: ")


@pytest.mark.parametrize(
    "body",
    [
        cbor2.dumps({"Namespace": "n", "MetricData": [{}]}),
        cbor2.dumps({"MetricData": []}),
        cbor2.dumps({"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": "abc"}]}),
        cbor2.dumps([1]),
        cbor2.dumps({"Namespace": "n", "MetricData": [{"MetricName": "m", "Timestamp": "yesterday"}]}),
    ],
)
def test_what_is_no_put_metric_data_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError):
        cloudwatch.metrics_of("application/cbor", body)


@pytest.mark.parametrize(
    ("path", "headers", "body", "operation"),
    [
        ("/", {"x-amz-target": "Logs_20140328.PutLogEvents"}, b"", "PutLogEvents"),
        ("/service/GraniteServiceVersion20100801/operation/PutMetricData", {}, b"", "PutMetricData"),
        (
            "/",
            {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
            b"Version=2010-08-01&Action=PutMetricData",
            "PutMetricData",
        ),
        ("/bucket/key", {}, b"", "/bucket/key"),
    ],
)
def test_the_operation_is_named(path: str, headers: dict[str, Any], body: bytes, operation: str) -> None:
    assert cloudwatch.operation_of(path, headers, body) == operation
