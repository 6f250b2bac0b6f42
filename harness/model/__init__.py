"""Frozen values: what was captured, what was checked, what was found."""

from harness.model.evidence import Elsewhere, ExportRequest, Incident, Rejected, Unfinished, Unsampled
from harness.model.finding import Finding, Level, Match, Verdict
from harness.model.log import LogEvent, LogRecord
from harness.model.metric import DataPoint, Metric, MetricType, Temporality
from harness.model.record import SCHEMA_VERSION, Outcome, RunRecord, ScenarioRecord
from harness.model.sampling import DaemonCounters, SamplingStatistics
from harness.model.segment import Segment, Subsegment
from harness.model.site import Site
from harness.model.span import Link, Resource, Scope, Span, SpanEvent, SpanKind, Status, StatusCode
from harness.model.telemetry import Telemetry
from harness.model.tree import Node, Trace, Tree, segment_tree, span_node, traces_of, trees_of
from harness.model.xray_trace import XRayTrace, xray_traces_of

__all__ = [
    "SCHEMA_VERSION",
    "DaemonCounters",
    "DataPoint",
    "Elsewhere",
    "ExportRequest",
    "Finding",
    "Incident",
    "Level",
    "Link",
    "LogEvent",
    "LogRecord",
    "Match",
    "Metric",
    "MetricType",
    "Node",
    "Outcome",
    "Rejected",
    "Resource",
    "RunRecord",
    "SamplingStatistics",
    "ScenarioRecord",
    "Scope",
    "Segment",
    "Site",
    "Span",
    "SpanEvent",
    "SpanKind",
    "Status",
    "StatusCode",
    "Subsegment",
    "Telemetry",
    "Temporality",
    "Trace",
    "Tree",
    "Unfinished",
    "Unsampled",
    "Verdict",
    "XRayTrace",
    "segment_tree",
    "span_node",
    "traces_of",
    "trees_of",
    "xray_traces_of",
]
