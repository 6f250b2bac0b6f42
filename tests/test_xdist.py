"""`pytest -n 2 scenarios/`, or another order, says what the serial run says, but for timings."""

from __future__ import annotations

from pathlib import Path

from harness.analysis.coverage import coverage_of
from harness.analysis.diff import diff_records
from harness.contract import contract_text
from harness.model import RunRecord
from harness.report import read_record
from tests.project import ProjectCopy

CHOSEN = [
    "scenarios/backend_flask/test_home.py",
    "scenarios/backend_flask/test_user.py",
    "scenarios/backend_flask/test_errors.py",
]


def recorded(project: ProjectCopy, *options: str, files: list[str] = CHOSEN) -> RunRecord:
    directory = project.directory / f"run-{files.index(CHOSEN[0])}{''.join(options)}"
    outcome = project.pytest(*files, "--telemetry-report", str(directory), *options)
    assert outcome.code == 0, outcome.output
    return read_record(directory)


def test_workers_say_what_a_serial_run_says(tmp_path: Path) -> None:
    project = ProjectCopy(tmp_path)
    serial, parallel = recorded(project), recorded(project, "-n", "2")

    assert [(s.name, s.outcome) for s in parallel.scenarios] == [
        (s.name, s.outcome) for s in sorted(serial.scenarios, key=lambda s: s.name)
    ]
    assert contract_text(parallel) == contract_text(serial)
    assert coverage_of(parallel) == coverage_of(serial)
    assert parallel.packages == serial.packages
    assert len(serial.outside.log_events) == 2
    assert len(parallel.outside.log_events) == 2

    reordered = recorded(project, files=CHOSEN[::-1])
    assert contract_text(reordered) == contract_text(serial)
    for before, after in ((serial, parallel), (parallel, serial), (serial, reordered), (reordered, serial)):
        assert {change.severity.value for change in diff_records(before, after).changes} <= {"neutral"}
