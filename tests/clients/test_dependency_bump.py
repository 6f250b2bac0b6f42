"""A bump of one dependency: the contract is red, and the diff names what changed and which package did it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.requirements import needs_two_releases
from harness.cli import main
from harness.report import read_record
from tests.cli.program import harness

APP = Path(__file__).parent / "bumped_app.py"
FLASK = "opentelemetry-instrumentation-flask"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The backend with 0.60b1, and with 0.61b0."""
    found = []
    for number, python in enumerate(needs_two_releases()):
        out = tmp_path_factory.mktemp(f"release-{number}")
        done = harness(
            "run", "--out", str(out), "--", python, str(APP), extra={"OTEL_SERVICE_NAME": "backend-flask"}
        )
        assert done.returncode == 0, done.stderr
        found.append(out)
    return found[0], found[1]


def test_the_packages_are_those_of_the_app(runs: tuple[Path, Path]) -> None:
    assert [read_record(run).packages[FLASK] for run in runs] == ["0.60b1", "0.61b0"]


def test_the_contract_of_the_old_release_is_red(
    runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = runs
    contract = tmp_path / "backend.contract.yaml"
    assert main(["contract", "write", str(old), "--out", str(contract)]) == 0
    assert main(["check", str(old), "--contract", str(contract)]) == 0
    capsys.readouterr()

    assert main(["check", str(new), "--contract", str(contract)]) == 1
    errors = [line for line in capsys.readouterr().out.splitlines() if ": error " in line]
    assert len(errors) == 1
    assert (
        "error unit_mismatch: metric http.server.active_requests:"
        " unit: expected '{request}', captured 'requests'" in errors[0]
    )


def test_the_diff_names_the_change_and_its_package(
    runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *map(str, runs)]) == 1
    told = capsys.readouterr().out
    assert told.startswith("3 changes: 1 breaking, 2 additive, 0 neutral\n")
    assert f"  {FLASK} 0.60b1 → 0.61b0  (carries 1 change)\n" in told
    breaking = next(line for line in told.splitlines() if "[breaking" in line)
    assert breaking.startswith("  ~ unit: '{request}' → 'requests'  [breaking · 1 metric · ")
    assert breaking.endswith(f" · carried by {FLASK} 0.60b1 → 0.61b0]")
    # The releases of an instrumentation pin those of the SDK, which measures itself now.
    assert "  opentelemetry-sdk 1.39.1 → 1.40.0  (carries 2 changes)\n" in told
    added = [line for line in told.splitlines() if "[additive" in line]
    assert [line.partition("  [")[0] for line in added] == [
        "+ metric otel.sdk.span.live",
        "+ metric otel.sdk.span.started",
    ]
