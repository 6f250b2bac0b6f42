"""The failure message: every finding, then what was captured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from harness.expect.drawing import (
    export_line,
    log_event_line,
    log_record_line,
    metric_lines,
    tree_lines,
)
from harness.expect.render import plural
from harness.model.finding import Finding, Verdict
from harness.model.site import Site
from harness.model.telemetry import Telemetry
from harness.model.tree import Tree, segment_tree, trees_of

_LINES = 60
"""Lines of captured telemetry, over all signals."""

_LOG_LINES = 10
"""Lines of a list of log events, log records or requests, in which the closest was named already."""


class TelemetryAssertionError(AssertionError):
    """Telemetry does not hold; the message shows every finding and what was captured.

    Attributes:
        verdict: What does not hold.
    """

    __module__ = "harness"  # where users import it from, and what pytest prints before the message

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message, verdict)
        self.verdict = verdict

    @classmethod
    def of(cls, verdict: Verdict, telemetry: Telemetry) -> TelemetryAssertionError:
        """Return the error for a verdict that did not pass."""
        return cls(failure_message(verdict, telemetry), verdict)

    def __str__(self) -> str:
        return str(self.args[0])


def failure_message(verdict: Verdict, telemetry: Telemetry) -> str:
    """Return the text of a failure: findings by the node they are about, then what was captured.

    Example:
        >>> from harness import span
        >>> print(failure_message(span("GET /").check(Telemetry()), Telemetry()))
        1 expectation not met
          at GET /
            span_missing: no span 'GET /' was captured; no span was captured at all
        captured: nothing
    """
    lines = [_headline(verdict)]
    for (where, site), findings in _grouped(verdict.findings).items():
        lines.append(f"  at {where or 'the scenario'}" + (f" ({site})" if site else ""))
        lines += [f"    {finding.id}: {finding.message}" for finding in findings]
    captured = _captured(verdict.findings, telemetry)
    lines += ["captured:", *captured] if captured else [f"captured: {_other_signals(telemetry)}"]
    return "\n".join(lines)


def _headline(verdict: Verdict) -> str:
    """Return how many findings there are; those of an invariant meet no expectation of anybody."""
    count = len(verdict.findings)
    return f"{plural(count, 'expectation')} not met" if verdict.expectation else plural(count, "finding")


def _grouped(findings: tuple[Finding, ...]) -> dict[tuple[str, Site | None], list[Finding]]:
    groups: dict[tuple[str, Site | None], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.where, finding.site), []).append(finding)
    return groups


def _captured(findings: tuple[Finding, ...], telemetry: Telemetry) -> list[str]:
    """Return what was captured of the signals that have findings, cut to about 60 lines."""
    traces = {finding.trace_id for finding in findings if finding.trace_id}
    signals = [signal for signal in _LISTINGS if any(f.signal == signal for f in findings)]
    listings = {signal: _LISTINGS[signal](telemetry, traces) for signal in signals}
    listings = {signal: (lines, total) for signal, (lines, total) in listings.items() if total}
    budget = _LINES // max(len(listings), 1)
    shown: list[str] = []
    for signal, (lines, total) in listings.items():
        most = min(budget, _LOG_LINES) if signal in _LOGS else budget
        shown += _cut(lines, total, most, signal.replace("_", " "))
    return shown


def _other_signals(telemetry: Telemetry) -> str:
    """Return how much was captured of the signals that have no finding."""
    counted = {
        "span": telemetry.spans,
        "segment": telemetry.segments,
        "log event": telemetry.log_events,
        "log record": telemetry.log_records,
        "metric": telemetry.metrics,
        "export request": telemetry.exports,
    }
    return ", ".join(plural(len(items), noun) for noun, items in counted.items() if items) or "nothing"


def _cut(lines: Iterator[str], total: int, budget: int, noun: str) -> Iterator[str]:
    """Yield the first lines, indented, and how many are left."""
    shown = min(total, budget)
    for line in islice(lines, shown):
        yield f"  {line}"
    if total > shown:
        yield f"  … {total - shown} more {noun}{'s' if total - shown > 1 else ''}"


Listing = tuple[Iterator[str], int]


def _span_lines(telemetry: Telemetry, traces: set[str]) -> Listing:
    if not telemetry.spans:
        return iter(()), 0
    return _forest(trees_of(telemetry.spans), traces), len(telemetry.spans)


def _segment_lines(telemetry: Telemetry, traces: set[str]) -> Listing:
    trees = tuple(segment_tree(segment) for segment in telemetry.segments)
    return _forest(trees, traces), sum(1 for tree in trees for _ in tree.walk())


def _forest(trees: tuple[Tree, ...], traces: set[str]) -> Iterator[str]:
    """Yield the trees' lines, those of traces with findings first."""
    for tree in sorted(trees, key=lambda tree: tree.node.trace_id not in traces):
        yield from tree_lines(tree)


def _log_event_lines(telemetry: Telemetry, _traces: set[str]) -> Listing:
    return map(log_event_line, telemetry.log_events), len(telemetry.log_events)


def _log_record_lines(telemetry: Telemetry, _traces: set[str]) -> Listing:
    return map(log_record_line, telemetry.log_records), len(telemetry.log_records)


def _metric_lines(telemetry: Telemetry, _traces: set[str]) -> Listing:
    lines = [line for metric in telemetry.metrics for line in metric_lines(metric)]
    return iter(lines), len(lines)


def _export_lines(telemetry: Telemetry, _traces: set[str]) -> Listing:
    return map(export_line, telemetry.exports), len(telemetry.exports)


_LOGS = ("log_event", "log_record", "export_request")
_LISTINGS: dict[str, Callable[[Telemetry, set[str]], Listing]] = {
    "span": _span_lines,
    "segment": _segment_lines,
    "log_event": _log_event_lines,
    "log_record": _log_record_lines,
    "metric": _metric_lines,
    "export_request": _export_lines,
}
