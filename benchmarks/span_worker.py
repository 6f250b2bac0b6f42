"""One process that makes spans: `python -m benchmarks.span_worker bare|in_memory|captured|no_site`.

For each line of standard input it makes a batch and prints nanoseconds per span: of its thread's
processor time, because what else the machine does is no cost of a span.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

SPANS = 500


def make_spans(tracer: Any) -> int:
    """Return how long a batch of spans takes, in nanoseconds."""
    start = tracer.start_as_current_span
    begun = time.thread_time_ns()
    for number in range(SPANS):
        with start("benchmark") as span:
            span.set_attribute("app.number", number)
            span.set_attribute("app.name", "benchmark")
    return time.thread_time_ns() - begun


def bare() -> tuple[Any, Callable[[], object]]:
    """Return a provider of nobody's, and nothing to clear."""
    from opentelemetry.sdk.trace import TracerProvider

    return TracerProvider(), lambda: None


def in_memory() -> tuple[Any, Callable[[], object]]:
    """Return a provider with the SDK's own in-memory exporter."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    provider, _ = bare()
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider, exporter.clear


def captured() -> tuple[Any, Callable[[], object]]:
    """Return a provider that the harness watches."""
    from harness.capture.session import Capture

    capture = Capture(["otel"])
    provider, _ = bare()

    def clear() -> None:
        capture.begin()
        capture.owners.restart()

    return provider, clear


def no_site() -> tuple[Any, Callable[[], object]]:
    """Return a provider that the harness watches without looking for creation sites."""
    from harness.capture import otel_watch

    vars(otel_watch)["call_site"] = lambda: None
    return captured()


def main(variant: str) -> None:
    provider, clear = {"bare": bare, "in_memory": in_memory, "captured": captured, "no_site": no_site}[
        variant
    ]()
    tracer = provider.get_tracer("benchmark")
    make_spans(tracer)
    clear()
    for _ in sys.stdin:
        elapsed = make_spans(tracer)
        clear()
        print(elapsed / SPANS, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
