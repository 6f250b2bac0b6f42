"""Requests as the templates show them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache

from harness.analysis.nodes import Checks, is_checked
from harness.analysis.waterfall import Request, Row
from harness.model import Node
from harness.report.html import limits
from harness.report.html.page import FactView, RowView, WaterfallView
from harness.report.text import clipped, duration_text, one_line, value_text

_BADGES = {"log_event": "log event", "log_record": "log record"}
_DEEPEST = 12


def waterfall_views(
    requests: Sequence[Request], checks: Checks, budget: limits.Budget
) -> tuple[WaterfallView, ...]:
    """Return as many requests as one scenario may show and the page can afford."""
    views = []
    for request in requests[: limits.WATERFALLS_PER_SCENARIO]:
        if budget.rows <= 0:
            break
        shown = min(len(request.rows), budget.rows, limits.ROWS_PER_REQUEST)
        budget.rows -= shown
        budget.omit("waterfall row", len(request.rows) - shown)
        views.append(_view(request, shown, checks, budget))
    budget.omit("waterfall", len(requests) - len(views))
    return tuple(views)


def _view(request: Request, shown: int, checks: Checks, budget: limits.Budget) -> WaterfallView:
    axis = request.duration_ms or 1.0
    return WaterfallView(
        title=clipped(one_line(request.name), limits.NAME_CHARS) or "logs that belong to no request",
        trace_ids=request.trace_ids,
        duration=duration_text(request.duration_ms),
        ticks=tuple(duration_text(axis * quarter / 4) for quarter in range(5)),
        by_time=request.by_time,
        rows=tuple(_row(row, axis, checks, budget) for row in request.rows[:shown]),
        rows_left_out=len(request.rows) - shown,
    )


def _row(row: Row, axis: float, checks: Checks, budget: limits.Budget) -> RowView:
    node = row.node
    made = checks.get((node.signal, node.node_id), ()) if node else ()
    facts = _log_facts(row, budget) if node is None else _facts(node, made, budget)
    return RowView(
        signal="log" if node is None else node.signal,
        badge=_BADGES.get(row.signal, row.kind if row.signal == "segment" else f"span · {row.kind}"),
        name=clipped(one_line(row.name), limits.NAME_CHARS),
        depth=min(row.depth, _DEEPEST),
        x=_percent(row.start_ms / axis),
        width=_width(row, axis),
        start=duration_text(row.start_ms),
        duration=_duration(row),
        finished=row.finished,
        failed=row.failed,
        asserted=bool(made),
        by_time=row.by_time,
        site=str(node.site) if node and node.site else "",
        facts=facts,
        facts_left_out=0 if node is None else len(node.facts) - len(facts),
    )


def _log_facts(row: Row, budget: limits.Budget) -> tuple[FactView, ...]:
    """Return the whole text, and what it came from: the line itself is cut to fit."""
    kind = "log_group" if row.signal == "log_event" else "severity"
    values = [(path, value) for path, value in (("message", row.name), (kind, row.kind)) if value]
    facts = tuple(
        FactView(path=path, value=clipped(value, limits.MESSAGE_CHARS), type="str", asserted=False)
        for path, value in values[: budget.facts_of(len(values))]
    )
    budget.spend(*(fact.value for fact in facts))
    return facts


def _duration(row: Row) -> str:
    if row.node is None:
        return "—"
    return "unfinished" if row.duration_ms is None else duration_text(row.duration_ms)


def _width(row: Row, axis: float) -> str:
    if row.node is None:
        return ""
    # What never ended is drawn to the end of the axis.
    length = axis - row.start_ms if row.duration_ms is None else row.duration_ms
    left = min(1.0, max(0.0, row.start_ms / axis))
    return _percent(min(length / axis, 1.0 - left))


def _percent(share: float) -> str:
    return f"{min(1.0, max(0.0, share)) * 100:.2f}%"


def _facts(node: Node, checks: Iterable[tuple[str, ...]], budget: limits.Budget) -> tuple[FactView, ...]:
    checked = tuple(field for fields in checks for field in fields)
    facts = tuple(
        [
            _fact(path, value_text(value), type(value).__name__, checked)
            for path, value in itertools.islice(node.facts.items(), budget.facts_of(len(node.facts)))
        ]
    )
    budget.spend(*[fact.path + fact.value for fact in facts])
    return facts


@lru_cache(maxsize=4096)
def _fact(path: str, value: str, kind: str, checked: tuple[str, ...]) -> FactView:
    """Return an attribute for the page: most of a request's occur in many."""
    return FactView(
        path=clipped(one_line(path), limits.NAME_CHARS),
        value=clipped(value, limits.VALUE_CHARS),
        type=kind,
        asserted=is_checked(path, checked),
    )
