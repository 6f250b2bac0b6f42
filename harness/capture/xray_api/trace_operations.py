"""Segments in, traces out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from harness.capture.xray_api.refusal import Refusal
from harness.capture.xray_api.state import XRayState
from harness.codec import xray
from harness.codec.json_text import why_not_json
from harness.codec.xray_limits import ResourceArn, TraceId
from harness.codec.xray_refusals import refusal_of
from harness.errors import FilterError
from harness.model import Segment, Subsegment, XRayTrace

MAX_BATCH = 5
"""Trace ids in one ``BatchGetTraces``. Source: X-Ray API reference."""

MAX_RANGE_S = 6 * 3600
"""Of one ``GetServiceGraph`` or ``GetTraceSummaries``.

Source: X-Ray's own refusal, in these words; AWS documents no limit, and its own clients keep to this one.
"""


class _Put(msgspec.Struct, rename="pascal"):
    trace_segment_documents: list[Annotated[str, Meta(min_length=1)]]


class _Counters(msgspec.Struct, rename="pascal"):
    timestamp: float
    segments_received_count: int | None = None
    segments_sent_count: int | None = None
    segments_spillover_count: int | None = None
    segments_rejected_count: int | None = None
    backend_connection_errors: dict[str, int | None] | None = None


class _Records(msgspec.Struct, rename="pascal"):
    telemetry_records: list[_Counters]
    ec2_instance_id: Annotated[str, Meta(max_length=20)] | None = msgspec.field(
        name="EC2InstanceId", default=None
    )
    hostname: Annotated[str, Meta(max_length=255)] | None = None
    resource_arn: ResourceArn | None = msgspec.field(name="ResourceARN", default=None)


class _Strategy(msgspec.Struct, rename="pascal"):
    name: Literal["PartialScan", "FixedRate"] | None = None
    value: float | None = None


class _Query(msgspec.Struct, rename="pascal", kw_only=True):
    start_time: float
    end_time: float
    filter_expression: str | None = None
    time_range_type: Literal["TraceId", "Event", "Service"] = "TraceId"
    sampling: bool | None = None
    sampling_strategy: _Strategy | None = None


class _Batch(msgspec.Struct, rename="pascal"):
    trace_ids: list[TraceId]


def put_segments(state: XRayState, body: bytes) -> dict[str, Any]:
    """``PutTraceSegments``: what X-Ray takes is captured as datagrams are, the rest is named and rejected.

    Raises:
        Refusal: The body does not parse; it may have held documents, and is kept as evidence.
    """
    try:
        texts = msgspec.json.decode(body, type=_Put).trace_segment_documents
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = f"PutTraceSegments body does not parse: {why_not_json(error, body)}"
        state.keep_refused(reason, body)
        raise Refusal(f"{reason}; expected TraceSegmentDocuments, a list of JSON texts") from error
    unprocessed = []
    for text in texts:
        document = text.encode()
        refused = refusal_of(document, state.clock())
        if refused is None:
            state.take_document(xray.HEADER + document)
        else:
            unprocessed.append(refused.to_wire())
            state.keep_refused(f"PutTraceSegments: {refused.message}", document)
    return {"UnprocessedTraceSegments": unprocessed}


def put_telemetry(state: XRayState, body: bytes) -> dict[str, Any]:  # noqa: ARG001  an operation's signature
    """``PutTelemetryRecords``: a daemon's counters, which nothing reads back."""
    msgspec.json.decode(body, type=_Records)
    return {}


def get_summaries(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetTraceSummaries``, with a filter expression or without."""
    query = msgspec.json.decode(body, type=_Query)
    traces = traces_between(state, query.start_time, query.end_time)
    if query.filter_expression:
        traces = filtered(state, traces, query.filter_expression)
    return {
        "TraceSummaries": [_summary(trace) for trace in traces],
        "ApproximateTime": state.clock(),
        "TracesProcessedCount": len(traces),
    }


def traces_between(state: XRayState, start: float, end: float) -> tuple[XRayTrace, ...]:
    """Return the traces that begin in a range of seconds since the epoch.

    Raises:
        Refusal: The range does not end after it starts, or is too long.
    """
    if end <= start:
        raise Refusal(f"StartTime {start:.3f} is not before EndTime {end:.3f}")
    if end - start > MAX_RANGE_S:
        raise Refusal("Time range cannot be longer than 6 hours")
    return tuple(trace for trace in state.traces() if start <= trace.segments[0].start_time <= end)


def filtered(state: XRayState, traces: tuple[XRayTrace, ...], text: str) -> tuple[XRayTrace, ...]:
    """Return the traces for which a filter expression holds.

    Raises:
        Refusal: The expression does not parse.
    """
    from harness.xray_filter import holds, parse

    try:
        expression = parse(text)
        groups = {
            name: parse(group["FilterExpression"])
            for group in state.groups.all()
            if group["FilterExpression"]
            for name in (group["GroupName"], group["GroupARN"])
        }
    except FilterError as error:
        raise Refusal(f"FilterExpression: {error}") from error
    return tuple(trace for trace in traces if holds(expression, trace, groups))


def _summary(trace: XRayTrace) -> dict[str, Any]:
    from harness.xray_filter.scope import READERS, trace_scope
    from harness.xray_filter.service_map import service_map

    root = trace.root
    services = service_map(trace)
    scope = trace_scope(trace, services)
    summary = {
        "Id": trace.trace_id,
        "StartTime": root.start_time,
        "Duration": duration(trace),
        "ResponseTime": None if root.end_time is None else root.end_time - root.start_time,
        # What the filter's keywords say: X-Ray documents both alike.
        "HasFault": any(READERS["fault"](scope)),
        "HasError": any(READERS["error"](scope)),
        "HasThrottle": any(READERS["throttle"](scope)),
        "IsPartial": any(READERS["partial"](scope)),
        "Http": _http(root),
        "Annotations": _annotations(trace),
        "Users": [{"UserName": s.user, "ServiceIds": [_service(s)]} for s in trace.segments if s.user],
        "ServiceIds": [{"Name": n.name, "Names": [n.name], "Type": n.type} for n in services.services],
        "EntryPoint": _service(root),
        "Revision": 1,
    }
    return {name: value for name, value in summary.items() if value is not None}


def duration(trace: XRayTrace) -> float | None:
    """Return the seconds from a trace's first start to its last end; None while nothing has ended."""
    ends = [segment.end_time for segment in trace.segments if segment.end_time is not None]
    return max(ends) - trace.segments[0].start_time if ends else None


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
    from harness.xray_filter.service_map import documents_of

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


def batch_get(state: XRayState, body: bytes) -> dict[str, Any]:
    """``BatchGetTraces``: subsegments joined to their segment, in-progress ones replaced."""
    wanted = msgspec.json.decode(body, type=_Batch).trace_ids
    if len(wanted) > MAX_BATCH:
        raise Refusal(f"{len(wanted)} trace ids, at most {MAX_BATCH}")
    known = {trace.trace_id: trace for trace in state.traces()}
    return {
        "Traces": [_trace(state, known[trace_id]) for trace_id in wanted if trace_id in known],
        "UnprocessedTraceIds": [trace_id for trace_id in wanted if trace_id not in known],
    }


def _trace(state: XRayState, trace: XRayTrace) -> dict[str, Any]:
    sent = state.documents.sent(trace.trace_id)
    segments = [
        {"Id": segment.id, "Document": msgspec.json.encode(_whole(segment, sent[segment.id], sent)).decode()}
        for segment in trace.segments
        if segment.id in sent  # not forgotten meanwhile
    ]
    return {"Id": trace.trace_id, "Duration": duration(trace), "LimitExceeded": False, "Segments": segments}


def _whole(
    joined: Segment | Subsegment, document: dict[str, Any], sent: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return a document as it was sent, with the subsegments that were joined to it as they were sent.

    Args:
        joined: The same, as far as the model knows it: tells which subsegments it has.
        sent: Id → document that was sent by itself.
    """
    if not joined.subsegments:
        return document
    embedded = {child["id"]: child for child in document.get("subsegments") or ()}
    children = []
    for child in joined.subsegments:
        inside, alone = embedded.get(child.id), sent.get(child.id)
        taken = alone if inside is None or (inside.get("in_progress") and alone is not None) else inside
        if taken is not None:  # not forgotten meanwhile
            children.append(_whole(child, taken, sent))
    return {**document, "subsegments": children}
