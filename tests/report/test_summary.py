from __future__ import annotations

import pytest

from harness.model import RunRecord, Telemetry, Verdict
from harness.report.summary import captured, captured_words, count_failures, headline, state_of, tally
from tests.report.records import a_finding, a_run, a_scenario, a_span, example_run

CHECKED = a_scenario(verdicts=(Verdict(),))


@pytest.mark.parametrize(
    ("record", "state", "words"),
    [
        (a_run(), "unchecked", "Nothing was checked"),
        (a_run(a_scenario()), "unchecked", "Nothing was checked"),
        (a_run(CHECKED, a_scenario()), "holds", "Telemetry holds"),
        (a_run(CHECKED, a_scenario(outcome="failed")), "fails", "Telemetry does not hold"),
        (a_run(a_scenario(outcome="error")), "fails", "Telemetry does not hold"),
        (a_run(CHECKED, findings=(a_finding(),)), "fails", "Telemetry does not hold"),
    ],
)
def test_the_state_of_a_run(record: RunRecord, state: str, words: str) -> None:
    assert (state_of(record), headline(record)) == (state, words)


def test_the_tally() -> None:
    assert tally(example_run(), count_failures(example_run())) == (
        "2 of 5 scenarios failed, 1 skipped, 2 findings that fail"
    )
    assert tally(a_run(CHECKED, findings=(a_finding(),)), 1) == "1 scenario passed, 1 finding that fails"


def test_acknowledged_findings_do_not_count_as_failures() -> None:
    acknowledged = a_finding(acknowledged=True)

    assert count_failures(a_run(a_scenario(findings=(acknowledged, a_finding(message="other"))))) == 1


def test_what_was_captured() -> None:
    counts = captured([Telemetry(spans=(a_span(), a_span())), Telemetry(spans=(a_span(),))])

    assert counts == {
        "spans": 3,
        "segments": 0,
        "log_events": 0,
        "log_records": 0,
        "metrics": 0,
        "exports": 0,
    }
    assert captured_words(counts) == "3 spans"
    assert captured_words({"spans": 0}) == "nothing"
