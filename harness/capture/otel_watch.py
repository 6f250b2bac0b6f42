"""Watching the OpenTelemetry SDK in this process.

Every provider gets one capture processor besides its own, global or not, made
before or after the watch. Nothing of the app's is replaced or reset: module
level tracers and instrumentation hooks keep the provider that they found.
Imported only when the app has imported the SDK.
"""

from __future__ import annotations

import functools
import gc
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from harness.capture.arrivals import Arrivals
from harness.capture.call_site import call_site
from harness.capture.otel_evidence import CreatedProcessor, DroppedSpan, EmittedRecord, StartedSpan
from harness.capture.ownership import Origin, Ownership
from harness.capture.patching import Patches


class OtelWatch:
    """Sees every span start and end, log record and metric of this process.

    Attributes:
        started: Spans since the last look, in order of start.
        emitted: Log records since the last look.
        dropped: Spans since the last look that no exporter will get.
        processors: Span processors made since the last look.
        readers: One capture reader for each meter provider.
        measured: True once there may be something to collect.
        providers: Every provider seen, for flushing, and where it was made.
    """

    def __init__(self, patches: Patches, arrivals: Arrivals, owners: Ownership) -> None:
        self.started: deque[StartedSpan] = deque()
        self.emitted: deque[EmittedRecord] = deque()
        self.dropped: deque[DroppedSpan] = deque()
        self.readers: list[Any] = []
        self.measured = False
        self._observed = False
        self.providers: weakref.WeakKeyDictionary[Any, Origin] = weakref.WeakKeyDictionary()
        self.processors: deque[CreatedProcessor] = deque()
        self._created: weakref.WeakKeyDictionary[Any, CreatedProcessor] = weakref.WeakKeyDictionary()
        self._patches = patches
        self._arrivals = arrivals
        self._owners = owners
        patches.when_imported("opentelemetry.sdk.trace", self._watch_traces)
        patches.when_imported("opentelemetry.sdk.trace.export", self._watch_processors)
        patches.when_imported("opentelemetry.sdk.metrics", self._watch_metrics)
        patches.when_imported("opentelemetry.sdk._logs", self._watch_logs)

    # Traces

    def _watch_traces(self, module: ModuleType) -> None:
        processor = _capture_span_processor(module, self.started, self._arrivals)
        beside = self._beside_concurrent(module.ConcurrentMultiSpanProcessor, processor)

        def attach(provider: Any) -> None:
            if not beside(getattr(provider, "_active_span_processor", None)):
                provider.add_span_processor(processor)

        self._attach_to_all(module.TracerProvider, attach)
        self._patches.wrap(module.TracerProvider, "add_span_processor", self._attached)
        self._watch_sampling(module)

    def _watch_sampling(self, module: ModuleType) -> None:
        """See what a sampler drops: no processor is told of it."""
        from opentelemetry import trace

        dropped, original = self.dropped, module.Tracer.start_span
        not_recorded = trace.NonRecordingSpan

        @functools.wraps(original)  # and not `wrap`: one call less for each span
        def start_span(tracer: Any, name: str, context: Any = None, *args: Any, **kwargs: Any) -> Any:
            span = original(tracer, name, context, *args, **kwargs)
            if type(span) is not_recorded:
                parent = trace.get_current_span(context).get_span_context()
                trace_id = f"{span.get_span_context().trace_id:032x}"
                dropped.append(DroppedSpan(name, call_site(), trace_id, _why_dropped(tracer, span, parent)))
            return span

        self._patches.replace(module.Tracer, "start_span", start_span)

    def _beside_concurrent(self, kind: Any, processor: Any) -> Callable[[Any], bool]:
        """Return what attaches the processor beside a list that hands each span to threads of a pool.

        On such a thread no frame is the app's; and at exit the pool is closed before the provider, which
        fails to shut down whatever is in its list.
        """
        known: weakref.WeakSet[Any] = weakref.WeakSet()

        def on_start(original: Callable[..., None], processors: Any, *args: Any, **kwargs: Any) -> None:
            if processors in known:
                processor.on_start(*args, **kwargs)
            original(processors, *args, **kwargs)

        def on_end(original: Callable[..., None], processors: Any, *args: Any, **kwargs: Any) -> None:
            original(processors, *args, **kwargs)
            if processors in known:
                processor.on_end(*args, **kwargs)

        self._patches.wrap(kind, "on_start", on_start)
        self._patches.wrap(kind, "on_end", on_end)
        ours = kind.on_start

        def attach(processors: Any) -> bool:
            # A subclass with an `on_start` of its own may never come here.
            if not isinstance(processors, kind) or type(processors).on_start is not ours:
                return False
            known.add(processors)
            return True

        return attach

    def _attached(self, original: Callable[..., None], provider: Any, span_processor: Any) -> None:
        created = self._created.get(span_processor)
        if created is not None:
            created.attached = True
        original(provider, span_processor)

    def _watch_processors(self, module: ModuleType) -> None:
        def created(original: Callable[..., None], processor: Any, *args: Any, **kwargs: Any) -> None:
            original(processor, *args, **kwargs)
            self._created[processor] = CreatedProcessor(processor, call_site())
            self.processors.append(self._created[processor])

        for kind in (module.SimpleSpanProcessor, module.BatchSpanProcessor):
            self._patches.wrap(kind, "__init__", created)

    # Metrics and logs

    def _watch_metrics(self, module: ModuleType) -> None:
        def attach(provider: Any) -> None:
            reader = _capture_metric_reader()
            provider.add_metric_reader(reader)
            self.readers.append(reader)

        self._attach_to_all(module.MeterProvider, attach)
        self._observed = self.measured = bool(self.readers)  # whatever was made before us
        self._watch_measurements()

    def _watch_measurements(self) -> None:
        """Know when there is nothing to collect: each collection asks every series of every instrument.

        An observable instrument measures while it is asked. The SDK's consumer is private, and the one
        place that every measurement passes: instruments are of many classes.
        """

        def consumed(original: Callable[..., None], consumer: Any, measurement: Any) -> None:
            original(consumer, measurement)
            self.measured = True

        def registered(original: Callable[..., None], consumer: Any, instrument: Any) -> None:
            original(consumer, instrument)
            self._observed = self.measured = True

        module = sys.modules["opentelemetry.sdk.metrics._internal.measurement_consumer"]
        kind = module.SynchronousMeasurementConsumer
        self._patches.wrap(kind, "consume_measurement", consumed)
        self._patches.wrap(kind, "register_asynchronous_instrument", registered)

    def collect(self) -> Iterator[Any]:
        """Yield the SDK's ``MetricsData`` since the last look."""
        if not self.measured:
            return
        self.measured = self._observed  # first: what is measured meanwhile is collected next time
        for reader in self.readers:
            reader.collect()
            while reader.collected:
                yield reader.collected.popleft()

    def _watch_logs(self, module: ModuleType) -> None:
        processor = _capture_log_processor(module, self.emitted, self._arrivals)
        self._attach_to_all(module.LoggerProvider, lambda p: p.add_log_record_processor(processor))

    def _attach_to_all(self, kind: type, attach: Callable[[Any], None]) -> None:
        """Attach to the providers that exist, and to each one made from now on."""

        def initialised(original: Callable[..., None], provider: Any, *args: Any, **kwargs: Any) -> None:
            original(provider, *args, **kwargs)
            self._attach_once(provider, attach, Origin(self._owners.current, call_site()))

        self._patches.wrap(kind, "__init__", initialised)
        for provider in _instances_of(kind):
            self._attach_once(provider, attach, Origin(self._owners.outside, None))

    def _attach_once(self, provider: Any, attach: Callable[[Any], None], origin: Origin) -> None:
        if provider not in self.providers:
            self.providers[provider] = origin
            attach(provider)

    def flush(self, timeout_ms: int) -> None:
        """Flush the app's own processors, readers and exporters."""
        for provider, origin in tuple(self.providers.items()):
            with self._owners.flushing(origin):
                provider.force_flush(timeout_ms)


def _why_dropped(tracer: Any, span: Any, parent: Any) -> str:
    if span.get_span_context() is parent:
        return "its tracer is switched off"
    sampler = tracer.sampler
    if parent.is_valid and not parent.trace_flags.sampled and type(sampler).__name__.startswith("Parent"):
        return "its parent is not sampled"
    description = str(sampler.get_description())
    if not parent.is_valid:  # a root: what `ParentBased` has for parents is long, and not asked
        head, comma, _ = description.partition(",remoteParentSampled:")
        description = f"{head},…}}" if comma else description
    return f"dropped by {description}"


def _instances_of(kind: type) -> list[Any]:
    """Return the objects of a class and its subclasses.

    Every object refers to its class, and asking for referrers is four times
    faster than looking at each object. `type` asks no proxy what it stands
    for, as `isinstance` does.
    """
    kinds = [kind]
    for known in kinds:  # grows while it is walked
        kinds += type.__subclasses__(known)
    return [item for item in gc.get_referrers(*kinds) if type(item) in kinds]


def _capture_span_processor(module: ModuleType, started: deque[StartedSpan], arrivals: Arrivals) -> Any:
    append, thread = started.append, threading.get_ident

    class CaptureSpanProcessor(module.SpanProcessor):  # type: ignore[misc, name-defined]  # a module at run time
        """Remembers each span at its start; the SDK object itself shows its end."""

        def on_start(self, span: Any, parent_context: Any = None) -> None:  # noqa: ARG002  the SDK's signature
            append(StartedSpan(span, call_site(), thread()))

        def on_end(self, span: Any) -> None:  # noqa: ARG002  the SDK's signature
            if arrivals.armed:
                arrivals.notify()

    return CaptureSpanProcessor()


def _capture_log_processor(module: ModuleType, emitted: deque[EmittedRecord], arrivals: Arrivals) -> Any:
    class CaptureLogRecordProcessor(module.LogRecordProcessor):  # type: ignore[misc, name-defined]  # likewise
        """Remembers each log record as the app emits it."""

        def on_emit(self, log_record: Any) -> None:
            emitted.append(EmittedRecord(log_record, call_site()))
            if arrivals.armed:
                arrivals.notify()

        def shutdown(self) -> None:
            """Nothing is held back."""

        def force_flush(self, timeout_millis: int = 30000) -> bool:  # noqa: ARG002  the SDK's signature
            return True

    return CaptureLogRecordProcessor()


def _capture_metric_reader() -> Any:
    """Return a reader that collects deltas: metrics cannot be reset between scenarios."""
    metrics = sys.modules["opentelemetry.sdk.metrics"]
    from opentelemetry.sdk.metrics.export import (
        AggregationTemporality,
        MetricReader,
    )

    kinds = ("Counter", "UpDownCounter", "Histogram", "ObservableCounter", "ObservableUpDownCounter")
    deltas = {getattr(metrics, kind): AggregationTemporality.DELTA for kind in kinds}

    class CaptureMetricReader(MetricReader):
        """Collects on demand."""

        def __init__(self) -> None:
            super().__init__(preferred_temporality=deltas)
            self.collected: deque[Any] = deque()

        def _receive_metrics(self, metrics_data: Any, timeout_millis: float = 10_000, **_: Any) -> None:  # noqa: ARG002  the SDK's
            if metrics_data is not None:
                self.collected.append(metrics_data)

        def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
            """Nothing is held back."""

    return CaptureMetricReader()
