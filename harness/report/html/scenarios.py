"""Scenarios, findings and evidence as the templates show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.analysis.nodes import checks_of
from harness.analysis.outcome import findings_of, scenario_fails
from harness.analysis.waterfall import requests_of
from harness.model import Finding, ScenarioRecord, Telemetry, Unfinished, Verdict
from harness.model.finding import is_failure
from harness.report.html import limits
from harness.report.html.page import EvidenceView, FindingView, ScenarioView, VerdictView, WaterfallView
from harness.report.html.waterfalls import waterfall_views
from harness.report.summary import captured, captured_words
from harness.report.text import clipped, count_text, duration_text, one_line


def finding_view(finding: Finding, *, scenario: str = "", anchor: str = "", times: int = 1) -> FindingView:
    """Return a finding for the page.

    Args:
        scenario: Its scenario's name, where that is not obvious.
        anchor: What to link the name to.
        times: How often it came.
    """
    return FindingView(
        tone=_tone(finding),
        id=finding.id,
        signal=finding.signal.replace("_", " "),
        where=clipped(one_line(finding.where), limits.NAME_CHARS),
        message=clipped(finding.message, limits.MESSAGE_CHARS),
        site=site_text(finding.site),
        scenario=clipped(one_line(scenario), limits.NAME_CHARS),
        anchor=anchor,
        times=times,
    )


def _tone(finding: Finding) -> str:
    if finding.acknowledged:
        return "acknowledged"
    return "fails" if is_failure(finding) else finding.level.value


def site_text(site: Any) -> str:
    """Return ``file:line``, with the function when it is known; empty for None."""
    if site is None:
        return ""
    return clipped(f"{site} in {site.function}" if site.function else str(site), limits.NAME_CHARS)


def scenario_view(scenario: ScenarioRecord, anchor: str, budget: limits.Budget) -> ScenarioView:
    """Return a scenario for the page, with the waterfalls the page can afford."""
    before = dict(budget.left_out)
    findings = findings_of(scenario)
    shown = findings[: budget.lines_of("scenario finding", len(findings))]
    finding_views = tuple(map(finding_view, shown))
    budget.spend(*(view.message for view in finding_views))
    verdicts = _verdicts(scenario.verdicts, budget)
    evidence = evidence_views(scenario.telemetry, budget)
    waterfalls = _waterfalls(scenario, budget)
    return ScenarioView(
        anchor=anchor,
        name=clipped(one_line(scenario.name), limits.NAME_CHARS),
        status=_status(scenario),
        opens=budget.opens(fails=scenario_fails(scenario)),
        site=site_text(scenario.site),
        duration=duration_text(scenario.duration_ns / 1e6),
        captured=captured_words(captured([scenario.telemetry])),
        findings=finding_views,
        checked=bool(scenario.verdicts),
        verdicts=verdicts,
        evidence=evidence,
        waterfalls=waterfalls,
        left_out=_left_out(before, budget.left_out),
    )


def _waterfalls(scenario: ScenarioRecord, budget: limits.Budget) -> tuple[WaterfallView, ...]:
    telemetry = scenario.telemetry
    if budget.rows > 0:
        return waterfall_views(requests_of(telemetry), checks_of(scenario), budget)
    # None fits any more: to lay them out would take longer than the rest of the page.
    traces = {span.trace_id for span in telemetry.spans} | {s.trace_id for s in telemetry.segments}
    budget.omit("waterfall", len(traces))
    return ()


def _left_out(before: dict[str, int], after: dict[str, int]) -> str:
    grown = {noun: number - before.get(noun, 0) for noun, number in after.items()}
    words = ", ".join(count_text(number, noun) for noun, number in grown.items() if number)
    return f"{words} left out to keep this page small; run.json has everything." if words else ""


def _status(scenario: ScenarioRecord) -> str:
    if scenario_fails(scenario):
        return "failed"
    if scenario.outcome == "passed" and scenario.vacuous:
        return "vacuous"
    return scenario.outcome


def _verdicts(verdicts: tuple[Verdict, ...], budget: limits.Budget) -> tuple[VerdictView, ...]:
    shown = budget.lines_of("check", len(verdicts))
    views = tuple(
        VerdictView(
            passed=not any(map(is_failure, verdict.findings)),
            expectation=clipped(verdict.expectation, limits.MESSAGE_CHARS),
            site=site_text(verdict.site),
            matched=_matched(verdict),
        )
        for verdict in verdicts[:shown]
    )
    budget.spend(*(view.expectation for view in views))
    return views


def _matched(verdict: Verdict) -> str:
    fields = sum(len(match.fields) for match in verdict.matched)
    return f"{count_text(fields, 'field')} checked" if fields else ""


def evidence_views(telemetry: Telemetry, budget: limits.Budget) -> tuple[EvidenceView, ...]:
    """Return what is unfinished, was rejected, or was lost."""
    views = [*_unfinished(telemetry.unfinished)]
    views += [
        EvidenceView(
            kind="rejected",
            name=rejected.channel,
            text=clipped(f"{rejected.reason} ({len(rejected.payload):,} bytes)", limits.MESSAGE_CHARS),
        )
        for rejected in telemetry.rejected
    ]
    views += [
        EvidenceView(
            kind=incident.id,
            name=clipped(one_line(incident.name), limits.NAME_CHARS),
            text=clipped(incident.message, limits.MESSAGE_CHARS),
            site=site_text(incident.site),
        )
        for incident in telemetry.incidents
    ]
    shown = tuple(views[: budget.lines_of("unfinished, rejected or lost item", len(views))])
    budget.spend(*(view.text for view in shown))
    return shown


def _unfinished(items: Iterable[Unfinished]) -> list[EvidenceView]:
    return [
        EvidenceView(
            kind="unfinished",
            name=clipped(one_line(item.name), limits.NAME_CHARS),
            text=_unfinished_text(item),
            site=site_text(item.site),
        )
        for item in items
    ]


def _unfinished_text(item: Unfinished) -> str:
    text = f"{item.kind} ended, but was never sent" if item.ended else f"{item.kind} begun and never ended"
    if item.waits_for:
        names = ", ".join(
            f"{child.kind} {child.name!r}" + (f" ({child.site})" if child.site else "")
            for child in item.waits_for
        )
        text += f"; waits for {names}"
    return clipped(text, limits.MESSAGE_CHARS)
