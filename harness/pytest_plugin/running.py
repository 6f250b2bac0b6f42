"""One scenario of a pytest run, from its set-up to the end of the run."""

from __future__ import annotations

import time

import msgspec
import pytest

from harness.model import Finding, Level, Outcome, ScenarioRecord, Site, Telemetry, Unfinished, Verdict
from harness.model.finding import is_failure
from harness.pytest_plugin.policy import FailurePolicy
from harness.pytest_plugin.scenario import ScenarioTelemetry

_FAILED = ("failed", "error", "interrupted")
_EXPECTED_TO_FAIL = ("skipped", "xfailed")


class RunningScenario:
    """A scenario from its set-up to the end of the run: late telemetry still joins it."""

    def __init__(self, item: pytest.Item, handle: ScenarioTelemetry, policy: FailurePolicy) -> None:
        file, line, _ = item.location
        self.name = item.nodeid
        self.site = Site(file, (line or 0) + 1, item.name)
        self.handle = handle
        self._policy = policy
        self.outcome: Outcome = "interrupted"  # until pytest reports another
        self.start_ns = time.time_ns()
        self.duration_ns = 0
        self._reported: tuple[Finding, ...] = ()
        self._held: frozenset[str] = frozenset()

    def hold_what_is_open(self) -> None:
        """Judge what is open now, before the test's own code, only when its fixtures are torn down."""
        self._held = frozenset(item.id for item in self.handle.snapshot().unfinished)

    def hold_tasks(self) -> None:
        """Judge what tasks hold open that go on after the test, too: they are cancelled in the tear-down."""
        self._held |= self.handle.open_in_tasks()

    def release(self) -> None:
        """Judge everything: the fixtures are torn down."""
        self._held = frozenset()

    def record(self) -> ScenarioRecord:
        """Return everything known now."""
        telemetry = self.handle.snapshot()
        verdicts = tuple(self.handle.verdicts)
        findings = self._findings(telemetry, self.outcome)
        if self.outcome in _FAILED:
            # What failed it may have come right since: a span that another thread ended too late.
            known = {(finding.id, finding.where, finding.site) for finding in findings}
            gone = [f for f in self._reported if (f.id, f.where, f.site) not in known]
            findings = (*findings, *gone)
        if self.outcome in _EXPECTED_TO_FAIL:
            findings = _acknowledged(findings)
        return ScenarioRecord(
            name=self.name,
            telemetry=telemetry,
            # A check that failed in a test that passed was expected to (`pytest.raises`).
            verdicts=verdicts if self.outcome in _FAILED else _expected(verdicts),
            findings=findings,
            outcome=self.outcome,
            vacuous=any(finding.id == "scenario_vacuous" for finding in findings),
            site=self.site,
            start_time_unix_nano=self.start_ns,
            duration_ns=self.duration_ns,
        )

    def newly_failing(self, outcome: Outcome) -> tuple[Telemetry, tuple[Finding, ...]]:
        """Return what fails this scenario and was not returned before.

        Args:
            outcome: What the test's outcome is but for these findings.
        """
        telemetry = self.handle.snapshot()
        failing = tuple(filter(is_failure, self._findings(self._ended_by_now(telemetry), outcome)))
        new = tuple(finding for finding in failing if finding not in self._reported)
        self._reported += new
        return telemetry, new

    def _ended_by_now(self, telemetry: Telemetry) -> Telemetry:
        """Return the telemetry without what others end later: a fixture, or a thread from before.

        What such a thread leaves open until the end of the run is in the record.
        """
        unfinished = tuple(item for item in telemetry.unfinished if not self._ends_later(item))
        if len(unfinished) == len(telemetry.unfinished):
            return telemetry
        return msgspec.structs.replace(telemetry, unfinished=unfinished)

    def _ends_later(self, item: Unfinished) -> bool:
        open_here = any(child.id not in self._held for child in item.waits_for)
        # An ended segment is sent once what it waits for has ended.
        held = item.id in self._held or (item.ended and bool(item.waits_for))
        return item.earlier_thread or (held and not open_here)

    def _findings(self, telemetry: Telemetry, outcome: Outcome) -> tuple[Finding, ...]:
        findings = self.handle.findings(telemetry)
        if outcome == "passed" and not self.handle.checked:
            findings = (*findings, vacuous_finding(self.site))
        return self._policy.apply(findings)


def _expected(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    return tuple(
        msgspec.structs.replace(verdict, findings=_acknowledged(verdict.findings)) for verdict in verdicts
    )


def _acknowledged(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(msgspec.structs.replace(finding, acknowledged=True) for finding in findings)


def vacuous_finding(site: Site) -> Finding:
    """Return the finding for a scenario that checked nothing."""
    return Finding(
        id="scenario_vacuous",
        signal="harness",
        level=Level.WARNING,
        site=site,
        message="the scenario asked for telemetry and checked none; add telemetry.expect(…)",
    )
