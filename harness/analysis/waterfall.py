"""Waterfalls: everything that belongs to one request, on one time axis.

An OpenTelemetry trace id and an X-Ray trace id seldom agree, and a log event
has no id at all, so a request is put together in this order:

1. each OpenTelemetry trace is a request; so is each X-Ray trace that joins none;
2. an X-Ray trace joins the OpenTelemetry trace whose interval overlaps it best;
3. a log joins the request whose trace id it carries or names in its text,
   else the one in whose interval it falls, else it is kept in a lane of its own.

Every clock is the epoch. A log event's is in whole milliseconds, so `SLACK_NS`
is allowed when times are compared.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import msgspec

from harness.analysis.nodes import segment_trees
from harness.model import LogEvent, LogRecord, Node, Segment, Telemetry, Tree

SLACK_NS = 1_000_000
_TRACE_ID = re.compile(r"\b(?:1-[0-9a-f]{8}-[0-9a-f]{24}|[0-9a-f]{32})\b")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a waterfall.

    Attributes:
        signal: ``span``, ``segment``, ``log_event`` or ``log_record``.
        kind: The node's kind; a log's group or severity.
        name: The node's name, or the log's text.
        depth: Levels below the root of its tree.
        start_ms: Milliseconds since the start of the request; a log may
            have a negative one, from rounding.
        duration_ms: None for a moment, and for what has not ended.
        finished: False for a span or segment without an end.
        node: None for a log.
        by_time: It is in this request only because of its time.
    """

    signal: str
    kind: str
    name: str
    depth: int = 0
    start_ms: float
    duration_ms: float | None = None
    finished: bool = True
    failed: bool = False
    node: Node | None = None
    by_time: bool = False


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request: its rows on one time axis.

    Attributes:
        name: The first root's name; empty for logs that join no request.
        trace_ids: OpenTelemetry first, then X-Ray.
        start_ns: Nanoseconds since the epoch.
        duration_ms: From the first start to the last end.
    """

    name: str
    trace_ids: tuple[str, ...] = ()
    start_ns: int
    duration_ms: float
    rows: tuple[Row, ...] = ()

    @property
    def by_time(self) -> bool:
        """True when a row is here only because of its time."""
        return any(row.by_time for row in self.rows)


class _Log(msgspec.Struct, frozen=True):
    signal: str
    kind: str
    text: str
    time_ns: int
    failed: bool
    trace_ids: tuple[str, ...]


class _Draft(msgspec.Struct, eq=False):
    """A request while it is put together; `joined` are X-Ray traces."""

    trace_ids: list[str]
    trees: list[Tree]
    start: int
    end: int
    joined: list[_Draft] = []
    logs: list[tuple[_Log, bool]] = []


class _Intervals:
    """Drafts by start, so that those near a moment are found without a full scan."""

    def __init__(self, drafts: Iterable[_Draft]) -> None:
        self._drafts = sorted(drafts, key=lambda d: d.start)
        self._starts = [draft.start for draft in self._drafts]
        self._latest_ends = list(accumulate((draft.end for draft in self._drafts), max))

    def best(self, start: int, end: int, score: Callable[[_Draft], float]) -> _Draft | None:
        """Return the overlapping draft of the highest score; the later start wins a tie."""
        found: _Draft | None = None
        highest = float("-inf")
        index = bisect_right(self._starts, end + SLACK_NS) - 1
        while index >= 0 and self._latest_ends[index] >= start - SLACK_NS:
            draft = self._drafts[index]
            index -= 1
            if draft.end >= start - SLACK_NS and (value := score(draft)) > highest:
                found, highest = draft, value
        return found


def requests_of(telemetry: Telemetry) -> tuple[Request, ...]:
    """Return the requests of a scenario, in order of start; stray logs come last.

    >>> requests_of(Telemetry())
    ()
    """
    drafts = [_draft([trace.trace_id], trace.roots) for trace in telemetry.traces]
    intervals = _Intervals(drafts)
    for trace_id, trees in _xray_traces(telemetry.segments).items():
        own = _draft([trace_id], trees)
        host = intervals.best(own.start, own.end, lambda d, own=own: _overlap(own, d))  # type: ignore[misc]  # of a lambda with a default
        if host is None:
            drafts.append(own)
        else:
            host.trace_ids.append(trace_id)
            host.joined.append(own)
    for draft in drafts:
        _widen(draft)
    strays = _place_logs(drafts, _logs(telemetry))
    requests = [_request(draft) for draft in sorted(drafts, key=lambda d: d.start)]
    return (*requests, *([_stray_request(strays)] if strays else []))


def _draft(trace_ids: list[str], trees: Sequence[Tree]) -> _Draft:
    nodes = [node for tree in trees for _, node in tree.walk()]
    start = min(node.start_ns for node in nodes)
    return _Draft(trace_ids, list(trees), start, max(_end(node) for node in nodes))


def _widen(draft: _Draft) -> None:
    """Stretch a request to what joined it, after all joins: they compare traces as captured."""
    draft.start = min(draft.start, *(own.start for own in draft.joined), draft.start)
    draft.end = max(draft.end, *(own.end for own in draft.joined), draft.end)


def _end(node: Node) -> int:
    return node.start_ns if node.end_ns is None else max(node.start_ns, node.end_ns)


def _xray_traces(segments: Iterable[Segment]) -> dict[str, list[Tree]]:
    traces: dict[str, list[Tree]] = {}
    for tree in segment_trees(segments):
        traces.setdefault(tree.node.trace_id, []).append(tree)
    return traces


def _overlap(one: _Draft, other: _Draft) -> float:
    """Return the shared part of two intervals as a share of what they span together."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared / max(1, max(one.end, other.end) - min(one.start, other.start))


def _logs(telemetry: Telemetry) -> list[_Log]:
    logs = [_record_log(record) for record in telemetry.log_records]
    logs += [_event_log(event) for event in telemetry.log_events]
    return sorted(logs, key=lambda log: log.time_ns)


def _record_log(record: LogRecord) -> _Log:
    text = record.body if isinstance(record.body, str) else repr(record.body)
    time_ns = record.time_unix_nano or record.observed_time_unix_nano
    severity = record.severity_text or str(record.severity_number or "")
    # 17 is ERROR. Source: OpenTelemetry log data model, "Field: SeverityNumber".
    failed = record.severity_number >= 17
    trace_ids = (record.trace_id,) if record.trace_id else ()
    return _Log("log_record", severity, record.event_name or text, time_ns, failed, trace_ids)


def _event_log(event: LogEvent) -> _Log:
    ids = tuple(_TRACE_ID.findall(event.message))
    return _Log("log_event", event.log_group, event.message, event.timestamp * 1_000_000, False, ids)  # noqa: FBT003 - a tuple's field


def _place_logs(drafts: Sequence[_Draft], logs: Iterable[_Log]) -> list[_Log]:
    """Give each log to its request; return those that have none."""
    by_id = {trace_id: draft for draft in drafts for trace_id in draft.trace_ids}
    intervals = _Intervals(drafts)
    strays = []
    for log in logs:
        named = next((by_id[trace_id] for trace_id in log.trace_ids if trace_id in by_id), None)
        draft = named or intervals.best(log.time_ns, log.time_ns, lambda d: -_distance(d, log.time_ns))  # noqa: B023 - called at once
        if draft is None:
            strays.append(log)
        else:
            draft.logs.append((log, named is None))
    return strays


def _distance(draft: _Draft, time_ns: int) -> int:
    """Return how far outside the interval a moment is; 0 when it is inside."""
    return max(draft.start - time_ns, time_ns - draft.end, 0)


def _request(draft: _Draft) -> Request:
    rows = [*_tree_rows(draft.trees, draft.start, by_time=False)]
    for own in draft.joined:
        rows += _tree_rows(own.trees, draft.start, by_time=True)
    rows += [_log_row(log, draft.start, by_time=by_time) for log, by_time in draft.logs]
    return Request(
        name=draft.trees[0].node.name,
        trace_ids=tuple(draft.trace_ids),
        start_ns=draft.start,
        duration_ms=(draft.end - draft.start) / 1e6,
        rows=tuple(rows),
    )


def _tree_rows(trees: Iterable[Tree], origin: int, *, by_time: bool) -> list[Row]:
    return [
        Row(
            signal=node.signal,
            kind=node.kind,
            name=node.name,
            depth=depth,
            start_ms=(node.start_ns - origin) / 1e6,
            duration_ms=None if node.end_ns is None else (node.end_ns - node.start_ns) / 1e6,
            finished=node.end_ns is not None,
            failed=node.failed,
            node=node,
            by_time=by_time,
        )
        for tree in trees
        for depth, node in tree.walk()
    ]


def _log_row(log: _Log, origin: int, *, by_time: bool) -> Row:
    return Row(
        signal=log.signal,
        kind=log.kind,
        name=log.text,
        start_ms=(log.time_ns - origin) / 1e6,
        failed=log.failed,
        by_time=by_time,
    )


def _stray_request(logs: Sequence[_Log]) -> Request:
    start = logs[0].time_ns
    rows = tuple(_log_row(log, start, by_time=False) for log in logs)
    return Request(name="", start_ns=start, duration_ms=(logs[-1].time_ns - start) / 1e6, rows=rows)
