"""The raw captures of one scenario, and whose they are."""

from __future__ import annotations

import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Sized
from typing import Any, TypeVar

import msgspec

from harness.capture import tasks, xray_evidence
from harness.capture.call_site import resolve
from harness.capture.otel_evidence import (
    CreatedProcessor,
    DroppedSpan,
    EmittedRecord,
    StartedSpan,
    counted,
    ids_repeated,
    unsampled_of,
)
from harness.capture.xray_begun import BegunEntity
from harness.codec import metric_merge, sdk, xray_trees, zipkin_halves
from harness.codec.otlp import SpanKey
from harness.codec.witnesses import export_differs
from harness.model import (
    Elsewhere,
    ExportRequest,
    Incident,
    LogEvent,
    LogRecord,
    Metric,
    Rejected,
    Segment,
    Site,
    Span,
    Subsegment,
    Telemetry,
    Unfinished,
    Unsampled,
)

T = TypeVar("T")


class Bucket:
    """What one scenario owns, as it came; decoded when asked for.

    An SDK's objects are let go once they have ended and were decoded: some twenty
    for each span and segment, which every full garbage collection would visit.

    Attributes:
        name: The scenario's; empty for what belongs to none.
        thread: Identity of the thread that made the bucket, the scenario's own.
        node_ids: Ids of its spans, segments and subsegments.
        started: In-process spans in order of start; the SDK's until they are decoded.
        repeated: Those with the ids of one before them, and these ids.
        on_wire: Spans that were exported; of those that this process has too, how to decode them,
            or None once they were compared.
        provider_of: The provider of each in-process span whose export was not compared yet.
        partial: Those of other processes, of which a format with less than all told.
        hashes: Those of the X-Ray documents that arrived, 64 bits each.
        begun: X-Ray entities that were not sent yet.
        invocations: Id of a segment that AWS Lambda itself sends → the function's name.

    Args:
        earlier_threads: Threads that were running before the scenario began.
    """

    def __init__(self, earlier_threads: Iterable[threading.Thread] = (), *, name: str = "") -> None:
        self.name = name
        self.thread = threading.get_ident()
        self._earlier_threads = weakref.WeakSet(earlier_threads)
        self.node_ids: set[str] = set()
        self.started: dict[SpanKey, StartedSpan | Span] = {}
        self.repeated: list[tuple[SpanKey, StartedSpan | Span]] = []
        self.provider_of: dict[SpanKey, int] = {}
        self.on_wire: dict[SpanKey, Span | Callable[[], Span] | None] = {}
        self.partial: set[SpanKey] = set()
        self.hashes: set[int] = set()
        self.begun: list[BegunEntity] = []
        self.invocations: dict[str, str] = {}
        self._items: defaultdict[type, list[Any]] = defaultdict(list)
        self._differing: dict[tuple[str, Site | None], Incident] = {}
        self._sites: dict[str, Site | None] = {}
        self._joined: tuple[tuple[Segment, ...], tuple[Incident, ...]] = ((), ())
        self._joined_of = (0, 0, 0)
        self._merged: tuple[Metric, ...] = ()
        self._merged_of = 0
        self._telemetry = Telemetry()
        self._telemetry_of: tuple[object, ...] | None = None

    def add(self, *items: object) -> None:
        """Take what needs no key: metrics, log events, documents, exports, rejected input, incidents."""
        for item in items:
            self._items[type(item)].append(item)

    def repeat(self, key: SpanKey, started: StartedSpan) -> None:
        """Take a span with the ids of one before it, and say so once for a line of the app."""
        incident = ids_repeated(self.started[key], started)
        self.repeated.append((key, started))
        if incident.site not in [known.site for known in self.of(Incident) if known.id == incident.id]:
            self.add(incident)

    def of(self, kind: type[T]) -> Sequence[T]:
        """Return what was added of one type, in order."""
        return self._items.get(kind, ())

    def replace_log_event(self, position: int, event: LogEvent) -> None:
        """Put a log event in the place of what was known of it so far."""
        self._items[LogEvent][position] = event

    def telemetry(self) -> Telemetry:
        """Return everything owned so far as model values; the same value while nothing is new."""
        owned = self._owned()
        if owned is None or owned != self._telemetry_of:
            self._telemetry, self._telemetry_of = self._decode_all(), owned
        return self._telemetry

    def _owned(self) -> tuple[object, ...] | None:
        """Return what differs once something is new; None while anything is open: it ends unannounced."""
        if (
            any(self._open_spans())
            or not all(begun.sent for begun in self.begun)
            or not all(processor.attached for processor in self.of(CreatedProcessor))
        ):
            return None
        growing: Iterable[Sized] = (self.started, self.repeated, self.on_wire, *self._items.values())
        # What was sent has moved from one to the other, which makes nothing new.
        begun = len(self.begun) + len(self._sites)
        # A log event is replaced when the wire has it, too.
        return (*map(len, growing), begun, *self.of(LogEvent))

    def open_in_tasks(self) -> set[str]:
        """Return the ids of what is open in an asyncio task that goes on."""
        spans = {f"{s.span.context.span_id:016x}" for s in self._open_spans() if tasks.goes_on(s.task)}
        return spans | {b.entity.id for b in self.begun if not b.sent and tasks.goes_on(b.task)}

    def _decode_all(self) -> Telemetry:
        self._forget_sent()
        segments, orphans = self._joined_documents()
        return Telemetry(
            spans=self._spans(),
            metrics=self._merged_metrics(),
            log_records=self._log_records(),
            segments=segments,
            log_events=tuple(self.of(LogEvent)),
            exports=tuple(self.of(ExportRequest)),
            rejected=tuple(self.of(Rejected)),
            unfinished=(
                *map(self._unfinished, self._open_spans()),
                *xray_evidence.unfinished_of(self.begun, self._is_earlier),
            ),
            incidents=(
                *self.of(Incident),
                *self._differing.values(),
                *(processor.incident() for processor in self.of(CreatedProcessor) if not processor.attached),
                *xray_evidence.phantom_ids_of(self.begun),
                *orphans,
            ),
            unsampled=unsampled_of(self.of(DroppedSpan), self.of(Unsampled)),
            elsewhere=counted(self.of(Elsewhere)),
        )

    def _joined_documents(self) -> tuple[tuple[Segment, ...], tuple[Incident, ...]]:
        """Return the segments and what could not be joined, put together once for the same documents."""
        # Their number tells whether there are more: none is replaced, only log events are.
        documents: tuple[Segment | Subsegment, ...] = (*self.of(Segment), *self.of(Subsegment))
        joined_of = len(documents), len(self.invocations), len(self._sites) + len(self.begun)
        if joined_of != self._joined_of:
            sites = self._sites | {begun.entity.id: begun.site() for begun in self.begun}
            of_lambda = xray_evidence.lambda_segments(self.invocations, documents)
            self._joined = xray_trees.join_documents((*documents, *of_lambda), sites)
            self._joined_of = joined_of
        return self._joined

    def _merged_metrics(self) -> tuple[Metric, ...]:
        """Return the metrics, merged once for the same deltas."""
        deltas = self.of(Metric)
        if len(deltas) != self._merged_of:
            self._merged, self._merged_of = metric_merge.merge_deltas(deltas), len(deltas)
        return self._merged

    def _forget_sent(self) -> None:
        unsent = []
        for begun in self.begun:
            if begun.sent:
                self._sites[begun.entity.id] = begun.site()
            else:
                unsent.append(begun)
        self.begun = unsent

    def _open_spans(self) -> Iterator[StartedSpan]:
        for _, started in (*self.started.items(), *self.repeated):
            if isinstance(started, StartedSpan) and started.open:
                yield started

    def _unfinished(self, started: StartedSpan) -> Unfinished:
        context = started.span.context
        return Unfinished(
            kind="span",
            name=started.span.name,
            id=f"{context.span_id:016x}",
            trace_id=f"{context.trace_id:032x}",
            site=started.site(),
            earlier_thread=started.span.parent is None and self._is_earlier(started.thread),
        )

    def _is_earlier(self, identity: int) -> bool:
        """Return whether a thread was running before the scenario; identities are used again."""
        return any(thread.ident == identity for thread in self._earlier_threads)

    def _spans(self) -> tuple[Span, ...]:
        self.repeated = [(key, _decoded(span)) for key, span in self.repeated]
        repeated = dict(self.repeated)
        for key, started in self.started.items():
            span = _decoded(started)
            if isinstance(span, StartedSpan):
                continue
            if key in self.on_wire and "wire" not in span.witnesses:
                if key not in repeated:  # else nobody knows which of them this is
                    self._compare(span, self.on_wire[key])
                self.on_wire[key] = None
                span = msgspec.structs.replace(span, witnesses=("process", "wire"))
            self.started[key] = span
        in_process = (*self.started.values(), *(span for _, span in self.repeated))
        spans = [span for span in in_process if isinstance(span, Span)]
        spans += (
            span
            for key, span in self.on_wire.items()
            if isinstance(span, Span) and not isinstance(self.started.get(key), Span)
        )
        spans.sort(key=lambda span: span.start_time_unix_nano)
        # Here, where every request has come: the halves of a Zipkin span come in any.
        return tuple(zipkin_halves.unshared(spans))

    def _compare(self, span: Span, exported: Span | Callable[[], Span] | None) -> None:
        """Keep one difference for a line of the app."""
        if callable(exported):
            exported = exported()
        differing = export_differs(span, exported) if exported is not None else None
        if differing is not None:
            self._differing.setdefault((differing.message, differing.site), differing)

    def _log_records(self) -> tuple[LogRecord, ...]:
        """Return in-process records, each with the wire as second witness, then wire-only ones."""
        on_wire: dict[Hashable, int] = {}
        for record in self.of(LogRecord):
            on_wire[_identity(record)] = on_wire.get(_identity(record), 0) + 1
        records = []
        for emitted in self.of(EmittedRecord):
            record = sdk.log_record_of(emitted.record, resolve(emitted.call))
            if on_wire.get(_identity(record), 0):
                on_wire[_identity(record)] -= 1
                record = msgspec.structs.replace(record, witnesses=("process", "wire"))
            records.append(record)
        for record in self.of(LogRecord):
            if on_wire[_identity(record)]:
                on_wire[_identity(record)] -= 1
                records.append(record)
        return tuple(records)


def _decoded(started: StartedSpan | Span) -> StartedSpan | Span:
    """Return the span, once it has ended."""
    if isinstance(started, Span) or started.open:
        return started
    return sdk.span_of(started.span, started.site())


def _identity(record: LogRecord) -> Hashable:
    """Return what makes two witnesses the same log record; records carry no id."""
    return record.observed_time_unix_nano, record.trace_id, record.span_id, repr(record.body)


def other_threads() -> list[threading.Thread]:
    """Return the threads that run beside this one."""
    own = threading.current_thread()
    return [thread for thread in threading.enumerate() if thread is not own]
