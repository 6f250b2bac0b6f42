"""Every finding of a run with the scenario that it is of, for formats that list them."""

from __future__ import annotations

from typing import NamedTuple

from harness.analysis.outcome import findings_of
from harness.model import Finding, RunRecord
from harness.model.finding import is_failure


class Told(NamedTuple):
    """A finding, and whose it is; `scenario` is empty for one about the run as a whole."""

    scenario: str
    finding: Finding

    @property
    def fails(self) -> bool:
        """True when it turns the build red."""
        return is_failure(self.finding)

    @property
    def text(self) -> str:
        """The message behind its place in the trace."""
        where = f"{self.finding.where}: " if self.finding.where else ""
        return f"{where}{self.finding.message}"


def all_findings(record: RunRecord) -> list[Told]:
    """Return the findings of a run, those that fail first.

    >>> all_findings(RunRecord())
    []
    """
    told = [Told("", finding) for finding in record.findings]
    told += [
        Told(scenario.name, finding) for scenario in record.scenarios for finding in findings_of(scenario)
    ]
    return sorted(told, key=lambda one: not one.fails)
