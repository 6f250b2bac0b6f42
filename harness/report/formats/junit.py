"""`junit.xml`: scenarios as test cases, for CI systems that show tests.

Source: the Jenkins xUnit schema (junit-10.xsd), which GitLab and others read.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from harness.analysis.outcome import findings_of, scenario_fails
from harness.model import Finding, RunRecord, ScenarioRecord
from harness.model.finding import is_failure
from harness.report.text import visible

NAME = "junit"
FILE_NAME = "junit.xml"

_RUN = "the run as a whole"


def render(record: RunRecord) -> str:
    """Return one test case for each scenario, and one for what is about the whole run."""
    cases = [_case(scenario) for scenario in record.scenarios]
    whole = [finding for finding in record.findings if is_failure(finding)]
    if record.findings or record.contract:
        cases.append(_testcase("telemetry", _RUN, 0, _failure(whole) if whole else ""))
    failures = sum(map(scenario_fails, record.scenarios)) + bool(whole)
    skipped = sum(scenario.outcome == "skipped" for scenario in record.scenarios)
    seconds = sum(scenario.duration_ns for scenario in record.scenarios) / 1e9
    head = (
        f'<testsuite name="telemetry" tests="{len(cases)}" failures="{failures}" errors="0"'
        f' skipped="{skipped}" time="{seconds:.3f}">'
    )
    body = "\n".join((head, *cases, "</testsuite>"))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n{body}\n</testsuites>\n'


def _case(scenario: ScenarioRecord) -> str:
    test, bracket, parameters = scenario.name.partition("[")
    file, _, name = test.rpartition("::")
    failing = [finding for finding in findings_of(scenario) if is_failure(finding)]
    inner = ""
    if scenario.outcome == "skipped":
        inner = "<skipped/>"
    elif failing:
        inner = _failure(failing)
    elif scenario_fails(scenario):
        inner = f"<failure message={_attribute(f'the scenario {scenario.outcome}')}/>"
    return _testcase(file or "telemetry", f"{name}{bracket}{parameters}", scenario.duration_ns, inner)


def _testcase(file: str, name: str, duration_ns: int, inner: str) -> str:
    start = f'<testcase classname={_attribute(file)} name={_attribute(name)} time="{duration_ns / 1e9:.3f}"'
    return f"{start}>{inner}</testcase>" if inner else f"{start}/>"


def _failure(findings: list[Finding]) -> str:
    lines = []
    for finding in findings:
        where = f"{finding.where}: " if finding.where else ""
        place = f" ({finding.site})" if finding.site else ""
        lines.append(f"{finding.id}: {where}{finding.message}{place}")
    title = lines[0] if len(lines) == 1 else f"{len(lines)} findings, the first: {lines[0]}"
    kind = quoteattr(findings[0].id)
    return f"<failure type={kind} message={_attribute(title)}>{_content(chr(10).join(lines))}</failure>"


def _attribute(text: str) -> str:
    return quoteattr(_legal(text))


def _content(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    """Return text without the characters that XML 1.0 forbids, written as escapes."""
    return visible(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
