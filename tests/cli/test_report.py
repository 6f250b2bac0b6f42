from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.model import Finding, RunRecord, Site, Verdict
from harness.report import encode_record, read_record, redact, render, summary_lines
from tests.report.records import a_run, a_scenario, example_run, hostile_run

HOLDS = a_run(a_scenario(verdicts=(Verdict(expectation='span("x")'),)))
NEWER = "expected schema_version 1, captured 9; install the telemetry-harness that wrote it or a later one"


def written(directory: Path, record: RunRecord) -> Path:
    file = directory / "run.json"
    file.write_bytes(encode_record(record))
    return file


def test_the_page_is_rebuilt_beside_the_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = written(tmp_path, example_run())

    assert main(["report", str(run)]) == 1

    page = tmp_path / "index.html"
    assert page.read_text(encoding="utf-8") == render(example_run(), "html")
    assert capsys.readouterr().out.splitlines() == summary_lines(example_run(), report=str(page))
    assert run.read_bytes() == encode_record(example_run())


def test_a_run_that_holds_exits_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, HOLDS)

    assert main(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("Telemetry holds: 1 scenario passed, no findings that fail\n")


def test_formats_and_a_directory_may_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, example_run())
    out = tmp_path / "out"

    assert main(["report", str(tmp_path), "--out", str(out), "--format", "json", "--format", "html"]) == 1

    assert sorted(file.name for file in out.iterdir()) == ["index.html", "run.json"]
    assert read_record(out) == redact(example_run())
    assert capsys.readouterr().out == ""


def test_the_terminal_format_writes_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, HOLDS)

    assert main(["report", str(tmp_path), "--format", "terminal"]) == 0

    assert capsys.readouterr().out == render(HOLDS, "terminal")
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty; the run that wrote it did not end, record it again"),
        (
            b'{"schema_version":9}',
            NEWER,
        ),
    ],
)
def test_a_record_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, message: str
) -> None:
    (tmp_path / "run.json").write_bytes(data)

    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr() == ("", f"harness: {tmp_path}/run.json: {message}\n")


def test_a_record_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err == (
        f"harness: {tmp_path}/none.json: no such run record; a run writes one"
        " (pytest with telemetry_channels, or `harness run`)\n"
    )


def test_a_record_that_is_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").mkdir()

    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"harness: {tmp_path}/run.json: cannot be read: Is a directory; check its permissions\n"
    )


def test_a_format_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, HOLDS)

    assert main(["report", str(tmp_path), "--format", "pdf"]) == 2
    assert capsys.readouterr().err == (
        "harness: no report format 'pdf'; expected one of"
        " github, html, jaeger, json, junit, markdown, sarif, terminal, zipkin\n"
    )


def test_the_process_survives_a_terminal_of_ascii(tmp_path: Path) -> None:
    run = written(tmp_path, hostile_run())
    command = [sys.executable, "-m", "harness.cli", "report", str(run)]

    done = subprocess.run(  # noqa: S603  # our own interpreter and module
        command,
        capture_output=True,
        check=False,
        timeout=60,
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
    )

    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.splitlines()[0] == (
        b"Telemetry does not hold: 1 of 1 scenario failed, 1 finding that fails"
    )


SITES = ("app.py", "../shared/log.py", "/usr/lib/python3/site.py")


@pytest.fixture
def of_sites(tmp_path: Path) -> Path:
    """A run of a project in a repository of several, with a finding in each file of `SITES`."""
    (tmp_path / ".git").mkdir()
    project = tmp_path / "services" / "api"
    project.mkdir(parents=True)
    findings = tuple(Finding(id="x", signal="span", message="m", site=Site(file, 3)) for file in SITES)
    written(project, a_run(a_scenario(findings=findings[:1], verdicts=(Verdict(findings=findings[1:]),))))
    return project


def test_paths_for_a_repository_are_those_from_its_root(
    of_sites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(of_sites)

    assert main(["report", ".", "--format", "github", "--format", "sarif"]) == 1

    said = capsys.readouterr().out
    paths = ["services/api/app.py", "services/shared/log.py", "/usr/lib/python3/site.py"]
    assert sorted(re.findall("file=([^,]+),line=3", said)) == sorted(paths)
    sarif = json.loads((of_sites / "telemetry.sarif").read_text())
    found = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in sarif["runs"][0]["results"]
    ]
    assert sorted(found) == sorted(paths)


def test_the_place_of_a_run_below_the_root_may_be_said(
    of_sites: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(of_sites), "--format", "github", "--source-root", "backend/"]) == 1

    assert sorted(re.findall("file=([^,]+),", capsys.readouterr().out)) == [
        "/usr/lib/python3/site.py",
        "backend/app.py",
        "shared/log.py",
    ]


def test_other_formats_keep_the_paths_of_the_run(of_sites: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(of_sites)
    main(["report", ".", "--format", "junit"])

    assert "services" not in (of_sites / "junit.xml").read_text()
