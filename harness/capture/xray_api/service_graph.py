"""The service graph: who calls whom, how often, with what outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from harness.capture.xray_api.state import XRayState
from harness.capture.xray_api.trace_operations import filtered, traces_between
from harness.codec.xray_limits import GroupArn, Name, TraceId
from harness.model import Segment, Subsegment, XRayTrace
from harness.xray_filter.service_map import ServiceNode, service_map

Document = Segment | Subsegment
Key = tuple[str, str]


class _Query(msgspec.Struct, rename="pascal", kw_only=True):
    start_time: float
    end_time: float
    group_name: Name | None = None
    group_arn: GroupArn | None = msgspec.field(name="GroupARN", default=None)


class _Traces(msgspec.Struct, rename="pascal"):
    trace_ids: list[TraceId]


def get_service_graph(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetServiceGraph``, of a group or of all traces."""
    query = msgspec.json.decode(body, type=_Query)
    traces = traces_between(state, query.start_time, query.end_time)
    if query.group_name or query.group_arn:
        expression = state.groups.find(query.group_name, query.group_arn)["FilterExpression"]
        traces = filtered(state, traces, expression) if expression else traces
    return {
        "StartTime": query.start_time,
        "EndTime": query.end_time,
        "Services": _services(traces),
        "ContainsOldGroupVersions": False,
    }


def get_trace_graph(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetTraceGraph``, of the traces named."""
    wanted = set(msgspec.json.decode(body, type=_Traces).trace_ids)
    return {"Services": _services(trace for trace in state.traces() if trace.trace_id in wanted)}


def _services(traces: Iterable[XRayTrace]) -> list[dict[str, Any]]:
    visits: dict[Key, list[ServiceNode]] = {}
    calls: dict[tuple[Key, Key], list[Document]] = {}
    for trace in traces:
        found = service_map(trace)
        for node in found.services:
            visits.setdefault(_key(node), []).append(node)
        for call in found.calls:
            calls.setdefault((_key(call.source), _key(call.destination)), []).append(call.caller)
    numbers = {key: number for number, key in enumerate(visits)}
    return [
        _service(
            numbers[key],
            nodes,
            [_edge(numbers[target], callers) for (source, target), callers in calls.items() if source == key],
        )
        for key, nodes in visits.items()
    ]


def _key(node: ServiceNode) -> Key:
    return node.name, node.type


def _service(number: int, nodes: list[ServiceNode], edges: list[dict[str, Any]]) -> dict[str, Any]:
    documents = [node.document for node in nodes]
    return {
        "ReferenceId": number,
        "Name": nodes[0].name,
        "Names": [nodes[0].name],
        "Root": any(node.root for node in nodes),
        "Type": nodes[0].type,
        "State": "unknown" if nodes[0].inferred else "active",
        **_times(documents),
        "Edges": edges,
        "SummaryStatistics": _statistics(documents),
        "DurationHistogram": _histogram(documents),
        "ResponseTimeHistogram": _histogram(documents),
    }


def _edge(target: int, callers: list[Document]) -> dict[str, Any]:
    return {
        "ReferenceId": target,
        **_times(callers),
        "SummaryStatistics": _statistics(callers),
        "ResponseTimeHistogram": _histogram(callers),
        "Aliases": [],
    }


def _times(documents: list[Document]) -> dict[str, float]:
    return {
        "StartTime": min(document.start_time for document in documents),
        "EndTime": max(document.end_time or document.start_time for document in documents),
    }


def _seconds(document: Document) -> float:
    return 0.0 if document.end_time is None else document.end_time - document.start_time


def _statistics(documents: list[Document]) -> dict[str, Any]:
    throttles = sum(document.throttle for document in documents)
    errors = sum(document.error for document in documents)
    faults = sum(document.fault for document in documents)
    bad = sum(document.error or document.fault or document.throttle for document in documents)
    return {
        "OkCount": len(documents) - bad,
        "ErrorStatistics": {
            "ThrottleCount": throttles,
            "OtherCount": max(0, errors - throttles),
            "TotalCount": errors,
        },
        "FaultStatistics": {"OtherCount": faults, "TotalCount": faults},
        "TotalCount": len(documents),
        "TotalResponseTime": sum(map(_seconds, documents)),
    }


def _histogram(documents: list[Document]) -> list[dict[str, Any]]:
    counted = Counter(round(_seconds(document), 3) for document in documents)
    return [{"Value": value, "Count": count} for value, count in sorted(counted.items())]
