"""What CI systems read: GitHub's annotations, Markdown, SARIF and JUnit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from fixtures.requirements import needs_node_packages
from harness.model import Finding, Level, RunRecord, ScenarioRecord, Site, Verdict
from harness.report import render
from harness.report.rooted import from_root
from tests.report.records import a_run, a_scenario, example_run, hostile_run

NODE = Path(__file__).parents[1] / "clients" / "node"
LOST = Finding(
    id="span_missing",
    signal="span",
    message="no span 'load' was captured: 100 %",
    where="GET /",
    site=Site("app/a,b.py", 7),
)
UNWISE = Finding(id="document_practice", signal="segment", message="large", level=Level.WARNING)
TAKEN = Finding(id="span_count", signal="span", message="two", acknowledged=True)
RUN = a_run(
    a_scenario("scenarios/test_a.py::test_lost", findings=(LOST, TAKEN), outcome="failed"),
    a_scenario("scenarios/test_a.py::test_skipped", outcome="skipped"),
    findings=(UNWISE,),
)
BIG = a_run(*(a_scenario(f"test_{n}", findings=(LOST,) * 1, outcome="failed") for n in range(2_000)))
RUNS = pytest.mark.parametrize(
    "record",
    [RunRecord(), RUN, example_run(), hostile_run(), BIG],
    ids=["empty", "run", "example", "hostile", "big"],
)


def text(record: RunRecord, name: str) -> str:
    content = render(record, name)
    return content if isinstance(content, str) else content.decode()


def test_github_annotates_the_line_and_escapes_what_it_would_read() -> None:
    assert text(RUN, "github") == (
        "::error title=span_missing,file=app/a%2Cb.py,line=7::GET /: no span 'load' was captured: 100 %25"
        " (scenarios/test_a.py::test_lost)\n"
        "::warning title=document_practice::large\n"
    )


def test_github_shows_what_a_terminal_would_obey() -> None:
    finding = Finding(
        id="span_missing",
        signal="span",
        message="no span 'a\x9b' was captured\nat all",
        where="GET \x1b[31m/\x07",
        site=Site("app/\x1ba.py", 7),
    )
    assert text(a_run(findings=(finding,)), "github") == (
        "::error title=span_missing,file=app/\\x1ba.py,line=7::"
        "GET \\x1b[31m/\\x07: no span 'a\\x9b' was captured%0Aat all\n"
    )


NOWHERE = Finding(id="span_missing", signal="span", message="no span 'load' was captured")
OF_ITS_CHECK = ScenarioRecord(
    name="test_a.py::test",
    site=Site("test_a.py", 3),
    verdicts=(Verdict(findings=(NOWHERE,), site=Site("test_a.py", 9)),),
    findings=(UNWISE,),
    outcome="failed",
)


def test_what_has_no_line_of_its_own_is_at_its_check_or_its_scenario() -> None:
    assert text(a_run(OF_ITS_CHECK), "github") == (
        "::error title=span_missing,file=test_a.py,line=9::no span 'load' was captured (test_a.py::test)\n"
        "::warning title=document_practice,file=test_a.py,line=3::large (test_a.py::test)\n"
    )
    assert "| `test_a.py:9`<br>`test_a.py::test` |" in text(a_run(OF_ITS_CHECK), "markdown")


@pytest.mark.parametrize(
    ("record", "places"),
    [
        (a_run(OF_ITS_CHECK), [("backend/test_a.py", 9), ("backend/test_a.py", 3)]),
        (a_run(findings=(UNWISE,)), [("pyproject.toml", 1)]),
        (RunRecord(findings=(UNWISE,), contract="a.contract.yaml"), [("backend/a.contract.yaml", 1)]),
    ],
)
def test_each_result_of_sarif_has_a_place(record: RunRecord, places: list[tuple[str, int]]) -> None:
    """GitHub refuses a whole file for one result without."""
    (run,) = json.loads(text(from_root(record, "backend"), "sarif"))["runs"]
    found = [location["physicalLocation"] for result in run["results"] for location in result["locations"]]
    assert [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in found] == places


@RUNS
def test_github_has_one_command_a_line(record: RunRecord) -> None:
    lines = text(record, "github").split("\n")[:-1]
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)


def test_markdown_as_it_is() -> None:
    assert text(RUN, "markdown") == (
        "## ❌ Telemetry does not hold\n\n"
        "1 of 2 scenarios failed, 1 skipped, 1 finding that fails. Captured: nothing.\n\n"
        "| | finding | where |\n|---|---|---|\n"
        "| error | **span_missing** GET /: no span 'load' was captured: 100 % |"
        " `app/a,b.py:7`<br>`scenarios/test_a.py::test_lost` |\n"
        "| warning | **document_practice** large |  |\n"
        "| waived | **span_count** two | `scenarios/test_a.py::test_lost` |\n"
    )


@RUNS
def test_markdown_fits_a_comment_and_has_no_markup_of_the_app(record: RunRecord) -> None:
    summary = text(record, "markdown")
    assert len(summary) <= 65_536
    assert "<script" not in re.sub("`[^`]*`", "", summary)  # in a code span nothing is markup
    rows = [line for line in summary.splitlines() if line.startswith("| ") and "finding |" not in line]
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)


def test_markdown_counts_what_does_not_fit() -> None:
    assert "more findings, in the report" in text(BIG, "markdown")


def schema_of_sarif() -> Any:
    needs_node_packages(NODE)
    file = NODE / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json"
    return json.loads(file.read_text())


@RUNS
def test_sarif_is_valid(record: RunRecord) -> None:
    validator = jsonschema.Draft7Validator(schema_of_sarif(), format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(json.loads(text(record, "sarif")))] == []


def test_sarif_names_rule_place_and_what_is_waived() -> None:
    (run,) = json.loads(text(RUN, "sarif"))["runs"]
    lost, unwise, taken = run["results"]

    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "document_practice",
        "span_count",
        "span_missing",
    ]
    assert (lost["ruleId"], lost["ruleIndex"], lost["level"]) == ("span_missing", 2, "error")
    assert lost["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "app/a%2Cb.py"},
                "region": {"startLine": 7},
            },
            "logicalLocations": [{"fullyQualifiedName": "GET /"}],
        }
    ]
    assert unwise["level"] == "warning"
    assert taken["suppressions"] == [{"kind": "external", "status": "accepted"}]


@RUNS
def test_junit_is_xml_with_a_case_for_each_scenario(record: RunRecord) -> None:
    suite = ET.fromstring(text(record, "junit")).find("testsuite")  # noqa: S314  our own
    assert suite is not None
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
    assert len(cases) - len(record.scenarios) == bool(record.findings)


def test_junit_splits_no_parameter() -> None:
    record = a_run(a_scenario("test_a.py::test_x[::error::boo]"))
    case = ET.fromstring(text(record, "junit")).find("testsuite/testcase")  # noqa: S314  our own

    assert case is not None
    assert (case.get("classname"), case.get("name")) == ("test_a.py", "test_x[::error::boo]")


def test_junit_tells_what_was_lost() -> None:
    suite = ET.fromstring(text(RUN, "junit")).find("testsuite")  # noqa: S314  our own
    assert suite is not None
    lost, skipped, whole = suite.findall("testcase")
    assert (lost.get("classname"), lost.get("name")) == ("scenarios/test_a.py", "test_lost")
    assert lost.get("time") == "0.012"
    failure = lost.find("failure")
    assert failure is not None
    assert failure.text == "span_missing: GET /: no span 'load' was captured: 100 % (app/a,b.py:7)"
    assert skipped.find("skipped") is not None
    assert whole.get("name") == "the run as a whole"
    assert whole.find("failure") is None
