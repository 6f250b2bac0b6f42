"""A suite of 100 scenarios, beside the usual fixture stack with the same assertions."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks import suites, usual_stack
from benchmarks.figure import Figure, at_least, ratio_of
from benchmarks.own_backends import own_backends
from benchmarks.runs import pytest_times

TESTS = 100
ROUNDS = 5


def measure() -> list[Figure]:
    """Compare runs of pytest: as pytest counts them, reports included, and as whole processes."""
    with tempfile.TemporaryDirectory() as name, own_backends() as backends:
        captured = suites.captured(Path(name) / "captured", TESTS)
        usual = usual_stack.write(Path(name) / "usual", TESTS)
        # The fixtures give AWS and X-Ray; only the app's own span exporter needs a backend.
        given = ("AWS_ENDPOINT_URL", "AWS_XRAY_DAEMON_ADDRESS")
        environment = {k: v for k, v in backends.items() if k not in given}
        off = ("-p", "no:telemetry-harness")
        pytest_times(captured)  # fills the bytecode caches
        pytest_times(usual, "test_000.py::test_0", *off, extra=environment)
        ours, peer = [], []
        for _ in range(ROUNDS):
            ours.append(pytest_times(captured))
            peer.append(pytest_times(usual, *off, extra=environment))
    suite = f"suite of {TESTS}, reports included"
    return [
        _figure(f"{suite}, by pytest's clock", [t.counted for t in ours], [t.counted for t in peer]),
        _figure(f"{suite}, whole process", [t.process for t in ours], [t.process for t in peer]),
    ]


def _figure(name: str, ours: list[float], peer: list[float]) -> Figure:
    value, spread = ratio_of(peer, ours)
    return Figure(
        name,
        f"{statistics.median(ours):.2f} s",
        f"{statistics.median(peer):.2f} s, usual fixture stack",
        value,
        at_least(15),
        spread,
        "x faster",
    )
