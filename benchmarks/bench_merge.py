"""20 shards of 5,000 spans joined by `harness merge`, reports included, beside reading the same JSON."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.big_run import a_run
from benchmarks.figure import Figure, at_most
from benchmarks.runs import ROOT, environment
from harness.report import encode_record, redact

ROUNDS = 3
SHARDS = 20
SPANS = 5_000


def measure() -> list[Figure]:
    """Time whole processes, from the start to the written report."""
    with tempfile.TemporaryDirectory() as name:
        shards = [Path(name) / f"shard-{number}.json" for number in range(SHARDS)]
        for shard in shards:
            shard.write_bytes(encode_record(redact(a_run(SPANS, name=shard.stem))))  # as a run is written
        command = [sys.executable, "-m", "harness.cli", "merge", *map(str, shards), "--out", f"{name}/out"]
        ours, peer = [], []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True, timeout=120)
            ours.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for shard in shards:
                json.loads(shard.read_bytes())
            peer.append(time.perf_counter() - begun)
    median = statistics.median(ours)
    return [
        Figure(
            f"{SHARDS} shards of {SPANS:,} spans merged, reports included",
            f"{median:.2f} s",
            f"{statistics.median(peer):.2f} s, json.loads of the same",
            median,
            at_most(5),
            (min(ours), max(ours)),
            "s",
        )
    ]
