"""What capture adds to a span, beside SimpleSpanProcessor with InMemorySpanExporter."""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from benchmarks.figure import Figure, Target, at_most
from benchmarks.runs import ask, worker

ROUNDS = 500
"""Many and short: a machine that others share changes its speed within a second."""
_VARIANTS = ("bare", "in_memory", "captured", "no_site")


def measure() -> list[Figure]:
    """Have one process for each variant make batches in turns."""
    nanoseconds: dict[str, list[float]] = {variant: [] for variant in _VARIANTS}
    with ExitStack() as stack:
        workers = {v: stack.enter_context(worker("span_worker", v)) for v in _VARIANTS}
        for _ in range(ROUNDS):
            for variant, process in workers.items():
                nanoseconds[variant].append(float(ask(process)))
    return [
        _figure("span, added by capture", nanoseconds, "no_site", at_most(1)),
        _figure("span, creation site included", nanoseconds, "captured", at_most(2)),
    ]


def _figure(name: str, nanoseconds: dict[str, list[float]], variant: str, target: Target) -> Figure:
    bare = statistics.median(nanoseconds["bare"])
    ours = statistics.median(nanoseconds[variant]) - bare
    peer = statistics.median(nanoseconds["in_memory"]) - bare
    # A round's own difference is mostly noise of `bare` and of the peer, so it is held against their medians.
    quartiles = statistics.quantiles([(a - bare) / peer for a in nanoseconds[variant]], n=4)
    return Figure(
        name,
        f"+{ours / 1000:.2f} us",
        f"+{peer / 1000:.2f} us on {bare / 1000:.1f}, in-memory exporter",
        ours / peer,
        target,
        (quartiles[0], quartiles[-1]),
    )
