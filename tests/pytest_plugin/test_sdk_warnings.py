"""What the SDK of OpenTelemetry says to its log becomes a finding with the app's line."""

from __future__ import annotations

import json

import pytest

from tests.pytest_plugin.conftest import OTEL, Run

_APP = """
    import logging.config
    from decimal import Decimal

    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from harness import span

    provider = TracerProvider(shutdown_on_exit=False)
    tracer = provider.get_tracer("app")
"""


def _findings(pytester: pytest.Pytester) -> list[tuple[str, int | None]]:
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    return [
        (finding["message"], finding["site"]["line"] if finding.get("site") else None)
        for scenario in record["scenarios"]
        for finding in scenario.get("findings", ())
        if finding["id"] == "sdk_warning"
    ]


@pytest.mark.parametrize(
    ("code", "said", "line"),
    [
        (
            "started.set_attribute('price', Decimal(1))",
            "opentelemetry.attributes says: Invalid type *Decimal*",
            17,
        ),
        (
            "started.end()\n            started.set_attribute('late', 1)",
            "opentelemetry.sdk.trace says: Setting attribute on ended span.",
            18,
        ),
        (
            "trace.set_tracer_provider(provider); trace.set_tracer_provider(TracerProvider())",
            "opentelemetry.trace says: Overriding of current TracerProvider is not allowed",
            17,
        ),
    ],
    ids=["dropped-attribute", "ended-span", "second-provider"],
)
def test_a_warning_is_found_once_with_the_apps_line(
    run: Run, pytester: pytest.Pytester, code: str, said: str, line: int
) -> None:
    result = run(
        OTEL,
        f"""{_APP}
    def test_app(telemetry):
        for _ in range(3):
            started = tracer.start_span("work")
            {code}
            started.end()
        telemetry.expect_count(3, span("work"))
    """,
    )

    result.assert_outcomes(passed=1)
    ((message, found_at),) = [item for item in _findings(pytester) if "end() on an ended" not in item[0]]
    pytest.LineMatcher([message]).fnmatch_lines([said])
    assert found_at == line


def test_a_full_queue_and_a_processor_that_is_shut_down_are_found(
    run: Run, pytester: pytest.Pytester
) -> None:
    run(
        OTEL,
        f"""{_APP}
    def test_app(telemetry):
        full = BatchSpanProcessor(InMemorySpanExporter(), 2, 60_000, 2)
        closed = SimpleSpanProcessor(InMemorySpanExporter())
        for processor in (full, closed):
            provider.add_span_processor(processor)
        with full._batch_processor._export_lock:  # the exporter is slow
            closed.shutdown()
            for _ in range(4):
                tracer.start_span("work").end()
        telemetry.expect_count(4, span("work"))
    """,
    )

    assert {message for message, _ in _findings(pytester)} == {
        "opentelemetry.sdk._shared_internal says: Queue full, dropping Span.",
        "opentelemetry.sdk.trace.export says: Processor is already shutdown, ignoring call",
    }


def test_loggers_configured_anew_are_heard(run: Run, pytester: pytest.Pytester) -> None:
    run(
        OTEL,
        f"""{_APP}
    def test_app(telemetry):
        loggers = {{"opentelemetry": {{"handlers": []}}}}
        logging.config.dictConfig({{"version": 1, "disable_existing_loggers": False, "loggers": loggers}})
        assert not telemetry.spans
        tracer.start_span("work").set_attribute("price", Decimal(1))
        telemetry.expect_finding("sdk_warning")
        telemetry.expect_finding("span_unfinished")
    """,
    ).assert_outcomes(passed=1)

    assert [line for _, line in _findings(pytester)] == [18]


def test_a_callback_that_raises_is_found_once_with_its_line(run: Run, pytester: pytest.Pytester) -> None:
    run(
        OTEL,
        f"""{_APP}
    from opentelemetry.sdk.metrics import MeterProvider

    def measure(options):
        raise ValueError("no queue")

    MeterProvider().get_meter("app").create_observable_gauge("queue", [measure])

    def test_app(telemetry):
        assert not telemetry.metrics
        tracer.start_span("work").end()
        telemetry.expect(span("work"))
    """,
    ).assert_outcomes(passed=1)

    ((message, line),) = _findings(pytester)
    assert message.startswith("opentelemetry.sdk.metrics._internal.instrument says: Callback failed")
    assert line == 17
