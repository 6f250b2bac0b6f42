"""`harness run` and `harness serve` as processes of their own, and what they leave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.model import RunRecord
from harness.report import read_record
from tests.project import ROOT

HARNESS = (sys.executable, "-m", "harness.cli")


def environment(extra: Mapping[str, str] = {}) -> dict[str, str]:
    """Return this process's environment without what our own capture has put into it."""
    ours = ("OTEL_", "AWS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


def harness(*arguments: str, extra: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(  # noqa: S603  our own interpreter
        [*HARNESS, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(extra),
        check=False,
    )


class Serving:
    """A `harness serve` that has printed its line.

    Attributes:
        line: What it printed.
    """

    def __init__(self, out: Path, *arguments: str) -> None:
        self.out = out
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter
            [*HARNESS, "serve", "--out", str(out), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A limit on file sizes would leave modules compiled in part.
            env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        assert self.process.stdout is not None
        self.line: dict[str, Any] = json.loads(self.process.stdout.readline())

    def environment(self) -> dict[str, str]:
        """Return the environment for a program that is to send here."""
        return environment(self.line["env"])

    def stop(self, number: int) -> tuple[int, str]:
        """Send a signal, and return its exit code and what it wrote to stderr."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def record(self) -> RunRecord:
        """Return the record that it wrote."""
        return read_record(self.out)
