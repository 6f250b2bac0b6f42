"""Tests that stop the time, as freezegun does: waiting still has an end."""

from __future__ import annotations

from tests.pytest_plugin.conftest import OTEL, Run

_STOPPED = """
    import time

    import pytest
    from opentelemetry.sdk.trace import TracerProvider

    from harness import TelemetryAssertionError, span

    tracer = TracerProvider().get_tracer("app")

    @pytest.fixture(autouse=True)
    def stopped(monkeypatch):
        for name in ("monotonic", "time"):
            now = getattr(time, name)()
            monkeypatch.setattr(time, name, lambda now=now: now)
        monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
"""


def test_what_is_missing_is_waited_for_until_the_deadline(run: Run) -> None:
    result = run(
        OTEL,
        f"""{_STOPPED}
    def test_missing(telemetry):
        with pytest.raises(TelemetryAssertionError, match="no span 'x' was captured"):
            telemetry.expect(span("x"), within=0.3)
    """,
    )

    result.assert_outcomes(passed=1)


def test_what_is_open_is_waited_for_until_the_deadline(run: Run) -> None:
    result = run(
        f"{OTEL}telemetry_settle_timeout = 0.3\n",
        f"""{_STOPPED}
    def test_forgotten(telemetry):
        tracer.start_span("forgotten")
        telemetry.expect_none(span("x"))
        telemetry.expect_finding("span_unfinished")
    """,
    )

    result.assert_outcomes(passed=1)
