"""CloudWatch requests: log events of `PutLogEvents`, metrics of `PutMetricData`.

Three wire protocols exist for the same operation (AWS JSON, AWS query and
smithy-rpc-v2-cbor); which one is sent depends on the botocore version.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec

from harness.codec.json_text import why_not_json
from harness.errors import DecodeError, in_our_words
from harness.model import DataPoint, ExportRequest, LogEvent, Metric, MetricType


class _InputLogEvent(msgspec.Struct):
    timestamp: int
    message: str


class _Retention(msgspec.Struct):
    logGroupName: str  # noqa: N815  the API's own names
    retentionInDays: int | None = None  # noqa: N815  the API's own names


class _PutLogEvents(msgspec.Struct):
    logGroupName: str  # noqa: N815  the API's own names
    logStreamName: str  # noqa: N815  the API's own names
    logEvents: list[_InputLogEvent]  # noqa: N815  the API's own names


_UNPARSABLE = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
_PUT_LOG_EVENTS = msgspec.json.Decoder(_PutLogEvents)


def _from_cbor(body: bytes) -> Any:
    """Return the decoded body.

    Raises:
        ValueError: It is not CBOR, or the package that reads it is not installed.
    """
    try:
        import cbor2  # of extra `aws`: only AWS's own clients send any
    except ModuleNotFoundError as error:
        raise ValueError("CBOR needs package 'cbor2'; install telemetry-harness[aws]") from error
    try:
        return cbor2.loads(body)
    except cbor2.CBORDecodeError as error:
        raise ValueError(str(error)) from error


def operation_of(path: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return the AWS operation of a request (``PutLogEvents``), or its path when it names none."""
    target = headers.get("x-amz-target", "")
    if target:
        return target.rpartition(".")[2]
    if "/operation/" in path:  # smithy-rpc-v2-cbor: /service/NAME/operation/OPERATION
        return path.rpartition("/")[2]
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        actions = parse_qs(body[:65536].decode("utf-8", "replace")).get("Action")
        if actions:
            return actions[0]
    return path


def log_events_of(content_type: str, body: bytes) -> tuple[LogEvent, ...]:
    """Return the log events of a `PutLogEvents` body, in the order sent.

    Args:
        content_type: Decides the protocol: CBOR, or JSON.
        body: Uncompressed.

    Raises:
        DecodeError: The body does not parse as the operation's input.
    """
    try:
        if content_type.startswith("application/cbor"):
            request = msgspec.convert(_from_cbor(body), _PutLogEvents)
        else:
            request = _PUT_LOG_EVENTS.decode(body)
    except _UNPARSABLE as error:
        raise DecodeError(_unparsed(body, error)) from error
    return tuple(
        LogEvent(
            log_group=request.logGroupName,
            log_stream=request.logStreamName,
            timestamp=event.timestamp,
            message=event.message,
        )
        for event in request.logEvents
    )


def _unparsed(body: bytes, error: Exception) -> str:
    """Return why a body is not its operation's input, which whoever reports it names."""
    if isinstance(error, KeyError):
        reason = f"{error.args[0]!r} is missing"
    elif isinstance(error, TypeError | AttributeError):  # in Python's own words
        reason = f"a value has another type: {error}"
    elif isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    elif isinstance(error, msgspec.DecodeError):
        reason = why_not_json(error, body)
    else:
        reason = in_our_words(error)
    return f"body of {len(body)} bytes does not parse: {reason}"


def refused_of(export: ExportRequest, body: bytes) -> tuple[LogEvent, ...] | tuple[Metric, ...]:
    """Return the telemetry of a request that was answered 4xx; empty for any other.

    Raises:
        DecodeError: The body does not parse as the operation's input.
    """
    if not 400 <= export.status < 500:
        return ()
    return items_of(export, body)


def items_of(export: ExportRequest, body: bytes) -> tuple[LogEvent, ...] | tuple[Metric, ...]:
    """Return the log events or metrics that a request carries, whatever it was answered.

    Raises:
        DecodeError: The body does not parse as the operation's input.
    """
    content_type = export.headers.get("content-type", "")
    if export.path == "PutLogEvents":
        return log_events_of(content_type, body)
    return metrics_of(content_type, body) if export.path == "PutMetricData" else ()


def retention_of(body: bytes) -> tuple[str, int | None] | None:
    """Return a body's log group and `retentionInDays`, if it names one; None when it does not parse."""
    try:
        found = msgspec.json.decode(body, type=_Retention)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found.logGroupName, found.retentionInDays


def with_log_events(content_type: str, body: bytes, kept: range) -> bytes:
    """Return a `PutLogEvents` body with the log events of some indices only.

    Args:
        body: Uncompressed; it parses.
    """
    cbor = content_type.startswith("application/cbor")
    request = _from_cbor(body) if cbor else msgspec.json.decode(body)
    request["logEvents"] = request["logEvents"][kept.start : kept.stop]
    if cbor:
        import cbor2

        encoded: bytes = cbor2.dumps(request)
        return encoded
    return msgspec.json.encode(request)


def metrics_of(content_type: str, body: bytes) -> tuple[Metric, ...]:
    """Return the metrics of a `PutMetricData` body, one per datum.

    Args:
        content_type: Decides the protocol: JSON, CBOR or form (query).
        body: Uncompressed.

    Raises:
        DecodeError: The body does not parse as the operation's input.
    """
    try:
        request = _decode(content_type, body)
        namespace = request["Namespace"]
        return tuple(_metric(namespace, datum) for datum in request.get("MetricData", ()))
    except _UNPARSABLE as error:
        raise DecodeError(_unparsed(body, error)) from error


def _decode(content_type: str, body: bytes) -> Any:
    if content_type.startswith("application/cbor"):
        return _from_cbor(body)
    if content_type.startswith("application/x-www-form-urlencoded"):
        return _unflatten(parse_qs(body.decode("utf-8"), keep_blank_values=True))
    return msgspec.json.decode(body)


def _unflatten(form: dict[str, list[str]]) -> dict[str, Any]:
    """Return AWS query parameters (`MetricData.member.1.MetricName=…`) as nested values."""
    root: dict[str, Any] = {}
    for name, values in form.items():
        *parents, last = name.split(".")
        node = root
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = values[-1]
    folded = _members_to_lists(root)
    return folded if isinstance(folded, dict) else {}


def _members_to_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    members = node.get("member")
    if isinstance(members, dict):
        return [_members_to_lists(members[index]) for index in sorted(members, key=int)]
    return {key: _members_to_lists(value) for key, value in node.items()}


def _metric(namespace: str, datum: Mapping[str, Any]) -> Metric:
    values = [float(v) for v in datum.get("Values", ())]
    counts = [float(c) for c in datum.get("Counts", ())] or [1.0] * len(values)
    statistics = datum.get("StatisticValues") or {}
    point = DataPoint(
        attributes={d["Name"]: d["Value"] for d in datum.get("Dimensions", ())},
        time_unix_nano=_nanoseconds(datum.get("Timestamp")),
        value=_number(datum.get("Value")),
        count=int(_number(statistics.get("SampleCount")) or sum(counts) or 1),
        sum=_number(statistics.get("Sum"), default=sum(v * c for v, c in zip(values, counts, strict=True))),
        min=_number(statistics.get("Minimum"), default=min(values, default=None)),
        max=_number(statistics.get("Maximum"), default=max(values, default=None)),
    )
    if "Value" in datum:
        point = msgspec.structs.replace(point, sum=point.value, min=point.value, max=point.value)
    return Metric(
        name=datum["MetricName"],
        type=MetricType.CLOUDWATCH,
        unit=datum.get("Unit", "None"),
        namespace=namespace,
        data_points=(point,),
        witnesses=("wire",),
    )


def _number(value: Any, default: float | None = None) -> float | None:
    return default if value is None else float(value)


def _nanoseconds(timestamp: Any) -> int:
    """Return a CBOR date, epoch seconds or ISO 8601 text as nanoseconds since the epoch; 0 when absent."""
    if timestamp is None:
        return 0
    if isinstance(timestamp, str):
        try:
            return round(float(timestamp) * 1e9)
        except ValueError:
            timestamp = datetime.fromisoformat(timestamp)
    if isinstance(timestamp, datetime):
        moment = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1e9)
    return round(float(timestamp) * 1e9)
