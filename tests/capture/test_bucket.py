"""What a scenario owns, decoded once for as long as nothing is new."""

from opentelemetry.sdk.trace import TracerProvider

from harness import ScenarioTelemetry


def test_the_same_value_while_nothing_is_new(telemetry: ScenarioTelemetry) -> None:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    tracer.start_span("first").end()
    assert [span.name for span in telemetry.spans] == ["first"]
    before = telemetry.snapshot()
    assert telemetry.snapshot() is before

    tracer.start_span("second").end()

    assert [span.name for span in telemetry.spans] == ["first", "second"]


def test_what_is_open_is_looked_at_again(telemetry: ScenarioTelemetry) -> None:
    span = TracerProvider(shutdown_on_exit=False).get_tracer("test").start_span("open")
    telemetry._capture.channels["otel"].ingest()
    assert [item.name for item in telemetry.snapshot().unfinished] == ["open"]

    span.end()

    assert telemetry.snapshot().unfinished == ()
    assert [item.name for item in telemetry.spans] == ["open"]


def test_spans_share_their_resource_and_scope(telemetry: ScenarioTelemetry) -> None:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    tracer.start_span("first").end()
    tracer.start_span("second").end()

    first, second = telemetry.spans
    assert first.resource is second.resource
    assert first.scope is second.scope
