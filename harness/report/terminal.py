"""The run in a few lines of plain text; the caller decides on colour."""

from __future__ import annotations

from collections import Counter

from harness.analysis.coverage import Coverage, Share, coverage_of
from harness.analysis.outcome import findings_of, is_of_contract
from harness.model import Finding, RunRecord
from harness.model.finding import is_failure
from harness.report.summary import (
    captured,
    captured_words,
    count_failures,
    headline,
    tally,
    warnings_of,
)
from harness.report.text import clipped, count_text, one_line

_TOP = 5
_OTHERS = 2
"""Messages of one id besides the first."""
_LINE = 160


def summary_lines(record: RunRecord, *, report: str = "") -> list[str]:
    """Return the verdict, what was captured and asserted, and the findings that fail.

    Args:
        report: Path of the full report, for the last line.

    >>> summary_lines(RunRecord())
    ['Nothing was checked: 0 scenarios, no findings that fail', 'captured: nothing']
    """
    telemetries = [scenario.telemetry for scenario in record.scenarios] + [record.outside]
    lines = [
        f"{headline(record)}: {tally(record, count_failures(record))}",
        f"captured: {captured_words(captured(telemetries))}",
        *_asserted(coverage_of(record)),
        *_vacuous(record),
        *_findings(record),
        *_warnings(record),
        *_waived(record),
        *(f"cut: {one_line(sentence)}" for sentence in record.cut),
    ]
    return [*lines, f"report: {report}"] if report else lines


def _asserted(coverage: Coverage) -> list[str]:
    if not coverage.rows:
        return []
    names = _share(coverage.names, "span and segment name")
    return [f"asserted: {names}, {_share(coverage.attributes, 'attribute')}"]


def _share(share: Share, noun: str) -> str:
    if share.percent is None:
        return f"0 {noun}s"
    return f"{share.asserted:,} of {count_text(share.captured, noun)} ({share.percent} %)"


def _vacuous(record: RunRecord) -> list[str]:
    names = [scenario.name for scenario in record.scenarios if scenario.vacuous]
    if not names:
        return []
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return [f"vacuous: {clipped(one_line(names[0]), _LINE)}{more} checked nothing"]


def _findings(record: RunRecord) -> list[str]:
    failing = [(_place(record, finding), finding) for finding in record.findings if is_failure(finding)]
    failing += [
        (s.name, finding) for s in record.scenarios for finding in findings_of(s) if is_failure(finding)
    ]
    counts = Counter(finding.id for _, finding in failing)
    lines = []
    for id_, number in counts.most_common(_TOP):
        # Each message once, with the scenario in which it came first.
        names = {_said(finding): name for name, finding in reversed(failing) if finding.id == id_}
        first, *others = reversed(names)
        lines += [f"  {number:,} × {id_}: {first}", f"      in {clipped(one_line(names[first]), _LINE)}"]
        lines += [f"      also: {message}" for message in others[:_OTHERS]]
        if len(others) > _OTHERS:
            lines.append(f"      and {count_text(len(others) - _OTHERS, 'other message')}")
    if len(counts) > _TOP:
        lines.append(f"  and {count_text(len(counts) - _TOP, 'other kind')} of finding")
    return lines


def _warnings(record: RunRecord) -> list[str]:
    """Return what fails nothing and is worth a look, each text once."""
    found = warnings_of(record)
    lines = []
    for told, number in found[:_TOP]:
        lines.append(f"  {number:,} × {told.finding.id}, a warning: {_said(told.finding)}")
        if told.scenario:
            lines.append(f"      in {clipped(one_line(told.scenario), _LINE)}")
    if len(found) > _TOP:
        lines.append(f"  and {count_text(len(found) - _TOP, 'other warning')}")
    return lines


def _waived(record: RunRecord) -> list[str]:
    """Return what is waived of the run as a whole; of a scenario, it may be expected there."""
    first = {finding.id: finding for finding in reversed(record.findings) if finding.acknowledged}
    counts = Counter(finding.id for finding in record.findings if finding.acknowledged)
    lines = [f"  {number:,} × {id_}, waived: {_said(first[id_])}" for id_, number in counts.most_common(_TOP)]
    if len(counts) > _TOP:
        lines.append(f"  and {count_text(len(counts) - _TOP, 'other waived kind')} of finding")
    return lines


def _place(record: RunRecord, finding: Finding) -> str:
    """Return where a finding about the run as a whole is from."""
    if is_of_contract(record, finding):
        return f"the contract, {finding.site}"
    if finding.id.startswith("waiver_"):
        return f"the waivers, {finding.site}"
    return "no scenario: a start-up, the tear-down of a wider fixture, or a test without telemetry"


def _said(finding: Finding) -> str:
    where = f"{finding.where}: " if finding.where else ""
    return clipped(one_line(where + finding.message), _LINE)
