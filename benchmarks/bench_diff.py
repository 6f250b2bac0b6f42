"""`harness diff` on two runs of 100,000 spans, and on traces of 1,000, beside a loop that counts keys."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.figure import Figure, at_most
from benchmarks.runs import ROOT, environment
from harness.analysis.diff import diff_records
from harness.collection import rare_collection
from harness.model import Resource, RunRecord, ScenarioRecord, Scope, Span, SpanKind, Telemetry
from harness.report import encode_record, read_record

SPANS = 1_000
TRACES = 100
ROUNDS = 3
_PEAK = (
    "import resource, sys; from harness.cli import main; code = main(sys.argv[1:]);"
    " print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
)


def measure() -> list[Figure]:
    """Compare runs in which every span has one attribute more."""
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name) / "before.json", Path(name) / "after.json"]
        for seed, file in enumerate(files):
            file.write_bytes(encode_record(_run(TRACES, seed=seed, extra=bool(seed))))
        ours, mib = _program(files)
        peer = _timed(lambda: _counted(*map(read_record, files)))
    with rare_collection():  # as the command does
        one, other = _run(TRACES, seed=0, extra=False), _apart(_run(TRACES, seed=1, extra=False))
        far = _timed(lambda: diff_records(one, other).changes)
    before, after = _run(1, seed=0, extra=False), _run(1, seed=1, extra=True)
    small = _timed(lambda: diff_records(before, after).changes)
    small_peer = _timed(lambda: _counted(before, after))
    spans = TRACES * SPANS
    return [
        _seconds(f"harness diff of two runs of {spans:,} spans, from start to end", ours, peer, 10),
        Figure(f"its memory, {spans:,} spans", f"{mib:.0f} MiB", "", mib, at_most(1024), (mib, mib), "MiB"),
        _seconds(f"diff of two runs of {spans:,} spans that share almost nothing", far, peer, 10),
        _seconds(f"diff_records of two traces of {SPANS:,} spans", small, small_peer, 1),
    ]


def _seconds(name: str, ours: list[float], peer: list[float], most: float) -> Figure:
    median = sorted(ours)[len(ours) // 2]
    other = sorted(peer)[len(peer) // 2]
    return Figure(
        name,
        f"{median:.2f} s",
        f"{other:.2f} s, a loop that counts names and keys",
        median,
        at_most(most),
        (min(ours), max(ours)),
        "s",
    )


def _program(files: list[Path]) -> tuple[list[float], float]:
    """Return how long the command takes, and its peak memory in MiB."""
    times, peak = [], 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _PEAK, "diff", *map(str, files)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        times.append(time.perf_counter() - begun)
        if not re.search(rf"in {SPANS * TRACES:,} spans: \+ server.address", done.stdout):
            raise RuntimeError(f"the diff does not name the change:\n{done.stdout[:2000]}")
        peak = max(peak, int(done.stdout.split()[-1]))
    return times, peak / 1024


def _apart(record: RunRecord) -> RunRecord:
    """Return a run of the same trees whose spans have other keys, and names at random."""
    drawn = random.Random(2)
    (scenario,) = record.scenarios
    spans = tuple(
        msgspec.structs.replace(
            span,
            name=f"step {drawn.randrange(20)}" if span.parent_span_id else span.name,
            attributes={f"other.{key}": f"v{drawn.randrange(3)}" for key in span.attributes},
        )
        for span in scenario.telemetry.spans
    )
    return RunRecord(scenarios=(msgspec.structs.replace(scenario, telemetry=Telemetry(spans=spans)),))


def _timed(work: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        if not work():
            raise RuntimeError("found nothing")
        times.append(time.perf_counter() - begun)
    return times


def _counted(before: RunRecord, after: RunRecord) -> Counter[tuple[object, ...]]:
    """Count spans by name, kind and keys: it finds that something changed, and not what or where."""
    counts: Counter[tuple[object, ...]] = Counter()
    for sign, record in ((-1, before), (1, after)):
        for scenario in record.scenarios:
            for span in scenario.telemetry.spans:
                counts[span.name, span.kind, *sorted(span.attributes)] += sign
    return Counter({key: count for key, count in counts.items() if count})


def _run(traces: int, *, seed: int, extra: bool) -> RunRecord:
    """Return a run of traces whose ids, times, ports and order are drawn."""
    drawn = random.Random(seed)
    spans = [span for number in range(traces) for span in _trace(drawn, number, extra=extra)]
    drawn.shuffle(spans)
    return RunRecord(scenarios=(ScenarioRecord(name="load", telemetry=Telemetry(spans=tuple(spans))),))


def _trace(drawn: random.Random, number: int, *, extra: bool) -> list[Span]:
    trace_id = f"{drawn.getrandbits(128):032x}"
    ids = [f"{drawn.getrandbits(64):016x}" for _ in range(SPANS)]
    begun = 1_700_000_000_000_000_000 + number * 1_000_000_000
    return [
        Span(
            trace_id=trace_id,
            span_id=ids[index],
            parent_span_id=ids[(index - 1) // 8] if index else None,
            name=f"step {index % 20}" if index else "GET /x",
            kind=SpanKind.INTERNAL if index else SpanKind.SERVER,
            start_time_unix_nano=begun + index * 1_000,
            end_time_unix_nano=begun + index * 1_000 + drawn.randrange(1_000_000),
            attributes=_attributes(drawn, index) | ({"server.address": "localhost"} if extra else {}),
            resource=Resource(attributes={"service.name": "load", "service.instance.id": trace_id}),
            scope=Scope(name="opentelemetry.instrumentation.flask", version="0.66b1"),
        )
        for index in range(SPANS)
    ]


def _attributes(drawn: random.Random, index: int) -> dict[str, object]:
    return {
        "http.method": "GET",
        "http.scheme": "http",
        "http.status_code": 200,
        "http.target": f"/x/{index % 7}",
        "net.host.name": "localhost",
        "net.peer.ip": "127.0.0.1",
        "net.peer.port": drawn.randrange(30_000, 60_000),
        "app.now": "2026-03-01T12:00:00+00:00",
        "app.share": drawn.random(),
        "app.rows": index % 5,
    }
