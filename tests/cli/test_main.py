from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from harness.cli import main


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
