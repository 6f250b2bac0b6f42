from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from harness.cli import main
from harness.model import RunRecord
from harness.report import encode_record
from tests.cli.program import HARNESS, environment


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])

    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"telemetry-harness {version('telemetry-harness')}\n"


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([])

    assert exit_.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "harness: error: the following arguments are required: COMMAND"
    )


def test_help_names_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    out = capsys.readouterr().out
    assert "report" in out
    assert "exit codes: 0 telemetry holds, 1 it does not, 2 usage or configuration" in out


def test_the_command_line_imports_nothing_heavy() -> None:
    code = (
        "import sys; from harness.cli import _parser; _parser();"
        "heavy = ('jinja2', 'opentelemetry', 'pytest', 'msgspec', 'moto');"
        "print([name for name in heavy if name in sys.modules])"
    )

    done = subprocess.run(  # noqa: S603  # our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize("command", ["serve", "report none", "doctor --compose c.yml"])
def test_a_closed_stdout_is_said(command: str) -> None:
    shell = f'exec "{sys.executable}" -m harness.cli {command} >&-'

    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603, S607

    assert (done.returncode, done.stderr) == (
        2,
        "harness: stdout is closed, and the result goes there; redirect it, to /dev/null or a file\n",
    )


def test_a_closed_stderr_leaves_the_exit_code() -> None:
    shell = f'exec "{sys.executable}" -m harness.cli report none.json 2>&-'

    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603, S607

    assert (done.returncode, done.stdout) == (2, "")


def test_run_leaves_a_closed_stdout_to_its_command(tmp_path: Path) -> None:
    shell = f'exec "{sys.executable}" -m harness.cli run --out {tmp_path} -- sh -c "exit 3" >&-'

    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603, S607

    assert done.returncode == 3, done.stderr


@pytest.mark.parametrize("code", [0, 7])
def test_a_stderr_that_is_full_leaves_the_commands_exit_code(tmp_path: Path, code: int) -> None:
    command = [*HARNESS, "run", "--out", str(tmp_path), "--", "sh", "-c", f"exit {code}"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stderr=full, timeout=60, env=environment(), check=False)  # noqa: S603
    assert done.returncode == code


def test_a_result_that_nobody_takes_is_said(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(encode_record(RunRecord()))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603  our own interpreter
            [*HARNESS, "report", str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env=environment(),
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "harness: the result cannot be written to stdout: No space left on device\n",
    )
