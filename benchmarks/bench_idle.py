"""The plugin installed and not configured, beside a pytest without it.

In time of the processor: pytest waits for nothing here, and a clock tells the load of others, too.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.figure import Figure, at_most
from benchmarks.runs import pytest_times

ROUNDS = 75


def measure() -> list[Figure]:
    """Collect a project of one test with and without the plugin."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "pytest.ini").write_text("[pytest]\n")
        (directory / "test_one.py").write_text("def test_one():\n    pass\n")
        arguments = ("--collect-only",)
        off = (*arguments, "-p", "no:telemetry-harness")
        pytest_times(directory, *arguments), pytest_times(directory, *off)  # fills the bytecode caches
        ours, peer = [], []
        for _ in range(ROUNDS):
            ours.append(pytest_times(directory, *arguments).processor * 1000)
            peer.append(pytest_times(directory, *off).processor * 1000)
    differences = [a - b for a, b in zip(ours, peer, strict=True)]
    return [
        Figure(
            "idle plugin, pytest --collect-only",
            f"{statistics.median(ours):.0f} ms of the processor",
            f"{statistics.median(peer):.0f} ms without it",
            statistics.median(differences),
            at_most(10),
            (min(differences), max(differences)),
            "ms",
        )
    ]
