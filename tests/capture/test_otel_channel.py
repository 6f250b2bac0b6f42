"""The OpenTelemetry channel in this process, through the fixture that users have."""

import gc
import random
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.view import LastValueAggregation, View
from opentelemetry.sdk.trace import (
    ConcurrentMultiSpanProcessor,
    ReadableSpan,
    SpanProcessor,
    SynchronousMultiSpanProcessor,
    TracerProvider,
)
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision, ParentBased, Sampler, SamplingResult

from harness import ScenarioTelemetry, TelemetryAssertionError, log_record, metric, span
from harness.model import Level, RunRecord, Site, SpanKind, Telemetry
from harness.report import encode_record
from harness.report.record_io import decode_record


def a_provider() -> TracerProvider:
    return TracerProvider(shutdown_on_exit=False)


@pytest.fixture
def tracer() -> trace.Tracer:
    return a_provider().get_tracer("tests", "1.2")


def test_a_provider_that_is_not_global_is_seen(telemetry: ScenarioTelemetry, tracer: trace.Tracer) -> None:
    with tracer.start_as_current_span("parent"), tracer.start_as_current_span("child"):
        pass

    telemetry.expect(span("parent", scope="tests").with_child(span("child")))


def test_the_apps_own_processors_stay(telemetry: ScenarioTelemetry) -> None:
    exporter, provider = InMemorySpanExporter(), a_provider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    provider.get_tracer("t").start_span("both").end()

    telemetry.expect(span("both"))
    assert [ended.name for ended in exporter.get_finished_spans()] == ["both"]


def test_a_provider_with_concurrent_processors_is_seen(telemetry: ScenarioTelemetry) -> None:
    processors = ConcurrentMultiSpanProcessor(2)
    provider = TracerProvider(active_span_processor=processors, shutdown_on_exit=False)

    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    provider.get_tracer("t").start_span("concurrent").end()

    line = test_a_provider_with_concurrent_processors_is_seen.__code__.co_firstlineno + 7
    assert telemetry.span(span("concurrent")).site == Site(
        "tests/capture/test_otel_channel.py", line, "test_a_provider_with_concurrent_processors_is_seen"
    )
    assert [ended.name for ended in exporter.get_finished_spans()] == ["concurrent"]
    processors.shutdown()
    processors._executor.shutdown()


class _Nameless(Sampler):
    def should_sample(self, *_: Any, **__: Any) -> SamplingResult:
        return SamplingResult(Decision.DROP)

    def get_description(self) -> str:
        raise NotImplementedError


class _RecordOnly(Sampler):
    def should_sample(self, *_: Any, **__: Any) -> SamplingResult:
        return SamplingResult(Decision.RECORD_ONLY)

    def get_description(self) -> str:
        return "RecordOnly"


@pytest.mark.parametrize(
    ("sampler", "reasons"),
    [
        (ALWAYS_OFF, ["dropped by AlwaysOffSampler", "dropped by AlwaysOffSampler"]),
        (
            ParentBased(ALWAYS_OFF),
            ["dropped by ParentBased{root:AlwaysOffSampler,…}", "its parent is not sampled"],
        ),
        (_Nameless(), ["dropped by _Nameless", "dropped by _Nameless"]),
        (_RecordOnly(), ["recorded for the app alone (RECORD_ONLY)"] * 2),
    ],
    ids=["dropped", "parent", "nameless", "record-only"],
)
def test_what_a_sampler_drops_is_known(
    telemetry: ScenarioTelemetry, sampler: Sampler, reasons: list[str]
) -> None:
    tracer = TracerProvider(sampler=sampler, shutdown_on_exit=False).get_tracer("t")

    with tracer.start_as_current_span("root"):
        tracer.start_span(name="child").end()

    assert telemetry.spans == ()
    line = test_what_a_sampler_drops_is_known.__code__.co_firstlineno + 19
    assert [(item.name, item.reason) for item in telemetry.snapshot().unsampled] == [
        ("root", reasons[0]),
        ("child", reasons[1]),
    ]
    with pytest.raises(TelemetryAssertionError) as caught:
        telemetry.expect(span("child"))
    (finding,) = caught.value.verdict.findings
    assert finding.message == (
        "no span 'child' was captured; started and not sampled: "
        f"span 'child' (tests/capture/test_otel_channel.py:{line}), {reasons[1]}"
    )


@pytest.mark.parametrize("scenario", ["first", "second"])
def test_what_a_remote_parent_leaves_unsampled_is_the_scenarios(
    telemetry: ScenarioTelemetry, tracer: trace.Tracer, scenario: str
) -> None:
    remote = trace.SpanContext(trace_id=7, span_id=7, is_remote=True)

    context = trace.set_span_in_context(trace.NonRecordingSpan(remote))
    tracer.start_span(scenario, context).end()

    telemetry.expect_none(span(scenario))
    assert [item.name for item in telemetry.snapshot().unsampled] == [scenario]


class _OwnStart(ConcurrentMultiSpanProcessor):
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        super().on_start(span, parent_context)


def test_a_list_that_starts_spans_its_own_way_is_seen_once(telemetry: ScenarioTelemetry) -> None:
    processors = _OwnStart(2)
    provider = TracerProvider(active_span_processor=processors, shutdown_on_exit=False)

    provider.get_tracer("t").start_span("concurrent").end()

    telemetry.expect_count(1, span("concurrent"))
    assert len(telemetry.spans) == 1
    processors.shutdown()
    processors._executor.shutdown()


def test_the_creation_site_is_the_apps_line(telemetry: ScenarioTelemetry, tracer: trace.Tracer) -> None:
    with tracer.start_as_current_span("here"):
        line = test_the_creation_site_is_the_apps_line.__code__.co_firstlineno + 1

    assert telemetry.span(span("here")).site == Site(
        "tests/capture/test_otel_channel.py", line, "test_the_creation_site_is_the_apps_line"
    )


def test_a_span_never_ended_is_unfinished(telemetry: ScenarioTelemetry, tracer: trace.Tracer) -> None:
    tracer.start_span("forgotten")

    (unfinished,) = telemetry.unfinished
    assert (unfinished.kind, unfinished.name, unfinished.ended) == ("span", "forgotten", False)
    assert telemetry.spans == ()
    (found,) = telemetry.expect_finding("span_unfinished", at="test_otel_channel.py", count=1)
    assert found.message == (
        f"span 'forgotten' (begun at {unfinished.site}) was never ended, so no exporter sees it; "
        "end it, or use `start_as_current_span`"
    )


def test_a_span_that_ends_late_is_waited_for(telemetry: ScenarioTelemetry, tracer: trace.Tracer) -> None:
    begun, end = threading.Event(), threading.Event()

    def work() -> None:
        open_span = tracer.start_span("late")
        begun.set()
        end.wait(10)
        open_span.end()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(work)
        begun.wait(10)
        pool.submit(end.set)
        telemetry.expect(span("late"))


def test_within_waits_for_what_is_still_to_come(telemetry: ScenarioTelemetry, tracer: trace.Tracer) -> None:
    asked = threading.Event()

    def work() -> None:
        asked.wait(10)
        tracer.start_span("to come").end()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work)
        assert telemetry.spans == ()
        asked.set()
        telemetry.expect(span("to come"), within=10)


def test_spans_with_the_same_ids_are_all_kept_and_said(telemetry: ScenarioTelemetry) -> None:
    provider = a_provider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))

    for name in ("first", "second", "third"):
        random.seed(42)
        provider.get_tracer("t").start_span(name).end()

    assert telemetry.exports
    telemetry.expect(span("first"), span("second"), span("third"))
    telemetry.expect_count(1, span("first"))
    (found,) = telemetry.expect_finding("span_ids_repeated", count=1)
    assert (found.level, found.where) == (Level.WARNING, "second")
    assert "has the trace id and span id of span 'first' (tests/capture/" in found.message
    telemetry.expect_finding("export_differs", count=0)
    provider.shutdown()


def test_a_span_not_sampled_is_not_telemetry(telemetry: ScenarioTelemetry) -> None:
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)

    provider.get_tracer("t").start_span("unsampled").end()

    telemetry.expect_none(span("unsampled"))


def test_process_and_wire_are_two_witnesses_of_one_span(telemetry: ScenarioTelemetry) -> None:
    provider = a_provider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))

    provider.get_tracer("t").start_span("exported").end()

    assert [export.items for export in telemetry.exports if export.path == "/v1/traces"] == [1]
    assert telemetry.span(span("exported")).witnesses == ("process", "wire")
    provider.shutdown()


def test_a_processor_nobody_has_is_an_incident(telemetry: ScenarioTelemetry) -> None:
    provider = a_provider()
    attached = SimpleSpanProcessor(InMemorySpanExporter())
    forgotten = SimpleSpanProcessor(ConsoleSpanExporter())
    provider.add_span_processor(attached)

    (found,) = telemetry.expect_finding("span_processor_unattached", count=1)

    assert found.where == "SimpleSpanProcessor(ConsoleSpanExporter)"
    forgotten.shutdown()


class _Filter(SpanProcessor):
    """What apps put around another processor."""

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner

    def on_end(self, span: ReadableSpan) -> None:
        self._inner.on_end(span)


def test_a_processor_inside_another_one_is_attached(telemetry: ScenarioTelemetry) -> None:
    exporter, provider = InMemorySpanExporter(), a_provider()
    inner = SimpleSpanProcessor(exporter)
    provider.add_span_processor(_Filter(inner))

    provider.get_tracer("t").start_span("filtered").end()

    telemetry.expect(span("filtered"))
    telemetry.expect_finding("span_processor_unattached", count=0)
    assert [ended.name for ended in exporter.get_finished_spans()] == ["filtered"]
    assert not {"on_start", "on_end", "force_flush"} & set(vars(inner))


def test_a_method_kept_without_its_processor_keeps_the_processor(telemetry: ScenarioTelemetry) -> None:
    exporter = InMemorySpanExporter()
    export = SimpleSpanProcessor(exporter).on_end  # and nothing else holds it
    gc.collect()

    with a_provider().get_tracer("t").start_as_current_span("kept") as kept:
        pass
    export(cast("ReadableSpan", kept))
    export(cast("ReadableSpan", kept))

    telemetry.expect(span("kept"))
    assert [ended.name for ended in exporter.get_finished_spans()] == ["kept", "kept"]
    telemetry.expect_finding("span_processor_unattached", count=0)


def test_a_processor_in_a_list_given_to_a_provider_is_attached(telemetry: ScenarioTelemetry) -> None:
    processors: Any = SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call]
    processors.add_span_processor(SimpleSpanProcessor(InMemorySpanExporter()))
    TracerProvider(active_span_processor=processors, shutdown_on_exit=False)

    telemetry.expect_finding("span_processor_unattached", count=0)


def test_a_provider_with_a_processor_in_place_of_a_list_is_seen(telemetry: ScenarioTelemetry) -> None:
    exporter = InMemorySpanExporter()
    alone: Any = SimpleSpanProcessor(exporter)
    provider = TracerProvider(active_span_processor=alone, shutdown_on_exit=False)

    provider.get_tracer("t").start_span("alone").end()

    telemetry.expect_count(1, span("alone"))
    telemetry.expect_finding("span_processor_unattached", count=0)
    assert [ended.name for ended in exporter.get_finished_spans()] == ["alone"]


@pytest.fixture
def meter_provider() -> Iterator[MeterProvider]:
    provider = MeterProvider(shutdown_on_exit=False)
    yield provider
    provider.shutdown()


def test_an_observable_is_asked_at_each_reading(
    telemetry: ScenarioTelemetry, meter_provider: MeterProvider
) -> None:
    depth = 3
    meter_provider.get_meter("t").create_observable_gauge("depth", callbacks=[lambda _: [Observation(depth)]])
    telemetry.expect(metric("depth", value=3))

    depth = 8

    telemetry.expect(metric("depth", value=8))


class Pool:
    """What an app measures."""

    def __init__(self) -> None:
        self.asked = 0

    def size(self, _: CallbackOptions) -> list[Observation]:
        self.asked += 1
        return [Observation(4)]


def a_measured_provider(pool: Pool) -> MeterProvider:
    provider = MeterProvider(shutdown_on_exit=False)
    meter = provider.get_meter("app")
    meter.create_observable_gauge("pool.size", callbacks=[pool.size])
    meter.create_counter("served").add(2)
    return provider


def test_a_meter_provider_is_collected_from_until_it_is_shut_down(telemetry: ScenarioTelemetry) -> None:
    pool = Pool()
    a_measured_provider(pool).shutdown()
    assert pool.asked == 1

    telemetry.expect(metric("served", value=2), metric("pool.size", value=4))
    assert pool.asked == 1


def test_a_meter_provider_that_the_app_lets_go_is_let_go(telemetry: ScenarioTelemetry) -> None:
    pool = Pool()
    held = weakref.ref(pool)
    a_measured_provider(pool)
    del pool
    gc.collect()

    telemetry.expect(metric("served", value=2), metric("pool.size", value=4))
    gc.collect()
    assert held() is None


def test_a_counter_without_its_provider_is_collected_from(telemetry: ScenarioTelemetry) -> None:
    counter = MeterProvider(shutdown_on_exit=False).get_meter("app").create_counter("kept")
    gc.collect()
    telemetry.expect_none(metric("kept"))

    counter.add(3)

    telemetry.expect(metric("kept", value=3))


def test_metrics_are_the_scenarios_own_deltas(
    telemetry: ScenarioTelemetry, meter_provider: MeterProvider
) -> None:
    counter = meter_provider.get_meter("m").create_counter("served", unit="{request}")
    counter.add(2, {"route": "/"})
    (so_far,) = (found for found in telemetry.metrics if found.name == "served")
    assert [point.value for point in so_far.data_points] == [2]

    counter.add(3, {"route": "/"})

    telemetry.expect(metric("served", value=5, attributes={"route": "/"}, unit="{request}"))


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[MeterProvider]:
    """A provider that outlives scenarios, as an app's global one does."""
    last = View(instrument_name="items.total", aggregation=LastValueAggregation())
    provider = MeterProvider(shutdown_on_exit=False, views=[last])
    meter = provider.get_meter("shared")
    meter.create_observable_gauge("pool.size", callbacks=[lambda _: [Observation(4)]])
    yield provider
    provider.shutdown()


@pytest.mark.parametrize("scenario", ["first", "second"])
def test_a_gauge_is_there_only_where_it_was_set(
    telemetry: ScenarioTelemetry, shared_provider: MeterProvider, scenario: str
) -> None:
    meter = shared_provider.get_meter("shared")
    gauge, total, other = (
        meter.create_gauge("queue.depth"),
        meter.create_counter("items.total"),
        meter.create_counter("asked"),
    )
    if scenario == "first":
        gauge.set(7)
        total.add(7)
        telemetry.expect(metric("queue.depth", value=7), metric("items.total", value=7))

    other.add(1)

    found = {
        item.name: [point.value for point in item.data_points]
        for item in telemetry.metrics
        if item.scope.name == "shared"
    }
    of_both = {"asked": [1], "pool.size": [4]}
    first = {"queue.depth": [7], "items.total": [7]} if scenario == "first" else {}
    assert found == of_both | first


def test_log_records_carry_their_span(telemetry: ScenarioTelemetry, tracer: trace.Tracer) -> None:
    logger = LoggerProvider(shutdown_on_exit=False).get_logger("logs")
    with tracer.start_as_current_span("around") as around:
        logger.emit(body="hello", attributes={"k": 1})

    context = around.get_span_context()
    telemetry.expect(
        log_record(
            "hello",
            scope="logs",
            attributes={"k": 1},
            trace_id=f"{context.trace_id:032x}",
            span_id=f"{context.span_id:016x}",
        )
    )


@pytest.mark.parametrize("attempt", range(3))
def test_a_trace_id_may_come_again_in_another_scenario(
    telemetry: ScenarioTelemetry, tracer: trace.Tracer, attempt: int
) -> None:
    parent = trace.SpanContext(
        0x4BF92F3577B34DA6A3CE929D0E0E4736,
        0x00F067AA0BA902B7,
        is_remote=True,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    context = trace.set_span_in_context(trace.NonRecordingSpan(parent))

    with tracer.start_as_current_span(f"attempt {attempt}", context=context):
        tracer.start_span("child").end()

    telemetry.expect_count(1, span(f"attempt {attempt}").with_child(span("child")))
    assert len(telemetry.spans) == 2


@pytest.mark.parametrize("turn", range(3))
def test_a_thousand_threads_worth_of_spans(
    telemetry: ScenarioTelemetry, tracer: trace.Tracer, turn: int
) -> None:
    def work(number: int) -> None:
        with tracer.start_as_current_span(f"root {turn} {number}"):
            tracer.start_span("leaf").end()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(1000)))

    assert len(telemetry.spans) == 2000
    telemetry.expect_count(1000, span("leaf"))


def test_what_the_sdk_keeps_as_it_is_given_has_the_types_of_the_wire(telemetry: ScenarioTelemetry) -> None:
    provider = a_provider()
    odd = provider.get_tracer("t", cast("str", 1.5)).start_span(
        cast("str", 5), kind=cast("Any", None), attributes={"share": _Half(0.5)}, start_time=cast("int", 1e18)
    )
    odd.add_event(cast("str", 7), timestamp=cast("int", 1e18 + 1))
    odd.end(end_time=cast("int", 1e18 + 2))

    (found,) = telemetry.spans
    assert (found.name, found.scope.version, found.kind) == ("5", "1.5", SpanKind.INTERNAL)
    assert [type(value) for value in found.attributes.values()] == [float]
    assert (found.start_time_unix_nano, found.events[0].name) == (10**18, "7")
    assert decode_record(encode_record(RunRecord(outside=Telemetry(spans=(found,))))).outside.spans == (
        found,
    )


class _Half(float):
    """A float of the app's own, as a NumPy scalar is."""


def test_measurements_that_are_no_plain_numbers_are_kept_as_numbers(telemetry: ScenarioTelemetry) -> None:
    meter = MeterProvider(shutdown_on_exit=False).get_meter("app")

    meter.create_histogram("waited").record(True)
    meter.create_gauge("is.ready").set(True)
    meter.create_gauge("share").set(_Half(0.5))

    telemetry.expect(metric("waited", sum=1), metric("is.ready", value=1), metric("share", value=0.5))
    points = [one.data_points[0] for one in telemetry.metrics]
    measured = [number for point in points for number in (point.value, point.sum, point.min, point.max)]
    assert {type(number) for number in measured} == {int, float, type(None)}
