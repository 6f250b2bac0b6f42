"""A contract of 100 operations over a run of 100,000 spans, beside a loop that a team would write by hand."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile

from benchmarks.big_run import OPERATIONS
from benchmarks.contract_worker import SPANS
from benchmarks.figure import Figure, at_most
from benchmarks.runs import ROOT, environment

ROUNDS = 3


def measure() -> list[Figure]:
    """Each round is a process of its own: what it weighs is part of the figure."""
    with tempfile.TemporaryDirectory() as name:
        rounds = [[_round(name, operations) for _ in range(ROUNDS)] for operations in (OPERATIONS, 1)]
    reading, writing, checking, by_hand, weight = zip(*rounds[0], strict=True)
    _, writing_one, checking_one, *_ = zip(*rounds[1], strict=True)
    loop, read = statistics.median(by_hand), statistics.median(reading)
    peer = f"{loop:.2f} s, a loop by hand; reading run.json {read:.2f} s"
    return [
        _seconds(f"contract of {OPERATIONS} operations checked over {SPANS:,} spans", checking, peer),
        _seconds(f"contract written from {SPANS:,} spans", writing, peer),
        _seconds(f"contract of one operation checked over {SPANS:,} spans", checking_one, peer),
        _seconds(f"contract of one operation written from {SPANS:,} spans", writing_one, peer),
        Figure(
            "memory of both, beside run.json",
            f"{statistics.median(weight):.1f} x",
            "run.json",
            statistics.median(weight),
            at_most(10),
            (min(weight), max(weight)),
        ),
    ]


def _round(directory: str, operations: int) -> tuple[float, ...]:
    command = [sys.executable, "-m", "benchmarks.contract_worker", directory, str(operations)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True, timeout=120
    )
    return tuple(map(float, done.stdout.split()))


def _seconds(name: str, seconds: tuple[float, ...], peer: str) -> Figure:
    median = statistics.median(seconds)
    return Figure(name, f"{median:.2f} s", peer, median, at_most(5), (min(seconds), max(seconds)), "s")
