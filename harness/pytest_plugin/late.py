"""What comes to light only after the last test has ended, as pytest reports errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from harness.analysis.outcome import findings_of
from harness.expect import failure_message
from harness.model import Finding, RunRecord, ScenarioRecord, Verdict
from harness.model.finding import is_failure
from harness.pytest_plugin import workers
from harness.report.redact import redact_text
from harness.report.text import count_text

RUN = "telemetry::run"
"""The node id of what is wrong with the run as a whole."""
_PROPERTY = "telemetry:"
_MOST = 20
_LAST_FAILED = "cache/lastfailed"
"""Where pytest's cacheprovider keeps node ids of tests that failed."""


def late_errors(record: RunRecord) -> Iterator[pytest.TestReport]:
    """Yield an error for each scenario that passed before it was known not to hold, and one for the run.

    So pytest counts them, names them in its summary, and writes them into its JUnit file.
    """
    for scenario in record.scenarios:
        failing = tuple(filter(is_failure, findings_of(scenario)))
        if failing and scenario.outcome == "passed":
            text = failure_message(Verdict(findings=failing), scenario.telemetry)
            yield _error(scenario.name, _location(scenario), text, failing)
    failing = tuple(filter(is_failure, record.findings))
    if failing:
        yield _error(RUN, ("telemetry", None, "run"), _lines(failing), failing)


def forget_run(config: pytest.Config) -> None:
    """Take the run as a whole out of the tests that `--lf` runs again: it is none that could be run."""
    cache: pytest.Cache | None = getattr(config, "cache", None)  # None without pytest's cacheprovider
    if cache is None or workers.is_worker(config):
        return
    failed = cache.get(_LAST_FAILED, {})
    if RUN in failed:
        cache.set(_LAST_FAILED, {node_id: value for node_id, value in failed.items() if node_id != RUN})


def properties(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Return findings as the properties of a test case in pytest's JUnit file."""
    return [(f"{_PROPERTY}{item.id}", redact_text(f"{item.message}{_place(item)}")) for item in findings]


def without_findings(of_test: Iterable[tuple[str, object]]) -> list[tuple[str, object]]:
    """Return a test's properties but for the findings among them: those of an earlier attempt."""
    return [each for each in of_test if not each[0].startswith(_PROPERTY)]


def _error(
    node_id: str, location: tuple[str, int | None, str], text: str, findings: Iterable[Finding]
) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid=node_id,
        location=location,
        keywords={},
        outcome="failed",
        longrepr=text,
        when="teardown",
        user_properties=properties(findings),
    )


def _location(scenario: ScenarioRecord) -> tuple[str, int | None, str]:
    if scenario.site is None:
        return scenario.name, None, scenario.name
    return scenario.site.file, scenario.site.line - 1, scenario.site.function


def _lines(findings: tuple[Finding, ...]) -> str:
    lines = [f"{finding.id}: {finding.message}{_place(finding)}" for finding in findings[:_MOST]]
    if len(findings) > _MOST:
        lines.append(f"and {count_text(len(findings) - _MOST, 'more finding')}; run.json has them")
    return "\n".join(lines)


def _place(finding: Finding) -> str:
    return f" ({finding.site})" if finding.site else ""
