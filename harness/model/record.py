"""The run record: the one value that every report is a function of."""

from __future__ import annotations

from typing import Literal

import msgspec

from harness.model.finding import Finding, Verdict
from harness.model.site import Site
from harness.model.telemetry import Telemetry

SCHEMA_VERSION = 1
Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "interrupted"]


class ScenarioRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One scenario: what it captured, checked and found.

    Attributes:
        name: The test's node id, or the command of `harness run`.
        outcome: ``passed``, ``failed``, ``error``, ``skipped``, ``xfailed`` (it was
            marked to fail and did) or ``interrupted``.
        vacuous: It ended without having checked anything.
        site: Where the scenario is defined.
        start_time_unix_nano: Nanoseconds since the epoch.
        duration_ns: Wall time from set-up to tear-down.
    """

    name: str
    telemetry: Telemetry = msgspec.field(default_factory=Telemetry)
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    outcome: Outcome = "passed"
    vacuous: bool = False
    site: Site | None = None
    start_time_unix_nano: int = 0
    duration_ns: int = 0


class RunRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One run: `reports/run.json`.

    Attributes:
        schema_version: `SCHEMA_VERSION`; a reader refuses any other.
        outside: Telemetry that belongs to no scenario (app start-up).
        findings: What was found about the run as a whole.
        packages: Distribution name → version, of what shapes telemetry.
        contract: The contract that the run was checked against; empty without one.
        contract_digest: SHA-256 of its text, in hex; empty without one.
        redacted: Secrets were replaced already.
        cut: What was left out of the record, in sentences; empty when whole.
    """

    schema_version: int = SCHEMA_VERSION
    scenarios: tuple[ScenarioRecord, ...] = ()
    outside: Telemetry = msgspec.field(default_factory=Telemetry)
    findings: tuple[Finding, ...] = ()
    packages: dict[str, str] = {}
    contract: str = ""
    contract_digest: str = ""
    redacted: bool = False
    cut: tuple[str, ...] = ()
