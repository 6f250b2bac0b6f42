"""Spans a second over OTLP/HTTP, beside rotel, a collector written in Rust, that throws them away."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import otlp_load
from benchmarks.figure import Figure, at_least, at_most, ratio_of
from benchmarks.runs import ROOT, environment

REQUESTS = 400
ROUNDS = 5


def measure() -> list[Figure]:
    """Send the same load to both, one after the other, several times."""
    ours, peer, refused = [], [], 0
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as port, _rotel(Path(name)) as rotel_port:
        for target in (port, rotel_port):
            otlp_load.send(target, 20)
        for _ in range(ROUNDS):
            load = otlp_load.send(port, REQUESTS)
            ours.append(load.spans_per_second)
            refused += load.refused
            peer.append(otlp_load.send(rotel_port, REQUESTS).spans_per_second)
    value, spread = ratio_of(ours, peer)
    return [
        Figure(
            f"OTLP/HTTP, {otlp_load.SPANS}-span bodies, {otlp_load.CONNECTIONS} connections, to disk",
            f"{statistics.median(ours):,.0f} spans/s",
            f"{statistics.median(peer):,.0f} spans/s, rotel, thrown away",
            value,
            at_least(1),
            spread,
        ),
        Figure("OTLP/HTTP, requests refused", f"{refused}", "", refused, at_most(0), (refused, refused), ""),
    ]


@contextlib.contextmanager
def serving(directory: Path) -> Iterator[int]:
    """Run `harness serve` and yield its OTLP port."""
    command = [sys.executable, "-m", "harness.cli", "serve", "--out", str(directory / "run")]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        yield int(line["otlp_http"].rpartition(":")[2])
        process.kill()  # the record of so much would take a while, and nobody reads it


@contextlib.contextmanager
def _rotel(directory: Path) -> Iterator[int]:
    import rotel

    program = Path(rotel.__file__).parent / "rotel-agent"
    http, grpc = _free_port(), _free_port()
    command = [
        *(str(program), "start", "--exporter", "blackhole"),
        *("--otlp-http-endpoint", f"127.0.0.1:{http}", "--otlp-grpc-endpoint", f"127.0.0.1:{grpc}"),
        *("--pid-file", str(directory / "rotel.pid"), "--log-file", str(directory / "rotel.log")),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _wait_for(http)
        yield http
        process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)  # another process offers nothing to wait on
    raise RuntimeError(f"nothing listens on port {port}")
