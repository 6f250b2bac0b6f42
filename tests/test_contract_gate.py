"""The gate on the repaired backend: what is written holds, and each break alone is red, as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from tests.project import ProjectCopy

HOME = "fixtures/backend_flask/services/home_activities.py"
USER = "fixtures/backend_flask/services/user_activities.py"
LOGS = "fixtures/backend_flask/logs.py"
REQUESTS = """
import pytest

# The app's own sampling would skip most requests.
HEADERS = {"X-Amzn-Trace-Id": "Sampled=1"}


@pytest.mark.parametrize("path", ["/api/activities/home", "/api/activities/@andrewbrown"])
def test_request(backend, telemetry, path):
    assert backend.get(path, headers=HEADERS).status_code == 200
    assert telemetry.spans
"""


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    copy = ProjectCopy(tmp_path)
    (tmp_path / "scenarios" / "backend_flask" / "test_requests.py").write_text(REQUESTS)
    return copy


def record(project: ProjectCopy, name: str, *options: str) -> tuple[Path, str]:
    """Run the requests; return where the run is, and what pytest printed."""
    directory = project.directory / name
    outcome = project.pytest(
        "scenarios/backend_flask/test_requests.py", "--telemetry-report", str(directory), *options
    )
    return directory, outcome.output


def written(run: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["contract", "write", str(run)]) == 0
    return capsys.readouterr().out


def test_written_it_holds_for_the_next_run_which_writes_the_same_bytes(
    project: ProjectCopy, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = record(project, "first")
    contract = project.directory / "backend.contract.yaml"
    contract.write_text(written(first, capsys))

    second, output = record(project, "second", "--telemetry-contract", contract.name)

    assert "Telemetry holds: 2 scenarios passed, no findings that fail" in output
    assert written(second, capsys) == contract.read_text()
    assert main(["check", str(second), "--contract", str(contract)]) == 0
    assert capsys.readouterr().out == "0 findings, 0 of them fail\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "finding", "change"),
    [
        (
            HOME,
            '"app.result_length"',
            '"app.results_length"',
            (
                "error attribute_missing: GET /api/activities/home › home-activites-mock-data:"
                " no attribute 'app.result_length'; closest: 'app.results_length' = 3"
            ),
            "~ renamed: app.result_length → app.results_length",
        ),
        (
            HOME,
            "len(results))",
            "str(len(results)))",
            (
                "error attribute_mismatch: GET /api/activities/home › home-activites-mock-data:"
                " app.result_length: expected 3, captured '3' (int expected, str captured)"
            ),
            "~ retyped app.result_length: int 3 → str '3'",
        ),
        (
            HOME,
            'with tracer.start_as_current_span("home-activites-mock-data") as span:',
            "with trace.use_span(trace.INVALID_SPAN) as span:",
            (
                "error span_missing: GET /api/activities/home:"
                " no span 'home-activites-mock-data' was captured below it"
            ),
            "- span home-activites-mock-data",
        ),
        (
            HOME,
            'start_as_current_span("home-activites-mock-data") as',
            (
                'start_as_current_span("home-activites-mock-data", context=trace.set_span_in_context('
                "trace.INVALID_SPAN)) as"
            ),
            (
                "error span_missing: GET /api/activities/home:"
                " no span 'home-activites-mock-data' was captured below it"
            ),
            "~ reparented",
        ),
        (
            USER,
            'put_metadata("key", details, "namespace")',
            'put_annotation("now", details["now"])',
            (
                "error metadata_missing: backend-flask › mock-data: no metadata 'namespace.key.now';"
                " captured as annotation"
            ),
            "~ moved: metadata.namespace.key.now → annotations.now",
        ),
        (
            LOGS,
            '"cruddur"',
            '"cruddur-backend"',
            "log_group: expected 'cruddur', captured 'cruddur-backend'",
            "in 5 log events: ~ log_group: 'cruddur' → 'cruddur-backend'",
        ),
    ],
    ids=["renamed", "number made text", "dropped", "reparented", "metadata to annotation", "log group"],
)
def test_one_break_is_red_and_the_diff_names_it(
    project: ProjectCopy,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    finding: str,
    change: str,
) -> None:
    good, _ = record(project, "good")
    contract = project.directory / "backend.contract.yaml"
    contract.write_text(written(good, capsys))
    project.change(file, old, new)

    broken, output = record(project, "broken", "--telemetry-contract", contract.name)

    assert "Telemetry does not hold" in output
    assert main(["check", str(broken), "--contract", str(contract)]) == 1
    assert finding in capsys.readouterr().out
    assert main(["diff", str(good), str(broken)]) == 1
    assert change in capsys.readouterr().out
