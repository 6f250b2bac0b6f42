"""Processors and handlers of the app whose flush fails: told, and everything else goes on."""

import logging

import pytest
import watchtower
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from harness import ScenarioTelemetry, export_request, metric, span


class Raises(SpanProcessor):
    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        raise RuntimeError("no connection")


class TakesNoTimeout(SpanProcessor):
    def force_flush(self) -> bool:  # type: ignore[override]  # as an app may have it
        return True


class RaisingReader(InMemoryMetricReader):
    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        raise RuntimeError("no connection")


class RaisingHandler(watchtower.CloudWatchLogHandler):
    def flush(self) -> None:
        raise RuntimeError("no connection")


@pytest.mark.parametrize(
    ("processor", "reason"),
    [
        (Raises(), "RuntimeError: no connection"),
        (
            TakesNoTimeout(),
            "TypeError: TakesNoTimeout.force_flush() takes 1 positional argument but 2 were given",
        ),
    ],
)
def test_a_processor_whose_flush_fails_is_told_once(
    telemetry: ScenarioTelemetry, processor: SpanProcessor, reason: str
) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    with provider.get_tracer("t").start_as_current_span("work"):
        pass

    for _ in range(2):
        telemetry.expect_none(export_request("/nowhere"))  # flushes first
    telemetry.expect(span("work"))
    (finding,) = telemetry.expect_finding("flush_failed", count=1)
    assert finding.message == (
        f"force_flush of the app's TracerProvider raised {reason}; what it still holds is not sent"
    )


def test_a_reader_whose_flush_fails_is_told(telemetry: ScenarioTelemetry) -> None:
    provider = MeterProvider([RaisingReader()], shutdown_on_exit=False)
    provider.get_meter("m").create_counter("served").add(1)

    telemetry.expect_none(export_request("/nowhere"))
    telemetry.expect(metric("served"))
    telemetry.expect_finding("flush_failed", at="test_flushing.py")


def test_a_handler_whose_flush_fails_is_told(telemetry: ScenarioTelemetry) -> None:
    logger, handler = logging.getLogger("flushing"), RaisingHandler(log_group_name="flushing")
    logger.addHandler(handler)
    logger.warning("kept")
    logger.removeHandler(handler)

    telemetry.expect_none(export_request("/nowhere"))
    telemetry.expect_finding("flush_failed", at="test_flushing.py")
    telemetry.expect_finding("log_event_unsent", count=None)
