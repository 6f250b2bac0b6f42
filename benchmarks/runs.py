"""Running pytest in a process of its own, and timing it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 120
_OTHER_PLUGINS = ("randomly", "xdist", "hypothesispytest")
"""What developers of the harness have installed, and its users may not."""


def environment(extra: Mapping[str, str] = {}) -> dict[str, str]:
    """Return this process's environment, with the bytecode caches that users have."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS")}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


def pytest_seconds(directory: Path, *arguments: str, extra: Mapping[str, str] = {}) -> float:
    """Return how long one pytest run takes, from the start of its process to its end.

    Raises:
        RuntimeError: The run did not pass: its time means nothing.
    """
    others = [argument for name in _OTHER_PLUGINS for argument in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", "-q", *others, *arguments]
    begun = time.perf_counter()
    run = subprocess.run(
        command, cwd=directory, env=environment(extra), capture_output=True, text=True, timeout=TIMEOUT_S
    )
    seconds = time.perf_counter() - begun
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)} in {directory}:\n{run.stdout}{run.stderr}")
    return seconds


@contextmanager
def worker(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a module of this package beside us; it ends when its standard input does."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def ask(process: subprocess.Popen[str], question: str = "go") -> str:
    """Send a worker one line and return the line that it answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{question}\n")
    process.stdin.flush()
    answer = process.stdout.readline().strip()
    if not answer:
        raise RuntimeError(f"worker {process.args!r} ended without an answer")
    return answer
