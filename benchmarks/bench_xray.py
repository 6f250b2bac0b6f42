"""200,000 datagrams from four processes at once: lost or counted, and what keeping them weighs."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.figure import Figure, at_most
from benchmarks.runs import ROOT, ask, environment, worker

PROCESSES = 4
EACH = 50_000
SIZE = 459


def measure() -> list[Figure]:
    """Flood one receiver in a process of its own."""
    with worker("datagram_worker") as receiver:
        assert receiver.stdout is not None
        port = receiver.stdout.readline().strip()
        command = [sys.executable, "-m", "benchmarks.datagram_sender", port, str(EACH), str(SIZE)]
        senders = [subprocess.Popen(command, cwd=ROOT, env=environment()) for _ in range(PROCESSES)]
        for sender in senders:
            sender.wait(120)
        received, drops, kib = map(int, ask(receiver).split())
    sent = PROCESSES * EACH
    unreported = abs(sent - received - drops)
    weight = kib * 1024 / (received * SIZE)
    return [
        Figure(
            f"datagrams of {PROCESSES} processes, lost of {sent:,} and not reported",
            f"{unreported} ({drops} dropped by the kernel, reported)",
            "",
            unreported,
            at_most(0),
            (unreported, unreported),
            "lost",
        ),
        Figure(
            "memory of what was received",
            f"{kib / 1024:.0f} MiB",
            f"{received * SIZE / 2**20:.0f} MiB of datagrams",
            weight,
            at_most(3),
            (weight, weight),
        ),
    ]
