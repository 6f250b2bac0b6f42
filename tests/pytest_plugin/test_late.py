"""What comes to light after the last test, as the rest of pytest sees it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.pytest_plugin.app import APP
from tests.pytest_plugin.conftest import ALL

Cached = Callable[..., pytest.RunResult]
RUN_AND_TEST = (
    APP
    + """
    import logging

    import pytest
    import watchtower

    @pytest.fixture(scope="session")
    def open_span():
        yield tracer.start_span("start-up")

    def test_late(telemetry, open_span):
        handler = watchtower.CloudWatchLogHandler(log_group_name="cruddur", create_log_stream=False)
        handler.emit(logging.makeLogRecord({"msg": "lost"}))
        assert [event.message for event in telemetry.log_events] == ["lost"]

    def test_home(telemetry):
        serve()
        telemetry.expect(span("GET /home"))
    """
)


@pytest.fixture
def cached(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Cached:
    """Runs pytest with its cache: `cached(ini, source, *options)`."""
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_XRAY_DAEMON_ADDRESS"):
        monkeypatch.delenv(name, raising=False)

    def start(ini: str, source: str, *options: str) -> pytest.RunResult:
        pytester.makeini(ini)
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-p", "no:randomly", "-W", "ignore", *options, timeout=120)

    return start


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["serial", "xdist"])
def test_the_run_is_no_test_that_failed_and_a_test_is(
    cached: Cached, pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    result = cached(ALL, RUN_AND_TEST, *options)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*ERROR telemetry::run - *"])
    failed = json.loads((pytester.path / ".pytest_cache/v/cache/lastfailed").read_text())
    assert [node_id.partition("::")[2] for node_id in failed] == ["test_late"]


def test_the_run_adds_nothing_to_the_progress(cached: Cached) -> None:
    result = cached(ALL, RUN_AND_TEST, "-v")

    progress = [line.rpartition("[")[2] for line in result.outlines if line.endswith("%]")]
    assert max(int(text.rstrip("%]")) for text in progress) == 100
