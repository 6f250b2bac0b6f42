"""What `harness run` adds to a command that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure, at_most
from benchmarks.runs import ROOT, environment

ROUNDS = 9
_COMMAND = (sys.executable, "-c", "pass")


def measure() -> list[Figure]:
    """Time the command with and without, in turns."""
    ours, peer = [], []
    with tempfile.TemporaryDirectory() as name:
        out = str(Path(name) / "run")
        with_harness = (sys.executable, "-m", "harness.cli", "run", "--out", out, "--", *_COMMAND)
        _seconds(with_harness)  # fills the bytecode caches
        for _ in range(ROUNDS):
            ours.append(_seconds(with_harness))
            peer.append(_seconds(_COMMAND))
    added = [a - b for a, b in zip(ours, peer, strict=True)]
    return [
        Figure(
            "harness run -- python -c pass",
            f"{statistics.median(ours):.2f} s",
            f"{statistics.median(peer):.2f} s, the command itself",
            statistics.median(added),
            at_most(0.6),
            (min(added), max(added)),
            "s more",
        )
    ]


def _seconds(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)
    return time.perf_counter() - begun
