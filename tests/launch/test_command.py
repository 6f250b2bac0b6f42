"""A command as a child process: what `tests/cli/test_run.py` cannot bring about from outside."""

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.launch import command
from harness.launch.command import run_command


def test_a_signal_before_the_start_reaches_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    start = subprocess.Popen

    def signalled(*arguments: Any, **options: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return start(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", signalled)
    handler = signal.getsignal(signal.SIGTERM)  # an app in this process may have its own

    end = run_command(["sleep", "30"], os.environ)

    assert end == (128 + signal.SIGTERM, True, (), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is handler


def test_ctrl_c_on_a_terminal_asks_to_stop_as_a_signal_does() -> None:
    end = run_command(["sh", "-c", "kill -INT $$"], os.environ)

    assert end == (128 + signal.SIGINT, True, (), signal.SIGINT)


def test_what_is_left_of_its_group_is_waited_for(tmp_path: Path) -> None:
    late = tmp_path / "late"

    end = run_command(["sh", "-c", f"(sleep 0.5; echo sent > {late}) & exit 3"], os.environ)

    assert (end, late.read_text()) == ((3, False, (), 0), "sent\n")


def test_what_runs_longer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "GROUP_GRACE_S", 0.0)

    end = run_command(["sh", "-c", "sleep 60 & exit 0"], os.environ)

    (left,) = end.left
    found = re.fullmatch(r"(?:sleep|sh) \(pid (\d+)\)", left)
    assert found
    os.kill(int(found[1]), signal.SIGKILL)
