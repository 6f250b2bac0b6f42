"""Runs of pytest in a process of their own, in an empty project."""

from collections.abc import Callable

import pytest

OTEL = "[pytest]\ntelemetry_channels = otel\n"
ALL = "[pytest]\ntelemetry_channels = otel xray cloudwatch\n"
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest on one test file: `run(ini, source, *options)`."""
    # The child starts with the environment of a developer's shell, not with this run's capture.
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_XRAY_DAEMON_ADDRESS"):
        monkeypatch.delenv(name, raising=False)

    def start(ini: str, source: str, *options: str) -> pytest.RunResult:
        pytester.makeini(ini)
        pytester.makepyfile(source)
        plain = ("-p", "no:randomly", "-p", "no:cacheprovider", "-q")
        return pytester.runpytest_subprocess(*plain, *options, timeout=120)

    return start
