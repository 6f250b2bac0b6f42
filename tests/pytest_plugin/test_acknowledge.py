"""What a scenario is told when the finding it expects is not there."""

from typing import Any

import pytest

from harness.errors import ConfigurationError
from harness.model import Finding, Site
from harness.pytest_plugin.acknowledge import Acknowledgement, require_finding


def test_equal_findings_are_named_once_and_counted() -> None:
    lost = Finding(id="context_missing", signal="segment", message="…", site=Site("app.py", 7))
    other = Finding(id="span_unfinished", signal="span", message="…", where="GET /")

    verdict = Acknowledgement("context_mising", "").verdict((lost, lost, other), None, site=None)

    assert verdict.findings[0].message == (
        "expected at least 1 × context_mising, found 0; "
        "found: 2 × context_missing at app.py:7, span_unfinished at GET /; closest: context_missing"
    )


@pytest.mark.parametrize(
    ("at", "covered"),
    [
        ("GET / › query", True),
        ("query", True),
        ("services/db.py:7", True),
        ("db.py", True),
        ("", True),
        ("GET /", False),
        ("uery", False),
        ("db.py:8", False),
    ],
)
def test_a_finding_is_at_a_node_or_at_a_line(at: str, covered: bool) -> None:
    site = Site("services/db.py", 7)
    finding = Finding(id="document_invalid", signal="segment", message="…", where="GET / › query", site=site)

    assert Acknowledgement("document_invalid", at).covers(finding) is covered


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((5, "", None), TypeError, "expect_finding: expected text, 5 given"),
        (("a", 7, None), TypeError, "expect_finding: at: expected text, 7 given"),
        (("a", "", True), TypeError, "expect_finding: count: expected a whole number, True given"),
        (
            ("scenario_vacuous", "", None),
            ConfigurationError,
            (
                "expect_finding: 'scenario_vacuous' is known only after the test, and a scenario that calls "
                "expect_finding is not vacuous; leave it out of telemetry_fail_on instead"
            ),
        ),
        (
            ("operation_undeclared", "", None),
            ConfigurationError,
            (
                "expect_finding: 'operation_undeclared' is known only after the last scenario, when the run "
                "is checked against its contract; waive it there, or in pyproject.toml "
                "([[tool.telemetry-harness.waivers]])"
            ),
        ),
        (("a", "", -1), ValueError, "expect_finding: expected a count >= 0, -1 given"),
    ],
)
def test_what_no_finding_can_be_is_refused(
    arguments: tuple[Any, Any, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        require_finding(*arguments)

    assert str(caught.value) == message
