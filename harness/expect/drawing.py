"""Captured telemetry as text: trees of spans and segments, lines of everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.expect.render import plain, short
from harness.model.evidence import ExportRequest
from harness.model.log import LogEvent, LogRecord
from harness.model.metric import DataPoint, Metric
from harness.model.tree import Node, Tree

_VALUE = 40
_FACTS = 120


def draw_tree(tree: Tree) -> list[str]:
    """Return a tree as lines, a node each, with ``├─`` and ``└─``.

    Example:
        >>> from harness.model import Span, trees_of
        >>> times = {"start_time_unix_nano": 0, "end_time_unix_nano": 2_000_000}
        >>> draw_tree(trees_of([Span(trace_id="1", span_id="a", name="GET /", **times)])[0])
        ['GET / [internal] 2.0 ms']
    """
    return list(tree_lines(tree))


def tree_lines(tree: Tree) -> Iterator[str]:
    """Yield a tree's lines one by one, so that the reader can stop."""
    pending = [(tree, "", "")]
    while pending:
        at, prefix, indent = pending.pop()
        yield prefix + node_line(at.node)
        last = len(at.children) - 1
        for index in range(last, -1, -1):
            branch, below = ("└─ ", "   ") if index == last else ("├─ ", "│  ")
            pending.append((at.children[index], indent + branch, indent + below))


def node_line(node: Node) -> str:
    """Return ``name [kind] 3.1 ms  key='value'``."""
    text = f"{plain(node.name)} [{node.kind}] {_duration(node)}"
    if node.failed:
        text += " failed"
    facts = {key.removeprefix("attributes."): value for key, value in node.facts.items()}
    return _with_facts(text, facts)


def _duration(node: Node) -> str:
    if node.end_ns is None:
        return "unfinished"
    return f"{(node.end_ns - node.start_ns) / 1e6:.1f} ms"


def _with_facts(text: str, facts: Mapping[str, Any]) -> str:
    """Return the text with as many facts as fit on a line, the others counted."""
    parts: list[str] = []
    for key, value in facts.items():
        part = f"{plain(key)}={short(value, _VALUE, key=key)}"
        if parts and sum(map(len, parts)) + len(part) > _FACTS:
            parts.append(f"… {len(facts) - len(parts)} more")
            break
        parts.append(part)
    return f"{text}  {' '.join(parts)}" if parts else text


def log_event_line(item: LogEvent) -> str:
    """Return ``cruddur/stream 'message'``."""
    return f"{item.log_group}/{item.log_stream}  {short(item.message, _FACTS)}"


def log_record_line(item: LogRecord) -> str:
    """Return ``INFO 'body'  key='value'``."""
    severity = item.severity_text or str(item.severity_number)
    name = f" {item.event_name}" if item.event_name else ""
    return _with_facts(f"{severity}{name} {short(item.body, _FACTS)}", item.attributes)


def metric_lines(item: Metric) -> Iterator[str]:
    """Yield ``name [sum] unit`` and a line for each data point."""
    unit = f" {item.unit}" if item.unit else ""
    yield f"{plain(item.name)} [{item.type.value}]{unit}"
    last = len(item.data_points) - 1
    for index, point in enumerate(item.data_points):
        yield ("└─ " if index == last else "├─ ") + _point(point)


def _point(point: DataPoint) -> str:
    values = {"value": point.value, "count": point.count, "sum": point.sum}
    text = " ".join(f"{key}={value!r}" for key, value in values.items() if value is not None)
    return _with_facts(text or "no value", point.attributes)


def export_line(item: ExportRequest) -> str:
    """Return ``otlp /v1/traces items=3  header='value'``."""
    return _with_facts(f"{item.channel} {plain(item.path)} items={item.items}", item.headers)
