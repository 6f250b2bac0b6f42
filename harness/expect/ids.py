"""The stable ids of all findings that expectations can make."""

from __future__ import annotations

from typing import Any

from harness.expect.expectation import Expectation
from harness.expect.exports import ExportExpectation
from harness.expect.log_events import LogEventExpectation
from harness.expect.log_records import LogRecordExpectation
from harness.expect.metrics import POINT_FIELDS, MetricExpectation
from harness.expect.raising import FINDING_ID
from harness.expect.segments import SegmentExpectation, SubsegmentExpectation
from harness.expect.spans import SpanExpectation
from harness.expect.traces import TraceExpectation

KINDS: tuple[type[Expectation[Any]], ...] = (
    SpanExpectation,
    SegmentExpectation,
    SubsegmentExpectation,
    LogEventExpectation,
    LogRecordExpectation,
    MetricExpectation,
    ExportExpectation,
    TraceExpectation,
)
"""The built-in kinds of expectations."""


def finding_ids() -> tuple[str, ...]:
    """Return every id that a finding of a built-in expectation can have, sorted.

    Example:
        >>> "span_not_under_parent" in finding_ids()
        True
    """
    ids = {
        "count_mismatch",
        "data_point_missing",
        FINDING_ID,
        "span_not_under_parent",
        "subsegment_not_under_parent",
    }
    for kind in KINDS:
        ids |= {f"{kind.STEM}_missing", f"{kind.STEM}_unexpected"}
        ids |= {finding_id for field in kind.FIELDS for finding_id in field.ids()}
    return tuple(sorted(ids | {finding_id for field in POINT_FIELDS for finding_id in field.ids()}))
