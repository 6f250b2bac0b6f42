"""The coverage table as the templates show it."""

from __future__ import annotations

from harness.analysis.coverage import Coverage, CoverageRow, Share
from harness.report.html import limits
from harness.report.html.page import CoverageRowView, CoverageView, FieldView, ShareView
from harness.report.text import clipped, one_line


def coverage_view(coverage: Coverage, budget: limits.Budget) -> CoverageView:
    """Return the coverage for the page, what nobody checks first."""
    shares = (
        _share("span and segment name", coverage.names),
        _share("attribute", coverage.attributes),
        _share("log event", coverage.log_events),
        _share("log record", coverage.log_records),
        _share("metric", coverage.metrics),
    )
    rows: list[CoverageRowView] = []
    left = limits.COVERAGE_LINES
    for row in sorted(coverage.rows, key=lambda r: r.asserted > 0):
        if left <= 0:
            break
        fields = min(len(row.fields), limits.COVERAGE_LINES_PER_NAME)
        budget.omit("coverage attribute", len(row.fields) - fields)
        left -= 1 + fields
        rows.append(_coverage_row(row, fields))
    budget.omit("coverage row", len(coverage.rows) - len(rows))
    return CoverageView(
        shares=tuple(share for share in shares if share.captured != "0"),
        rows=tuple(rows),
    )


def _share(noun: str, share: Share) -> ShareView:
    return ShareView(
        noun=noun if share.captured == 1 else f"{noun}s",
        captured=f"{share.captured:,}",
        asserted=f"{share.asserted:,}",
        unasserted=f"{share.unasserted:,}",
        percent=share.percent,
    )


def _coverage_row(row: CoverageRow, fields: int) -> CoverageRowView:
    return CoverageRowView(
        signal=row.signal,
        scope=clipped(one_line(row.scope), limits.NAME_CHARS),
        name=clipped(one_line(row.name), limits.NAME_CHARS),
        captured=f"{row.captured:,}",
        asserted=f"{row.asserted:,}",
        is_asserted=row.asserted > 0,
        checked_by=_checked_by(row.scenarios),
        fields=tuple(
            FieldView(
                path=clipped(one_line(item.path), limits.NAME_CHARS),
                captured=f"{item.captured:,}",
                asserted=item.asserted,
                types=", ".join(item.types),
                checked_by=_checked_by(item.scenarios),
            )
            for item in row.fields[:fields]
        ),
    )


def _checked_by(scenarios: tuple[str, ...]) -> str:
    if not scenarios:
        return "nobody"
    first = clipped(one_line(scenarios[0].rpartition("::")[2]), 80)
    return first if len(scenarios) == 1 else f"{first} and {len(scenarios) - 1:,} more"
