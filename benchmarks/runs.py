"""Running pytest in a process of its own, and timing it."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 120
_OTHER_PLUGINS = ("randomly", "xdist", "hypothesispytest")
"""What developers of the harness have installed, and its users may not."""
_COUNTED = re.compile(r" in ([0-9.]+)s\b.*\s*\Z")


def environment(extra: Mapping[str, str] = {}) -> dict[str, str]:
    """Return this process's environment, with the bytecode caches that users have."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS")}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


class PytestTimes(NamedTuple):
    """How long one pytest run took, in seconds.

    Attributes:
        process: From the start of its process to its end.
        processor: Of the processor, in the program and in the kernel.
        counted: What pytest says in its last line, "100 passed in 0.65s": without its own start.
    """

    process: float
    processor: float
    counted: float


def pytest_times(directory: Path, *arguments: str, extra: Mapping[str, str] = {}) -> PytestTimes:
    """Run pytest in a directory and return how long it took.

    Raises:
        RuntimeError: The run did not pass: its time means nothing.
    """
    others = [argument for name in _OTHER_PLUGINS for argument in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", "-q", *others, *arguments]
    begun, before = time.perf_counter(), _children()
    run = subprocess.run(
        command, cwd=directory, env=environment(extra), capture_output=True, text=True, timeout=TIMEOUT_S
    )
    seconds, processor = time.perf_counter() - begun, _children() - before
    counted = _COUNTED.search(run.stdout)
    if run.returncode or not counted:
        raise RuntimeError(f"{' '.join(command)} in {directory}:\n{run.stdout}{run.stderr}")
    return PytestTimes(seconds, processor, float(counted[1]))


def _children() -> float:
    """Return the processor's seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
