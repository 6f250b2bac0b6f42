"""Whether telemetry holds: the verdict on a scenario and on a run."""

from __future__ import annotations

from harness.model import Finding, RunRecord, ScenarioRecord
from harness.model.finding import is_failure

_FAILED_OUTCOMES = ("failed", "error", "interrupted")


def findings_of(scenario: ScenarioRecord) -> tuple[Finding, ...]:
    """Return a scenario's findings, those of its verdicts first, each once.

    >>> from harness.model import Verdict
    >>> lost = Finding(id="span_missing", signal="span", message="no span 'x' was captured")
    >>> len(findings_of(ScenarioRecord(name="t", verdicts=(Verdict(findings=(lost,)),), findings=(lost,))))
    1
    """
    found = [finding for verdict in scenario.verdicts for finding in verdict.findings]
    found += scenario.findings
    return tuple(dict.fromkeys(found)) if found else ()


def scenario_fails(scenario: ScenarioRecord) -> bool:
    """Return True when the scenario failed, or has an error that nobody acknowledged.

    >>> scenario_fails(ScenarioRecord(name="t", outcome="error"))
    True
    """
    return scenario.outcome in _FAILED_OUTCOMES or any(map(is_failure, findings_of(scenario)))


def run_holds(record: RunRecord) -> bool:
    """Return True when no scenario fails and nothing is wrong with the run as a whole.

    >>> run_holds(RunRecord())
    True
    """
    return not any(map(scenario_fails, record.scenarios)) and not any(map(is_failure, record.findings))


def nothing_was_checked(record: RunRecord) -> bool:
    """Return True when no scenario made a single check, nor a contract: a green that proves nothing.

    >>> nothing_was_checked(RunRecord(scenarios=(ScenarioRecord(name="t"),)))
    True
    """
    return not record.contract and not any(scenario.verdicts for scenario in record.scenarios)


def is_of_contract(record: RunRecord, finding: Finding) -> bool:
    """Return True for what the contract found in the run.

    >>> from harness.model import Site
    >>> lost = Finding(id="span_missing", signal="span", message="…", site=Site("a.contract.yaml", 3))
    >>> is_of_contract(RunRecord(contract="a.contract.yaml"), lost), is_of_contract(RunRecord(), lost)
    (True, False)
    """
    return bool(record.contract) and finding.site is not None and finding.site.file == record.contract
