"""What a scenario is told when the finding it expects is not there."""

from harness.model import Finding, Site
from harness.pytest_plugin.acknowledge import Acknowledgement


def test_equal_findings_are_named_once_and_counted() -> None:
    lost = Finding(id="context_missing", signal="segment", message="…", site=Site("app.py", 7))
    other = Finding(id="span_unfinished", signal="span", message="…")

    verdict = Acknowledgement("context_mising", "").verdict((lost, lost, other), None, site=None)

    assert verdict.findings[0].message == (
        "expected at least 1 × context_mising, found 0; "
        "found: 2 × context_missing at app.py:7, span_unfinished; closest: context_missing"
    )
