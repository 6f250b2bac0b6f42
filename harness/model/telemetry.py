"""All telemetry of one scenario."""

from __future__ import annotations

import msgspec

from harness.model.evidence import Elsewhere, ExportRequest, Incident, Rejected, Unfinished, Unsampled
from harness.model.log import LogEvent, LogRecord
from harness.model.metric import Metric
from harness.model.segment import Segment
from harness.model.span import Span
from harness.model.tree import Trace, traces_of


class Telemetry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was captured, by signal, each in order of start or arrival."""

    spans: tuple[Span, ...] = ()
    metrics: tuple[Metric, ...] = ()
    log_records: tuple[LogRecord, ...] = ()
    segments: tuple[Segment, ...] = ()
    log_events: tuple[LogEvent, ...] = ()
    exports: tuple[ExportRequest, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()
    incidents: tuple[Incident, ...] = ()
    unsampled: tuple[Unsampled, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when no signal was captured; rejected input and incidents are none."""
        signals = self.spans, self.metrics, self.log_records, self.segments, self.log_events, self.exports
        return not any(signals)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """The spans as trees, one `Trace` per trace id, in order of start."""
        return traces_of(self.spans)
