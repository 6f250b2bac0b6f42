"""What every worker and shard emits while its app starts, once: a serial run starts its app once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from harness.analysis.copies import joined
from harness.contract.messages import message_form
from harness.contract.write.names import name_form
from harness.model import LogEvent, LogRecord, RunRecord, Segment, Span, Subsegment, Telemetry

T = TypeVar("T")
_MS, _S = 1_000_000, 1_000_000_000


def joined_outside(records: Sequence[RunRecord]) -> Telemetry:
    """Return what several runs captured outside of scenarios, what was emitted at each one's start once.

    That is what came before the run's first scenario: log events and records, traces of spans, and
    segments. Of those that read alike, times and ids aside, as many are kept as the run with the most has.
    """
    seen: dict[str, Counter[Hashable]] = {}
    return joined([_without_known(record, seen) for record in records])


def _without_known(record: RunRecord, seen: dict[str, Counter[Hashable]]) -> Telemetry:
    starts = [s.start_time_unix_nano for s in record.scenarios if s.start_time_unix_nano]
    outside = record.outside
    if not starts:
        return outside
    until = min(starts)
    traces: dict[str, list[Span]] = {}
    for span in outside.spans:
        traces.setdefault(span.trace_id, []).append(span)
    new: dict[str, tuple[Any, ...]] = {
        field: tuple(_new(getattr(outside, field), until, seen.setdefault(field, Counter()), read))
        for field, read in _SIGNALS.items()
    }
    kept = {
        id(trace) for trace in _new(traces.values(), until, seen.setdefault("traces", Counter()), _of_trace)
    }
    new["spans"] = tuple(span for span in outside.spans if id(traces[span.trace_id]) in kept)
    return msgspec.structs.replace(outside, **new)


def _new(
    values: Iterable[T], until: int, seen: Counter[Hashable], read: Callable[[T], tuple[int, Hashable]]
) -> Iterator[T]:
    """Yield what came later than a start, and of the rest what no earlier run had so many of."""
    own: Counter[Hashable] = Counter()
    for value in values:
        time, form = read(value)
        if time >= until:
            yield value
            continue
        own[form] += 1
        if own[form] > seen[form]:
            yield value
    for form, number in own.items():
        seen[form] = max(seen[form], number)


def _of_event(event: LogEvent) -> tuple[int, Hashable]:
    return event.timestamp * _MS, (event.log_group, message_form(event.message))


def _of_record(record: LogRecord) -> tuple[int, Hashable]:
    body = message_form(record.body) if isinstance(record.body, str) else type(record.body)
    time = record.time_unix_nano or record.observed_time_unix_nano
    form = (record.scope.name, record.severity_number, record.event_name, body, *sorted(record.attributes))
    return time, form


def _of_segment(segment: Segment) -> tuple[int, Hashable]:
    return round(segment.start_time * _S), _shape(segment)


def _shape(document: Segment | Subsegment) -> Hashable:
    return name_form(document.name), tuple(sorted(map(_shape, document.subsegments), key=repr))


def _of_trace(spans: Sequence[Span]) -> tuple[int, Hashable]:
    """Return when the last span of a trace was started, and what tells the trace from others."""
    names = Counter((name_form(span.name), span.kind.value, span.scope.name) for span in spans)
    return max(span.start_time_unix_nano for span in spans), frozenset(names.items())


_SIGNALS: dict[str, Callable[[Any], tuple[int, Hashable]]] = {
    "log_events": _of_event,
    "log_records": _of_record,
    "segments": _of_segment,
}
