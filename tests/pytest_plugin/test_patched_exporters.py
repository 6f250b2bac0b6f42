"""Exporters whose HTTP clients `patch_all()` has patched: what they send belongs to no segment."""

from __future__ import annotations

from tests.pytest_plugin.conftest import ALL, Run

_APP = """
    import logging

    import boto3
    import watchtower
    from aws_xray_sdk.core import patch_all, xray_recorder
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from harness import export_request, log_event, segment, span

    patch_all()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    client = boto3.client("logs", region_name="us-east-1")
    log = logging.getLogger("app")
    log.addHandler(watchtower.CloudWatchLogHandler(log_group_name="cruddur", boto3_client=client))

    def serve():
        with xray_recorder.in_segment("backend"), provider.get_tracer("app").start_as_current_span("GET /"):
            log.warning("served")
"""


def test_what_an_exporter_sends_needs_no_segment(run: Run) -> None:
    result = run(
        ALL,
        f"""{_APP}
    def test_served(telemetry):
        serve()
        telemetry.expect(
            span("GET /"), segment("backend"), log_event("served"), export_request("/v1/traces")
        )
    """,
    )

    result.assert_outcomes(passed=1)


def test_what_the_app_sends_through_such_a_client_does(run: Run) -> None:
    result = run(
        ALL,
        f"""{_APP}
    def test_asked(telemetry):
        serve()
        client.describe_log_groups()
        telemetry.expect(segment("backend"))
        (found,) = telemetry.expect_finding("context_missing")
        assert found.site.function == "test_asked"
    """,
    )

    result.assert_outcomes(passed=1)
