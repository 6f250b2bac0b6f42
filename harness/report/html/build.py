"""A run record as the page that the templates show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from harness.analysis.coverage import coverage_of
from harness.analysis.outcome import findings_of, scenario_fails
from harness.analysis.waterfall import requests_of
from harness.model import RunRecord, ScenarioRecord
from harness.model.finding import is_failure
from harness.report.html import limits
from harness.report.html.coverage import coverage_view
from harness.report.html.page import CountView, FindingView, Page, ScenarioView
from harness.report.html.scenarios import evidence_views, finding_view, scenario_view
from harness.report.html.waterfalls import waterfall_views
from harness.report.summary import (
    SIGNALS,
    captured,
    captured_words,
    count_failures,
    headline,
    is_warning,
    state_of,
    tally,
    warnings_of,
)
from harness.report.text import count_text


def page_of(record: RunRecord) -> Page:
    """Return the page of a run.

    >>> page_of(RunRecord()).headline
    'Nothing was checked'
    """
    budget = limits.Budget()
    ordered = sorted(record.scenarios, key=lambda s: not scenario_fails(s))
    anchored = [
        (f"scenario-{number}" if number <= limits.SCENARIOS else "", scenario)
        for number, scenario in enumerate(ordered, start=1)
    ]
    scenarios = _scenarios(anchored, budget)
    outside = waterfall_views(requests_of(record.outside), {}, budget)
    return Page(
        state=state_of(record),
        headline=headline(record),
        tally=tally(record, count_failures(record)),
        started=_started(record.scenarios),
        counts=_counts(record),
        failures=_failures(record, anchored, budget),
        notices=_notices(record, anchored, budget),
        scenarios=scenarios,
        coverage=coverage_view(coverage_of(record), budget),
        outside=outside,
        outside_evidence=evidence_views(record.outside, budget),
        outside_captured=captured_words(captured([record.outside])),
        packages=tuple(sorted(record.packages.items())),
        cut=record.cut,
        left_out=tuple(count_text(number, noun) for noun, number in budget.left_out.items()),
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


def _notices(
    record: RunRecord, anchored: list[tuple[str, ScenarioRecord]], budget: limits.Budget
) -> tuple[FindingView, ...]:
    anchors = {scenario.name: anchor for anchor, scenario in anchored}
    views = [
        finding_view(told.finding, scenario=told.scenario, anchor=anchors.get(told.scenario, ""), times=times)
        for told, times in warnings_of(record)
    ]
    views += [finding_view(item) for item in record.findings if not (is_failure(item) or is_warning(item))]
    budget.omit("finding", len(views) - limits.FINDINGS)
    return tuple(views[: limits.FINDINGS])
