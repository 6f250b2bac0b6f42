"""The items of `GetTraceSummaries`."""

from __future__ import annotations

from typing import Any

from harness.model import Segment, XRayTrace
from harness.xray_filter.scope import READERS, trace_scope
from harness.xray_filter.service_map import documents_of, service_map


def summary_of(trace: XRayTrace) -> dict[str, Any]:
    """Return what `GetTraceSummaries` says of a trace."""
    root = trace.root
    services = service_map(trace)
    scope = trace_scope(trace, services)
    summary = {
        "Id": trace.trace_id,
        "StartTime": root.start_time,
        "Duration": trace.duration,
        "ResponseTime": None if root.end_time is None else root.end_time - root.start_time,
        # What the filter's keywords say: X-Ray documents both alike.
        "HasFault": any(READERS["fault"](scope)),
        "HasError": any(READERS["error"](scope)),
        "HasThrottle": any(READERS["throttle"](scope)),
        "IsPartial": any(READERS["partial"](scope)),
        "Http": _http(root),
        "Annotations": _annotations(trace) if any(d.annotations for d in scope.documents) else {},
        "Users": [{"UserName": s.user, "ServiceIds": [_service(s)]} for s in trace.segments if s.user],
        "ServiceIds": [{"Name": n.name, "Names": [n.name], "Type": n.type} for n in services.services],
        "EntryPoint": _service(root),
        "Revision": 1,
    }
    return {name: value for name, value in summary.items() if value is not None}


def _service(segment: Segment) -> dict[str, Any]:
    return {"Name": segment.name, "Names": [segment.name], "Type": segment.origin or ""}


def _http(root: Segment) -> dict[str, Any]:
    request, response = root.http.get("request"), root.http.get("response")
    fields = {
        "HttpURL": request.get("url") if isinstance(request, dict) else None,
        "HttpMethod": request.get("method") if isinstance(request, dict) else None,
        "UserAgent": request.get("user_agent") if isinstance(request, dict) else None,
        "ClientIp": request.get("client_ip") if isinstance(request, dict) else None,
        "HttpStatus": response.get("status") if isinstance(response, dict) else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _annotations(trace: XRayTrace) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for segment in trace.segments:
        for document in documents_of(segment):
            for key, value in document.annotations.items():
                item = {"AnnotationValue": _annotation(value), "ServiceIds": [_service(segment)]}
                found.setdefault(key, []).append(item)
    return found


def _annotation(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BooleanValue": value}
    return {"NumberValue": value} if isinstance(value, int | float) else {"StringValue": str(value)}
