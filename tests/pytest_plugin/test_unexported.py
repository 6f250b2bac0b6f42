"""Spans that a provider's exporters leave out, while they send others."""

from __future__ import annotations

import json

import pytest

from tests.pytest_plugin.conftest import ALL, OTEL, Run

_HEAD = """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from harness import Answer, span

    class Filtering(BatchSpanProcessor):
        def on_end(self, span):
            if span.name != "left out":
                super().on_end(span)

    provider = TracerProvider()
    provider.add_span_processor(Filtering(OTLPSpanExporter()))
    tracer = provider.get_tracer("app")

    def serve():
        with tracer.start_as_current_span("GET /"):
            with tracer.start_as_current_span("left out"):
                pass
"""
_MESSAGE = (
    "span 'left out' ended and was never exported, while its provider exports others: no backend sees it;"
    " look for a processor or exporter that leaves it out, a full queue, or a provider that was shut down"
    " before"
)


def _findings(pytester: pytest.Pytester) -> list[tuple[str, str, str]]:
    record = json.loads((pytester.path / "reports" / "run.json").read_text())
    return [
        (finding["id"], finding.get("level", "error"), finding["message"])
        for scenario in record["scenarios"]
        for finding in scenario.get("findings", ())
        if finding["id"] == "span_unexported"
    ]


def test_an_asserted_span_that_is_not_exported_is_an_error(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    def test_served(telemetry):
        serve()
        telemetry.expect(span("GET /").with_child(span("left out")))
    """,
    )

    result.assert_outcomes(passed=1, errors=1)
    assert _findings(pytester) == [("span_unexported", "error", _MESSAGE)]


def test_what_another_backend_refuses_explains_no_span(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        ALL,
        f"""{_HEAD}
    import boto3
    import pytest

    def test_served(telemetry):
        serve()
        logs = boto3.client("logs")
        events = [{{"timestamp": 1, "message": "m"}}]
        with pytest.raises(logs.exceptions.ResourceNotFoundException):
            logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)
        telemetry.expect(span("left out"))
    """,
    )

    result.assert_outcomes(passed=1, errors=1)
    assert _findings(pytester) == [("span_unexported", "error", _MESSAGE)]


def test_one_that_nobody_asserts_is_a_warning(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    def test_served(telemetry):
        serve()
        telemetry.expect(span("GET /"))
    """,
    )

    result.assert_outcomes(passed=1)
    assert _findings(pytester) == [("span_unexported", "warning", _MESSAGE)]


def test_a_span_after_the_shutdown_is_found_and_can_be_expected(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        OTEL,
        f"""{_HEAD}
    def test_served(telemetry):
        for name in ("first", "late", "late"):
            tracer.start_span(name).end()
            provider.shutdown()
        telemetry.expect_count(2, span("late"))
        telemetry.expect_finding("span_unexported", at="late")
    """,
    )

    result.assert_outcomes(passed=1)
    ((_, _, message),) = _findings(pytester)
    assert message.startswith("span 'late' × 2 ended and was never exported, ")


@pytest.mark.parametrize(
    "code",
    [
        "TracerProvider().get_tracer('other').start_span('work').end()",
        "telemetry.spans",
        "with telemetry.answering(Answer(status=400)): serve(); provider.force_flush()",
    ],
    ids=["exports-nothing", "exported", "refused"],
)
def test_what_is_not_left_out_is_no_finding(run: Run, pytester: pytest.Pytester, code: str) -> None:
    run(
        OTEL,
        f"""{_HEAD}
    def test_first(telemetry):
        tracer.start_span("exported").end()
        telemetry.expect(span("exported"))

    def test_second(telemetry):
        {code}
        telemetry.expect_none(span("never"))
    """,
    ).assert_outcomes(passed=2)

    assert _findings(pytester) == []
