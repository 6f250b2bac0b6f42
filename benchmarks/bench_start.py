"""From the start of pytest's process to the first scenario, all channels configured."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import suites
from benchmarks.figure import Figure, at_most
from benchmarks.runs import pytest_times

ROUNDS = 11

_TEST = """
import os
import time
from pathlib import Path


def test_one({fixture}):
    Path(os.environ["BENCHMARK_REACHED"]).write_text(str(time.monotonic()))
"""


def measure() -> list[Figure]:
    """Compare when the first test is called, with the capture and in a plain run."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        captured = _project(root / "captured", suites.CAPTURED_CONFIG, "telemetry")
        plain = _project(root / "plain", suites.PLAIN_CONFIG, "")
        off = ("-p", "no:telemetry-harness")
        _seconds(captured), _seconds(plain, *off)  # fills the bytecode caches
        ours, peer = [], []
        for _ in range(ROUNDS):
            ours.append(_seconds(captured))
            peer.append(_seconds(plain, *off))
    total, beside = statistics.median(ours), statistics.median(peer)
    return [
        Figure(
            "start, until the first scenario",
            f"{total:.2f} s",
            f"{beside:.2f} s plain, {total - beside:+.2f} s",
            total,
            at_most(0.8),
            (min(ours), max(ours)),
            "s",
        )
    ]


def _project(directory: Path, config: str, fixture: str) -> Path:
    directory.mkdir()
    (directory / "pytest.ini").write_text(config)
    (directory / "test_one.py").write_text(_TEST.format(fixture=fixture))
    return directory


def _seconds(directory: Path, *arguments: str) -> float:
    reached = directory / "reached"
    begun = time.monotonic()  # one clock for all processes
    pytest_times(directory, *arguments, extra={"BENCHMARK_REACHED": str(reached)})
    return float(reached.read_text()) - begun
