"""OpenTelemetry's X-Ray propagator and id generator: traces that X-Ray can join."""

import re
import time

from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.sdk.extension.aws.trace import AwsXRayIdGenerator
from opentelemetry.sdk.trace import TracerProvider

from harness import ScenarioTelemetry, span

HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def test_an_incoming_header_is_the_parent(telemetry: ScenarioTelemetry) -> None:
    context = AwsXRayPropagator().extract({"X-Amzn-Trace-Id": HEADER})
    provider = TracerProvider()
    with provider.get_tracer("tests").start_as_current_span("continued", context=context):
        pass

    found = telemetry.span(span("continued"))
    assert found.trace_id == "5759e988bd862e3fe1be46a994272793"
    assert found.parent_span_id == "53995c3f42cd8ad8"


def test_an_outgoing_header_names_the_span(telemetry: ScenarioTelemetry) -> None:
    provider = TracerProvider(id_generator=AwsXRayIdGenerator())
    carrier: dict[str, str] = {}
    with provider.get_tracer("tests").start_as_current_span("caller"):
        AwsXRayPropagator().inject(carrier)

    found = telemetry.span(span("caller"))
    root = f"1-{found.trace_id[:8]}-{found.trace_id[8:]}"
    assert carrier["X-Amzn-Trace-Id"] == f"Root={root};Parent={found.span_id};Sampled=1"
    # X-Ray's ids begin with the time in seconds; it refuses those older than 30 days.
    assert re.fullmatch(r"[0-9a-f]{32}", found.trace_id)
    assert abs(int(found.trace_id[:8], 16) - time.time()) < 60
