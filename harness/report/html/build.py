"""A run record as the page that the templates show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from harness.analysis.coverage import Coverage, CoverageRow, Share, coverage_of
from harness.analysis.outcome import findings_of, is_failure, scenario_fails
from harness.analysis.waterfall import requests_of
from harness.model import RunRecord, ScenarioRecord
from harness.report.html import limits
from harness.report.html.page import (
    CountView,
    CoverageRowView,
    CoverageView,
    FieldView,
    FindingView,
    Page,
    ScenarioView,
    ShareView,
)
from harness.report.html.scenarios import evidence_views, finding_view, scenario_view
from harness.report.html.waterfalls import waterfall_views
from harness.report.summary import (
    SIGNALS,
    captured,
    captured_words,
    count_failures,
    headline,
    state_of,
    tally,
)
from harness.report.text import clipped, count_text, one_line


def page_of(record: RunRecord) -> Page:
    """Return the page of a run.

    >>> page_of(RunRecord()).headline
    'Nothing was checked'
    """
    budget = limits.Budget()
    ordered = sorted(record.scenarios, key=lambda s: not scenario_fails(s))
    anchored = [(f"scenario-{number}", scenario) for number, scenario in enumerate(ordered, start=1)]
    scenarios = _scenarios(anchored, budget)
    outside = waterfall_views(requests_of(record.outside), {}, budget)
    return Page(
        state=state_of(record),
        headline=headline(record),
        tally=tally(record, count_failures(record)),
        started=_started(record.scenarios),
        counts=_counts(record),
        failures=_failures(record, anchored, budget),
        notices=tuple(finding_view(item) for item in record.findings if not is_failure(item))[
            : limits.FINDINGS
        ],
        scenarios=scenarios,
        coverage=_coverage(coverage_of(record), budget),
        outside=outside,
        outside_evidence=evidence_views(record.outside, budget),
        outside_captured=captured_words(captured([record.outside])),
        packages=tuple(sorted(record.packages.items())),
        cut=record.cut,
        left_out=tuple(f"{count_text(number, noun)}" for noun, number in budget.left_out.items()),
    )


def _scenarios(anchored: list[tuple[str, ScenarioRecord]], budget: limits.Budget) -> tuple[ScenarioView, ...]:
    budget.omit("scenario", len(anchored) - limits.SCENARIOS)
    return tuple(scenario_view(scenario, anchor, budget) for anchor, scenario in anchored[: limits.SCENARIOS])


def _started(scenarios: Iterable[ScenarioRecord]) -> str:
    starts = [scenario.start_time_unix_nano for scenario in scenarios if scenario.start_time_unix_nano]
    if not starts:
        return ""
    return datetime.fromtimestamp(min(starts) // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _counts(record: RunRecord) -> tuple[CountView, ...]:
    counts = captured([scenario.telemetry for scenario in record.scenarios] + [record.outside])
    return tuple(
        CountView(number=f"{number:,}", noun=SIGNALS[name] + ("" if number == 1 else "s"))
        for name, number in counts.items()
    )


def _failures(
    record: RunRecord, anchored: list[tuple[str, ScenarioRecord]], budget: limits.Budget
) -> tuple[FindingView, ...]:
    views = [finding_view(finding) for finding in record.findings if is_failure(finding)]
    for anchor, scenario in anchored:
        failing = [finding for finding in findings_of(scenario) if is_failure(finding)]
        views += [finding_view(finding, scenario=scenario.name, anchor=anchor) for finding in failing]
    budget.omit("finding", len(views) - limits.FINDINGS)
    return tuple(views[: limits.FINDINGS])


def _coverage(coverage: Coverage, budget: limits.Budget) -> CoverageView:
    shares = (
        _share("span and segment name", coverage.names),
        _share("attribute", coverage.attributes),
        _share("log event", coverage.log_events),
        _share("log record", coverage.log_records),
        _share("metric", coverage.metrics),
    )
    shown: list[CoverageRow] = []
    lines = 0
    # What nobody checks comes first: it is what the table is read for.
    for row in sorted(coverage.rows, key=lambda r: r.asserted > 0):
        lines += 1 + len(row.fields)
        if lines > limits.COVERAGE_LINES:
            break
        shown.append(row)
    budget.omit("coverage row", len(coverage.rows) - len(shown))
    return CoverageView(
        shares=tuple(share for share in shares if share.captured != "0"),
        rows=tuple(map(_coverage_row, shown)),
    )


def _share(noun: str, share: Share) -> ShareView:
    return ShareView(
        noun=noun if share.captured == 1 else f"{noun}s",
        captured=f"{share.captured:,}",
        asserted=f"{share.asserted:,}",
        unasserted=f"{share.unasserted:,}",
        percent=share.percent,
    )


def _coverage_row(row: CoverageRow) -> CoverageRowView:
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
            for item in row.fields
        ),
    )


def _checked_by(scenarios: tuple[str, ...]) -> str:
    if not scenarios:
        return "nobody"
    first = clipped(one_line(scenarios[0].rpartition("::")[2]), 80)
    return first if len(scenarios) == 1 else f"{first} and {len(scenarios) - 1:,} more"
