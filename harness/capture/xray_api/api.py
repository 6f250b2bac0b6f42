"""X-Ray's API by path; imported at the first request to it.

Source: botocore, xray 2016-04-12: every operation is a POST with a JSON body.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from harness.capture.http_messages import Request, Response
from harness.capture.xray_api import group_operations as groups
from harness.capture.xray_api import rule_operations as rules
from harness.capture.xray_api import service_graph, trace_operations
from harness.capture.xray_api.refusal import Refusal
from harness.capture.xray_api.state import XRayState
from harness.codec.json_text import why_not_json
from harness.errors import ConfigurationError, DecodeError

Operation = Callable[[XRayState, bytes], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "/CreateGroup": groups.create,
    "/GetGroup": groups.get,
    "/Groups": groups.get_all,
    "/UpdateGroup": groups.update,
    "/DeleteGroup": groups.delete,
    "/CreateSamplingRule": rules.create,
    "/GetSamplingRules": rules.get,
    "/UpdateSamplingRule": rules.update,
    "/DeleteSamplingRule": rules.delete,
    "/SamplingTargets": rules.targets,
    "/SamplingStatisticSummaries": rules.summaries,
    "/TraceSegments": trace_operations.put_segments,
    "/TelemetryRecords": trace_operations.put_telemetry,
    "/TraceSummaries": trace_operations.get_summaries,
    "/Traces": trace_operations.batch_get,
    "/ServiceGraph": service_graph.get_service_graph,
    "/TraceGraph": service_graph.get_trace_graph,
}

READING = frozenset({"/TraceSummaries", "/Traces", "/ServiceGraph", "/TraceGraph"})
"""Operations that look at all that was sent, which may take seconds; they change nothing."""


def answer(state: XRayState, request: Request) -> Response:
    """Return the API's answer; AWS's errors are answers, too.

    On the receivers' thread, but for `READING`.
    """
    operation = OPERATIONS.get(request.path)
    if operation is None:
        return Refusal(f"{request.path!r} is no operation", "UnknownOperationException", 404).to_response()
    try:
        return _json(200, operation(state, request.body or b"{}"))
    except Refusal as refusal:
        return refusal.to_response()
    except ConfigurationError as error:  # a package is missing, and the message names the extra
        return Refusal(str(error), "InternalFailure", 501).to_response()
    except (msgspec.DecodeError, UnicodeDecodeError, DecodeError) as error:
        return Refusal(why_not_json(error, request.body)).to_response()


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(status, (("content-type", "application/json"),), msgspec.json.encode(body))
