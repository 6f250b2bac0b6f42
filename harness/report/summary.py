"""What a run comes to in a sentence and a few numbers; every report leads with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from harness.analysis.outcome import findings_of, nothing_was_checked, run_holds, scenario_fails
from harness.model import Finding, Level, RunRecord, Telemetry
from harness.model.finding import is_failure
from harness.report.all_findings import Told, all_findings
from harness.report.text import count_text

# Field of `Telemetry` → what one of it is called.
SIGNALS = {
    "spans": "span",
    "segments": "segment",
    "log_events": "log event",
    "log_records": "log record",
    "metrics": "metric",
    "exports": "export request",
}


def state_of(record: RunRecord) -> str:
    """Return ``holds``, ``fails``, or ``unchecked`` for a green that proves nothing.

    >>> state_of(RunRecord())
    'unchecked'
    """
    if not run_holds(record):
        return "fails"
    return "unchecked" if nothing_was_checked(record) else "holds"


def headline(record: RunRecord) -> str:
    """Return the verdict in three or four words.

    >>> headline(RunRecord())
    'Nothing was checked'
    """
    return {
        "holds": "Telemetry holds",
        "fails": "Telemetry does not hold",
        "unchecked": "Nothing was checked",
    }[state_of(record)]


def tally(record: RunRecord, failing_findings: int) -> str:
    """Return how many scenarios and findings there are, as a clause.

    >>> tally(RunRecord(), 0)
    '0 scenarios, no findings that fail'
    """
    findings = f"{count_text(failing_findings, 'finding')} that fail{'s' if failing_findings == 1 else ''}"
    return f"{_scenario_words(record)}, {findings if failing_findings else 'no findings that fail'}"


def _scenario_words(record: RunRecord) -> str:
    total = len(record.scenarios)
    failed = sum(map(scenario_fails, record.scenarios))
    counts = Counter(scenario.outcome for scenario in record.scenarios)
    others = {outcome: counts[outcome] for outcome in ("skipped", "xfailed") if counts[outcome]}
    if failed:
        words = f"{failed:,} of {count_text(total, 'scenario')} failed"
    else:
        words = f"{count_text(total - sum(others.values()), 'scenario')} passed" if total else "0 scenarios"
    return ", ".join([words, *(f"{number:,} {outcome}" for outcome, number in others.items())])


def captured(telemetries: Iterable[Telemetry]) -> dict[str, int]:
    """Return field of `Telemetry` → how many were captured, in `SIGNALS` order.

    >>> captured([Telemetry()])["spans"]
    0
    """
    counts = dict.fromkeys(SIGNALS, 0)
    for telemetry in telemetries:
        for name in counts:
            counts[name] += len(getattr(telemetry, name))
    return counts


def captured_words(counts: dict[str, int]) -> str:
    """Return the counts that are not zero, as a list in words.

    >>> captured_words({"spans": 2, "segments": 1, "metrics": 0})
    '2 spans, 1 segment'
    """
    return ", ".join(count_text(n, SIGNALS[name]) for name, n in counts.items() if n) or "nothing"


def count_failures(record: RunRecord) -> int:
    """Return how many findings turn the build red.

    >>> count_failures(RunRecord())
    0
    """
    own = (finding for scenario in record.scenarios for finding in findings_of(scenario))
    return sum(map(is_failure, own)) + sum(map(is_failure, record.findings))


def warnings_of(record: RunRecord) -> list[tuple[Told, int]]:
    """Return what fails nothing and is worth a look: each text once, and how often it came.

    >>> warnings_of(RunRecord())
    []
    """
    warnings = [told for told in all_findings(record) if is_warning(told.finding)]
    first: dict[tuple[str, str], Told] = {}
    for told in warnings:
        first.setdefault((told.finding.id, told.text), told)
    counts = Counter((told.finding.id, told.text) for told in warnings)
    return [(told, counts[key]) for key, told in first.items()]


def is_warning(finding: Finding) -> bool:
    """Return whether a finding fails nothing and nobody knows of it yet; one of no check is told elsewhere.

    >>> is_warning(Finding(id="span_missing", signal="span", message="no span 'x'", level=Level.WARNING))
    True
    """
    return finding.level is Level.WARNING and not finding.acknowledged and finding.id != "scenario_vacuous"
