"""What a scenario owns, decoded once for as long as nothing is new."""

import gc
import weakref

from aws_xray_sdk.core import xray_recorder
from opentelemetry.sdk.trace import TracerProvider

from harness import ScenarioTelemetry
from harness.capture.ownership import Origin, Ownership
from harness.model import Incident


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


def test_an_ended_span_is_let_go_once_it_is_decoded(telemetry: ScenarioTelemetry) -> None:
    span = TracerProvider(shutdown_on_exit=False).get_tracer("test").start_span("ended")
    alive = weakref.ref(span)
    span.end()
    del span
    assert [item.name for item in telemetry.spans] == ["ended"]

    gc.collect()

    assert alive() is None
    assert [item.name for item in telemetry.spans] == ["ended"]


def test_a_sent_segment_is_let_go_and_keeps_its_site(telemetry: ScenarioTelemetry) -> None:
    alive = weakref.ref(xray_recorder.begin_segment("sent"))
    xray_recorder.end_segment()
    (sent,) = telemetry.segments

    gc.collect()

    assert alive() is None
    assert sent.site is not None
    xray_recorder.begin_segment("another")
    xray_recorder.end_segment()
    assert next(item.site for item in telemetry.segments) == sent.site


def test_a_provider_does_not_keep_the_run_that_made_it() -> None:
    owners = Ownership()
    made_in = weakref.ref(owners.begin())
    origin = Origin(made_in, None)
    owners.restart()
    gc.collect()
    assert made_in() is None

    incident = Incident(id="outbound_refused", channel="otel", name="api.honeycomb.io", message="refused")
    with owners.flushing(origin):
        owners.add_incident(incident)

    assert owners.outside.telemetry().incidents == (incident,)
