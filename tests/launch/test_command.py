"""A command as a child process: what `tests/cli/test_run.py` cannot bring about from outside."""

import os
import signal
import subprocess
from typing import Any

import pytest

from harness.launch.command import run_command


def test_a_signal_before_the_start_reaches_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    start = subprocess.Popen

    def signalled(*arguments: Any, **options: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return start(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", signalled)
    handler = signal.getsignal(signal.SIGTERM)  # an app in this process may have its own

    end = run_command(["sleep", "30"], os.environ)

    assert end == (128 + signal.SIGTERM, True)
    assert signal.getsignal(signal.SIGTERM) is handler
