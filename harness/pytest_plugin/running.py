"""One scenario of a pytest run, from its set-up to the end of the run."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from harness.model import Finding, Level, ScenarioRecord, Site, Verdict
from harness.pytest_plugin.policy import FailurePolicy
from harness.pytest_plugin.scenario import ScenarioTelemetry


class RunningScenario:
    """A scenario from its set-up to the end of the run: late telemetry still joins it."""

    def __init__(self, item: pytest.Item, handle: ScenarioTelemetry, policy: FailurePolicy) -> None:
        path, line, _ = item.reportinfo()
        self.name = item.nodeid
        self.site = Site(relative_to(Path(path), item.config.rootpath), (line or 0) + 1, item.name)
        self.handle = handle
        self._policy = policy
        self.outcome = "passed"
        self.start_ns = time.time_ns()
        self.duration_ns = 0

    def record(self) -> ScenarioRecord:
        """Return everything known now."""
        telemetry = self.handle.snapshot()
        vacuous = not self.handle.checked and self.outcome == "passed"
        findings = self.handle.findings(telemetry)
        verdicts = tuple(self.handle.verdicts)
        return ScenarioRecord(
            name=self.name,
            telemetry=telemetry,
            verdicts=_as_caught(verdicts) if self.outcome == "passed" else verdicts,
            findings=self._policy.apply((*findings, *((vacuous_finding(self.site),) if vacuous else ()))),
            outcome=self.outcome,
            vacuous=vacuous,
            site=self.site,
            start_time_unix_nano=self.start_ns,
            duration_ns=self.duration_ns,
        )


def _as_caught(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Return the verdicts of a test that passed: a failed one was expected to fail (`pytest.raises`)."""
    replace = msgspec.structs.replace
    return tuple(
        verdict
        if verdict.passed
        else replace(
            verdict, findings=tuple(replace(finding, acknowledged=True) for finding in verdict.findings)
        )
        for verdict in verdicts
    )


def vacuous_finding(site: Site) -> Finding:
    """Return the finding for a scenario that checked nothing."""
    return Finding(
        id="scenario_vacuous",
        signal="harness",
        level=Level.WARNING,
        site=site,
        message="the scenario asked for telemetry and checked none; add telemetry.expect(…)",
    )


def relative_to(path: Path, root: Path) -> str:
    """Return a path below a root as relative to it, and any other as it is."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
