"""Answers to OTLP exports: full and partial success, failures, and gRPC's retry information.

Source: OTLP specification, "Partial Success", "Failures", "OTLP/gRPC Throttling".
"""

from __future__ import annotations

from typing import Any

import msgspec
from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

_RESPONSES: dict[str, Any] = {
    "/v1/traces": ExportTraceServiceResponse,
    "/v1/metrics": ExportMetricsServiceResponse,
    "/v1/logs": ExportLogsServiceResponse,
}


def accepted(path: str, *, rejected_spans: int = 0, reason: str = "", as_json: bool = False) -> bytes:
    """Return the response to an export of which all, or all but some spans, were accepted."""
    response = _RESPONSES[path]()
    if rejected_spans:
        response.partial_success.rejected_spans = rejected_spans
        response.partial_success.error_message = reason
    if as_json:
        return json_format.MessageToJson(response, indent=None).encode()
    return bytes(response.SerializeToString())


def as_asked(status: int) -> str:
    """Return what an export is told that is answered as a scenario asks."""
    return f"answered as asked: {status}"


def failed(message: str, *, as_json: bool) -> bytes:
    """Return a `google.rpc.Status`; its code may be left out, and no client of OTLP looks at it."""
    if as_json:
        return msgspec.json.encode({"message": message})
    return _field(2, message.encode())


def retry_info(delay_s: float) -> bytes:
    """Return a serialized `google.rpc.RetryInfo`."""
    delay = Duration()
    delay.FromNanoseconds(round(delay_s * 1e9))
    return _field(1, delay.SerializeToString())


def status_details(code: int, message: str, delay_s: float) -> bytes:
    """Return a serialized `google.rpc.Status` that holds a `RetryInfo`."""
    detail = AnyMessage(type_url="type.googleapis.com/google.rpc.RetryInfo", value=retry_info(delay_s))
    return bytes([8, code]) + _field(2, message.encode()) + _field(3, detail.SerializeToString())


def _field(number: int, value: bytes) -> bytes:
    """Return a length-delimited field. Source: Protocol Buffers, "Encoding"."""
    size, left = [], len(value)
    while left > 0x7F:
        size.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([number << 3 | 2, *size, left]) + value
