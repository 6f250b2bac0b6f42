"""The examples of the documents are run."""

import re
from pathlib import Path

import pytest

from harness.expect import finding_ids
from harness.invariants import all_invariants
from tests.project import ROOT, ProjectCopy

PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
DOCUMENTS = [ROOT / "README.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples(document: Path) -> list[str]:
    return PYTHON.findall(document.read_text())


@pytest.mark.parametrize("number", range(2))
def test_the_readmes_scenarios_pass(tmp_path: Path, number: int) -> None:
    example = examples(ROOT / "README.md")[number]
    project = ProjectCopy(tmp_path)
    (tmp_path / "scenarios" / "test_readme.py").write_text(example)

    outcome = project.pytest("scenarios/test_readme.py")

    assert outcome.code == 0, outcome.output


def test_the_builders_example_runs() -> None:
    (example,) = examples(ROOT / "docs" / "expectations.md")

    exec(compile(example, "docs/expectations.md", "exec"), {})  # noqa: S102  our own document


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), target


def test_every_invariant_finding_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "findings.md").read_text(), re.MULTILINE))
    sources = [*(ROOT / "harness" / "capture").rglob("*.py"), *(ROOT / "harness" / "codec").rglob("*.py")]
    incidents = {
        found
        for source in sources
        for found in re.findall(r"(?:\bid=|_report\(\s*)\"(\w+)\"", source.read_text())
    }

    assert incidents
    assert incidents <= documented
    assert {"exceptions", "incidents", "rejected", "unfinished"} <= set(all_invariants())
    assert not documented & set(finding_ids())
