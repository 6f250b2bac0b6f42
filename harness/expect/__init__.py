"""Expectations: immutable values that say what telemetry must hold, and check it."""

from harness.expect.checks import check_all, check_count, check_none, check_one, find
from harness.expect.constants import CLIENT, CONSUMER, ERROR, INTERNAL, OK, PRODUCER, SERVER, UNSET
from harness.expect.drawing import draw_tree
from harness.expect.events import EventExpectation, event
from harness.expect.expectation import Expectation
from harness.expect.exports import ExportExpectation, export_request
from harness.expect.failure import TelemetryAssertionError, failure_message
from harness.expect.ids import finding_ids
from harness.expect.links import LinkExpectation, link
from harness.expect.log_events import LogEventExpectation, log_event
from harness.expect.log_records import LogRecordExpectation, log_record
from harness.expect.matcher import Matcher
from harness.expect.matchers.combine import all_of, any_of, not_, one_of
from harness.expect.matchers.containers import contains, each, length
from harness.expect.matchers.numbers import approx, between, ge, gt, le, lt
from harness.expect.matchers.regex import regex
from harness.expect.matchers.text import ends_with, hex_id, starts_with
from harness.expect.matchers.time import iso8601
from harness.expect.matchers.types import instance_of
from harness.expect.metrics import MetricExpectation, metric
from harness.expect.presence import absent, present
from harness.expect.segments import SegmentExpectation, SubsegmentExpectation, segment, subsegment
from harness.expect.spans import SpanExpectation, span
from harness.expect.traces import TraceExpectation, trace

__all__ = [
    "CLIENT",
    "CONSUMER",
    "ERROR",
    "INTERNAL",
    "OK",
    "PRODUCER",
    "SERVER",
    "UNSET",
    "EventExpectation",
    "Expectation",
    "ExportExpectation",
    "LinkExpectation",
    "LogEventExpectation",
    "LogRecordExpectation",
    "Matcher",
    "MetricExpectation",
    "SegmentExpectation",
    "SpanExpectation",
    "SubsegmentExpectation",
    "TelemetryAssertionError",
    "TraceExpectation",
    "absent",
    "all_of",
    "any_of",
    "approx",
    "between",
    "check_all",
    "check_count",
    "check_none",
    "check_one",
    "contains",
    "draw_tree",
    "each",
    "ends_with",
    "event",
    "export_request",
    "failure_message",
    "find",
    "finding_ids",
    "ge",
    "gt",
    "hex_id",
    "instance_of",
    "iso8601",
    "le",
    "length",
    "link",
    "log_event",
    "log_record",
    "lt",
    "metric",
    "not_",
    "one_of",
    "present",
    "regex",
    "segment",
    "span",
    "starts_with",
    "subsegment",
    "trace",
]
