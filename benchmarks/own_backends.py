"""Where the app's exporters send when no harness receives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.runs import ask, worker


@contextmanager
def own_backends() -> Iterator[dict[str, str]]:
    """Return the app's environment: a backend that accepts everything, X-Ray's UDP to nobody."""
    with worker("blackhole") as blackhole:
        url = f"http://127.0.0.1:{ask(blackhole)}"
        yield {
            "OTEL_EXPORTER_OTLP_ENDPOINT": url,
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:9",  # the discard port
            "NO_PROXY": "127.0.0.1",
        }
