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
    from harness.capture.xray_api.trace_summaries import summary_of  # imports what most runs never ask

    query = msgspec.json.decode(body, type=_Query)
    traces = traces_between(state, query.start_time, query.end_time)
    if query.filter_expression:
        traces = filtered(state, traces, query.filter_expression)
    return {
        # As bytes at once: the search for garbage would go through all of them again and again.
        "TraceSummaries": [msgspec.Raw(msgspec.json.encode(summary_of(trace))) for trace in traces],
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


def batch_get(state: XRayState, body: bytes) -> dict[str, Any]:
    """``BatchGetTraces``: subsegments joined to their segment, in-progress ones replaced."""
    wanted = msgspec.json.decode(body, type=_Batch).trace_ids
    if len(wanted) > MAX_BATCH:
        raise Refusal(f"{len(wanted)} trace ids, at most {MAX_BATCH}")
    known = {trace.trace_id: trace for trace in state.traces(wanted)}
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
    return {"Id": trace.trace_id, "Duration": trace.duration, "LimitExceeded": False, "Segments": segments}


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
