"""Five minutes of every receiver at full rate against `harness serve`: memory, and what was lost.

SOAK_SECONDS sets another time. Runs only when it is named, because it takes so long.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.figure import Figure, at_most
from benchmarks.runs import ROOT, environment
from harness.codec import arrivals_file

ON_REQUEST = True
SECONDS = float(os.environ.get("SOAK_SECONDS", "300"))


def measure() -> list[Figure]:
    """Run the load, and compare its counts with what is on disk."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "run"
        command = [sys.executable, "-m", "harness.cli", "serve", "--out", str(out)]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as serving:
            assert serving.stdout is not None
            line = json.loads(serving.stdout.readline())
            memory, sent = _load(serving.pid, line)
            size = (out / arrivals_file.FILE_NAME).stat().st_size
            on_disk = _wait_for(out, sent)
            serving.kill()
    fifth = max(1, len(memory) // 5)
    early, late = statistics.median(memory[fifth : 2 * fifth]), statistics.median(memory[-fifth:])
    figures = [
        Figure(
            "soak, memory in the last fifth of the time beside the second",
            f"{late / 1024:.0f} MiB",
            f"{early / 1024:.0f} MiB; {size / 2**30:.1f} GiB on disk in {SECONDS:.0f} s",
            late / early,
            at_most(1.1),
            (min(memory) / early, max(memory) / early),
        )
    ]
    for kind, count in sorted(sent.items()):
        lost = count - on_disk[kind]
        rate = f"{count / SECONDS:,.0f}/s"
        name = f"soak, {kind} lost of {count:,} ({rate})"
        figures.append(Figure(name, f"{lost}", "0", lost, at_most(0), (lost, lost), "lost"))
    unknown = sent["xray"] - on_disk["xray"] - on_disk["reported"]
    dropped = f"{on_disk['reported']:,} dropped by the kernel, reported"
    row = "soak, xray lost and not reported"
    figures.append(Figure(row, f"{unknown}", dropped, unknown, at_most(0), (unknown, unknown), "lost"))
    return figures


def _load(pid: int, line: dict[str, str]) -> tuple[list[int], Counter[str]]:
    """Return the receiver's memory over time in KiB, and what the senders counted."""
    senders = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak_sender", kind, line[endpoint], str(SECONDS)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for kind, endpoint in (("otlp", "otlp_http"), ("xray", "xray"), ("aws", "aws"))
    ]
    memory = []
    while any(sender.poll() is None for sender in senders):
        memory.append(_resident_kib(pid))
        time.sleep(1)  # one sample a second, until the senders end
    sent: Counter[str] = Counter()
    for sender in senders:
        kind, count = sender.communicate()[0].split()
        sent[kind] = int(count)
    return memory, sent


def _wait_for(out: Path, sent: Counter[str]) -> Counter[str]:
    """Return what is on disk, read again while datagrams wait in the receiver's socket."""
    deadline = time.monotonic() + 60
    while True:
        is_last = time.monotonic() > deadline  # to read it may take longer than that
        found = _counts(out)
        if found["xray"] + found["reported"] >= sent["xray"] or is_last:
            return found


def _counts(out: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    with (out / arrivals_file.FILE_NAME).open("rb") as stream:
        for arrival, _ in arrivals_file.read(stream):
            if arrival.incident is not None:
                found["reported"] += arrival.incident.context.get("datagrams", 0)
            elif arrival.export is None:
                found["xray"] += arrival.start is None and arrival.rejected is None
            elif arrival.export.status == 200:
                found[arrival.export.channel] += 1
    return found


def _resident_kib(pid: int) -> int:
    with Path(f"/proc/{pid}/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
