"""Flushes of the app's own that never return: the run goes on without them, and says so."""

import json

import pytest

from tests.pytest_plugin.conftest import OTEL, Run

# As OpenTelemetry's own bridge: what the exporter complains of is exported, too.
BRIDGE = """
    import logging
    import threading
    from opentelemetry._logs import LogRecord
    from opentelemetry.sdk._logs import LoggerProvider, export
    from harness import log_record

    class Refused(export.LogRecordExporter):
        def export(self, batch):
            logging.getLogger("exporter").warning("connection refused")
            threading.Event().wait(0.05)  # its back-off
            return export.LogRecordExportResult.FAILURE
        def force_flush(self, timeout_millis=10_000):
            return True
        def shutdown(self):
            pass

    class Bridge(logging.Handler):
        def emit(self, record):
            provider.get_logger("bridge").emit(LogRecord(body=record.getMessage()))

    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(export.BatchLogRecordProcessor(Refused()))
    logging.getLogger().addHandler(Bridge())

    def test_hello(telemetry):
        logging.getLogger("app").warning("hello")
        telemetry.expect(log_record("hello"))
"""
ENDLESS = """
    import threading
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from harness import export_request, span

    class Endless(SpanProcessor):
        calls = []
        def force_flush(self, timeout_millis=30_000):
            self.calls.append(timeout_millis)
            threading.Event().wait(60)

    providers = [TracerProvider(shutdown_on_exit=False) for _ in range(3)]
    for provider in providers:
        provider.add_span_processor(Endless())

    def test_one(telemetry):
        with providers[0].get_tracer("t").start_as_current_span("one"):
            pass
        telemetry.expect_none(export_request("/v1/traces"))
        telemetry.expect_none(export_request("/v1/traces"))
        telemetry.expect(span("one"))
        assert len(Endless.calls) == 3  # each once, as none has returned
"""
MESSAGE = "has not returned in time (telemetry_settle_timeout) and is not waited for"


def test_a_log_handler_that_feeds_its_own_exporter_does_not_hold_the_run(
    run: Run, pytester: pytest.Pytester
) -> None:
    result = run(f"{OTEL}telemetry_settle_timeout = 0.3\n", BRIDGE)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [f"  1 × flush_failed, a warning: force_flush of the app's LoggerProvider {MESSAGE}*"]
    )
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    assert record["scenarios"][0]["outcome"] == "passed"


def test_a_flush_that_goes_on_is_neither_awaited_nor_called_again(
    run: Run, pytester: pytest.Pytester
) -> None:
    result = run(f"{OTEL}telemetry_settle_timeout = 0.3\n", ENDLESS)

    result.assert_outcomes(passed=1)
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    told = [i for i in record["outside"]["incidents"] if MESSAGE in i["message"]]
    assert [(i["id"], i["site"]["file"]) for i in told] == [("flush_failed", result_file(pytester))] * 3


def result_file(pytester: pytest.Pytester) -> str:
    (file,) = pytester.path.glob("test_*.py")
    return file.name
