"""A copy of this project that a test may break, and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("fixtures", "scenarios", "conftest.py", "pyproject.toml")
_CAPTURED = re.compile(r"(OTEL|AWS|PYTEST)_")


class Outcome(NamedTuple):
    """How a run of pytest ended, and all that it printed."""

    code: int
    output: str


class ProjectCopy:
    """The reference apps and their scenarios, in a directory of their own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, directory / name)

    def change(self, file: str, old: str, new: str) -> int:
        """Replace text that must be there; return the line it was on."""
        path = self.directory / file
        text = path.read_text()
        line = self.line_of(file, old)
        path.write_text(text.replace(old, new))
        return line

    def line_of(self, file: str, text: str) -> int:
        """Return the line that text is on; it must be there once."""
        whole = (self.directory / file).read_text()
        assert whole.count(text) == 1, f"{file} holds {text!r} {whole.count(text)} times"
        return whole[: whole.index(text)].count("\n") + 1

    def pytest(self, *arguments: str, extra: Mapping[str, str] = {}) -> Outcome:
        """Run pytest here with the environment of a developer's shell, and with extra variables."""
        environment = {name: value for name, value in os.environ.items() if not _CAPTURED.match(name)}
        environment |= extra
        done = subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", *arguments],
            cwd=self.directory,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)
