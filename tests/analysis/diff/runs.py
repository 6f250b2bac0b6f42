"""Runs to compare, and changes in few words."""

from __future__ import annotations

from typing import Any

from harness.analysis.diff import Change, Diff, diff_records
from harness.model import RunRecord, ScenarioRecord, Span, SpanKind
from tests.builders import a_span, a_telemetry

ROOT = a_span("GET /x", kind=SpanKind.SERVER)


def a_run(*captured: Any, packages: dict[str, str] | None = None, name: str = "test_x") -> RunRecord:
    """Return a run of one scenario that captured these values."""
    scenario = ScenarioRecord(name=name, telemetry=a_telemetry(*captured))
    return RunRecord(scenarios=(scenario,), packages=packages or {})


def below_root(*children: Span) -> RunRecord:
    """Return a run that captured `ROOT` and these spans."""
    return a_run(ROOT, *children)


def child(name: str = "query", *, id: str = "", parent: Span = ROOT, **fields: Any) -> Span:  # noqa: A002
    """Return a span below `ROOT`, or below another parent; siblings of one name need ids."""
    if id:
        fields["span_id"] = f"{id:0>16}"
    return a_span(name, parent=parent, **fields)


def words(change: Change) -> str:
    """Return a change in one line: kind, where, what, before → after."""
    where = " | ".join(" › ".join(place.path) for place in change.places)
    what = f" {change.what}" if change.what else ""
    unit = f" ({change.unit})" if change.unit else ""
    return f"{change.kind} at {where}:{what} {change.before} → {change.after}{unit}"


def changes(before: RunRecord, after: RunRecord) -> list[str]:
    """Return what differs, a line for each change."""
    return [words(change) for change in diff_of(before, after).changes]


def diff_of(before: RunRecord, after: RunRecord) -> Diff:
    """Return the diff; both directions are compared, so that neither breaks unseen."""
    diff_records(after, before)
    return diff_records(before, after)
