from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.outcome import findings_of, nothing_was_checked, run_holds, scenario_fails
from harness.model import Level, Verdict
from tests.report.records import a_finding, a_run, a_scenario


@pytest.mark.parametrize(
    ("fields", "fails"),
    [
        ({}, False),
        ({"outcome": "failed"}, True),
        ({"outcome": "error"}, True),
        ({"outcome": "skipped"}, False),
        ({"findings": (a_finding(),)}, True),
        ({"findings": (a_finding(acknowledged=True),)}, False),
        ({"findings": (a_finding(level=Level.WARNING),)}, False),
        ({"verdicts": (Verdict(findings=(a_finding(),)),)}, True),
    ],
)
def test_a_scenario_fails(fields: dict[str, Any], fails: bool) -> None:
    scenario = a_scenario(**fields)

    assert scenario_fails(scenario) is fails
    assert run_holds(a_run(a_scenario(), scenario)) is not fails


def test_a_finding_about_the_run_fails_it() -> None:
    assert not run_holds(a_run(a_scenario(), findings=(a_finding(),)))
    assert run_holds(a_run(a_scenario(), findings=(a_finding(level=Level.INFO),)))


def test_a_finding_of_a_verdict_and_of_its_scenario_is_one() -> None:
    early, late = a_finding(message="early"), a_finding(message="late")

    assert findings_of(a_scenario(verdicts=(Verdict(findings=(early,)),), findings=(late, early))) == (
        early,
        late,
    )


def test_a_run_without_a_check_proves_nothing() -> None:
    assert nothing_was_checked(a_run(a_scenario(), a_scenario()))
    assert not nothing_was_checked(a_run(a_scenario(), a_scenario(verdicts=(Verdict(),))))
