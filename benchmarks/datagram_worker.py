"""Receives datagrams in a process of its own, and says how many there were and what they weigh."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from harness.capture.arrivals import Arrivals
from harness.capture.datagrams import DatagramReceiver


def main() -> None:
    """Print the port; after a line on standard input, print count, drops and KiB of memory added."""
    receiver = DatagramReceiver(Arrivals())
    before = _resident_kib()
    print(receiver.port, flush=True)
    sys.stdin.readline()
    receiver.barrier(time.monotonic() + 30)
    print(len(receiver.received), receiver.drops(), _resident_kib() - before, flush=True)
    sys.stdin.read()


def _resident_kib() -> int:
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
