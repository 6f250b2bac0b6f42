"""100,000 datagrams from one process as fast as it can send, beside a bare `recv` loop."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.bare_receiver import BareReceiver
from benchmarks.figure import Figure, at_least, at_most, ratio_of
from benchmarks.runs import ROOT, environment
from harness.capture.arrivals import Arrivals
from harness.capture.datagrams import DatagramReceiver

COUNT = 100_000
SIZE = 459
"""Bytes of a segment of the reference app."""
ROUNDS = 7
_QUIET_S = 0.5


def measure() -> list[Figure]:
    """Time both receivers from the first datagram to the last."""
    ours, peer, unexplained, lost = [], [], 0, 0
    for _ in range(ROUNDS):
        receiver = DatagramReceiver(Arrivals())
        received, rate = _flood(receiver)
        ours.append(rate)
        lost += COUNT - received
        unexplained += abs(COUNT - received - receiver.drops())
        receiver.close()
        bare = BareReceiver()
        peer.append(_flood(bare)[1])
        bare.close()
    value, spread = ratio_of(ours, peer)
    total = COUNT * ROUNDS
    return [
        Figure(f"datagrams, lost of {total:,}", f"{lost}", "0", lost, at_most(0), (lost, lost), "lost"),
        Figure(
            "datagrams, lost and not reported",
            f"{unexplained}",
            "",
            unexplained,
            at_most(0),
            (unexplained, unexplained),
            "lost",
        ),
        Figure(
            "datagrams, throughput",
            f"{statistics.median(ours):,.0f}/s",
            f"{statistics.median(peer):,.0f}/s, bare recv loop",
            value,
            at_least(0.9),
            spread,
        ),
    ]


def _flood(receiver: DatagramReceiver | BareReceiver) -> tuple[int, float]:
    """Return how many of the datagrams arrived, and how many a second."""
    arrived = receiver.received
    command = [sys.executable, "-m", "benchmarks.datagram_sender", str(receiver.port), str(COUNT), str(SIZE)]
    with subprocess.Popen(command, cwd=ROOT, env=environment()) as sender:
        # Sleeps, because a waiter that the receiver had to wake would be part of what is measured.
        while not arrived and sender.poll() is None:
            time.sleep(0.0002)
        begun = last = time.perf_counter()
        count = 0
        while count < COUNT and time.perf_counter() - last < _QUIET_S:
            time.sleep(0.001)
            if len(arrived) != count:
                count, last = len(arrived), time.perf_counter()
        sender.wait(30)
    return count, count / (last - begun)
