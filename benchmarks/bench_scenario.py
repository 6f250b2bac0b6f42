"""A scenario through all three channels, beside the same request with no capture at all."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks import suites
from benchmarks.figure import Figure, at_most, ratio_of
from benchmarks.own_backends import own_backends
from benchmarks.runs import pytest_times

TESTS = 1000
"""Many: what one test costs is a difference of two runs, and their noise is divided by this.

So is a whole garbage collection, which either side meets once in several hundred tests.
"""
ROUNDS = 9


def measure() -> list[Figure]:
    """Compare what one more test costs: (suite of 1,000 - suite of 1) / 999."""
    with tempfile.TemporaryDirectory() as name, own_backends() as backends:
        root = Path(name)
        captured = (suites.captured(root / "many", TESTS), suites.captured(root / "one", 1))
        bare = (suites.bare(root / "bare-many", TESTS), suites.bare(root / "bare-one", 1))
        off = ("-p", "no:telemetry-harness")
        _per_test(captured), _per_test(bare, *off, extra=backends)  # fills the bytecode caches
        ours, peer = [], []
        for _ in range(ROUNDS):
            ours.append(_per_test(captured))
            peer.append(_per_test(bare, *off, extra=backends))
    value, spread = ratio_of(ours, peer)
    return [
        Figure(
            "scenario, span + subsegment + log event",
            f"{statistics.median(ours):.2f} ms",
            f"{statistics.median(peer):.2f} ms, not captured",
            value,
            at_most(2),
            spread,
        )
    ]


def _per_test(suite: tuple[Path, Path], *arguments: str, extra: Mapping[str, str] = {}) -> float:
    many, one = (pytest_times(directory, *arguments, extra=extra).process for directory in suite)
    return (many - one) / (TESTS - 1) * 1000
