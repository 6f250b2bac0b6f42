"""Every finding of a run with the scenario that it is of, for formats that list them."""

from __future__ import annotations

from typing import NamedTuple

from harness.analysis.outcome import findings_of
from harness.model import Finding, RunRecord, Site
from harness.model.finding import is_failure


class Told(NamedTuple):
    """A finding, and whose it is; `scenario` is empty for one about the run as a whole.

    Attributes:
        site: Its own, or else that of the check that made it, or of its scenario.
    """

    scenario: str
    finding: Finding
    site: Site | None

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
    told = [Told("", finding, finding.site) for finding in record.findings]
    for scenario in record.scenarios:
        sites = {
            finding: verdict.site for verdict in reversed(scenario.verdicts) for finding in verdict.findings
        }
        told += (
            Told(scenario.name, finding, finding.site or sites.get(finding) or scenario.site)
            for finding in findings_of(scenario)
        )
    return sorted(told, key=lambda one: not one.fails)
