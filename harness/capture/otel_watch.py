"""Watching the OpenTelemetry SDK in this process.

Every provider gets one capture processor besides its own, global or not, made
before or after the watch. Nothing of the app's is replaced or reset: module
level tracers and instrumentation hooks keep the provider that they found.
Imported only when the app has imported the SDK.
"""

from __future__ import annotations

import functools
import gc
import itertools
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from harness.capture.arrivals import Arrivals
from harness.capture.call_site import call_site
from harness.capture.flushing import Flushing
from harness.capture.otel_evidence import CreatedProcessor, DroppedSpan, EmittedRecord, StartedSpan
from harness.capture.ownership import Origin, Ownership
from harness.capture.patching import Patches
from harness.capture.tasks import running_task
from harness.clock import monotonic

_CALLS = ("on_start", "on_end", "force_flush")
"""What whoever hands spans to a processor calls."""
_GRACE_S = 0.2
"""For a provider whose turn comes after the deadline, because another had no end: ours answer at once."""


class OtelWatch:
    """Sees every span start and end, log record and metric of this process.

    Attributes:
        started: Spans since the last look, in order of start.
        emitted: Log records since the last look.
        dropped: Spans since the last look that no exporter will get.
        processors: Span processors made since the last look.
        providers: Every provider seen, for flushing, and where it was made.
    """

    def __init__(self, patches: Patches, arrivals: Arrivals, owners: Ownership) -> None:
        self.started: deque[StartedSpan] = deque()
        self.emitted: deque[EmittedRecord] = deque()
        self.dropped: deque[DroppedSpan] = deque()
        # A capture reader → its meter provider. What measures holds the reader, through the SDK's consumer.
        self._readers: weakref.WeakKeyDictionary[Any, weakref.ref[Any]] = weakref.WeakKeyDictionary()
        # Consumers of measurements not collected yet, which nobody else may hold by now.
        self._measured: set[Any] = set()
        self._observed = False
        self._collected: deque[Any] = deque()
        self.providers: weakref.WeakKeyDictionary[Any, Origin] = weakref.WeakKeyDictionary()
        self.processors: deque[CreatedProcessor] = deque()
        # A list of processors, or one given in its place → those of its class that ours is called beside.
        self._beside: dict[type, weakref.WeakSet[Any]] = {}
        self._created: weakref.WeakKeyDictionary[Any, CreatedProcessor] = weakref.WeakKeyDictionary()
        self._patches = patches
        self._arrivals = arrivals
        self._owners = owners
        self._flushing = Flushing("otel", owners)
        # Else no provider can exist by the time that we hear of its class.
        self._sdk_came_first = "opentelemetry.sdk" in sys.modules
        patches.when_imported("opentelemetry.sdk.trace", self._watch_traces)
        patches.when_imported("opentelemetry.sdk.trace.export", self._watch_processors)
        patches.when_imported("opentelemetry.sdk.metrics", self._watch_metrics)
        patches.when_imported("opentelemetry.sdk._logs", self._watch_logs)

    # Traces

    def _watch_traces(self, module: ModuleType) -> None:
        create, numbers = _capture_span_processors(module, self.started, self._arrivals), itertools.count()

        def attach(provider: Any) -> None:
            processor = create(next(numbers))
            active = provider._active_span_processor  # noqa: SLF001  the public method only adds to it
            self._mark_attached(active)
            concurrent = isinstance(active, module.ConcurrentMultiSpanProcessor)
            if concurrent or not hasattr(active, "add_span_processor"):
                self._attach_beside(active, processor)
            else:
                provider.add_span_processor(processor)

        self._attach_to_all(module.TracerProvider, attach)
        for kind in (module.SynchronousMultiSpanProcessor, module.ConcurrentMultiSpanProcessor):
            self._patches.wrap(kind, "add_span_processor", self._added)  # a provider's own calls it
        self._watch_sampling(module)

    def _watch_sampling(self, module: ModuleType) -> None:
        """See what a sampler drops: no processor is told of it.

        The tracer makes another kind of span then. To watch that costs a recorded span nothing, and a
        wrapper of `start_span` costs each of them as much as a processor. Propagators make such spans, too.
        """
        from opentelemetry import trace

        start_span = module.Tracer.start_span.__code__

        def made(original: Callable[..., None], span: Any, *args: Any, **kwargs: Any) -> None:
            original(span, *args, **kwargs)
            caller = sys._getframe(2)  # noqa: SLF001  beyond the wrapper
            if caller.f_code is start_span:
                arguments = caller.f_locals
                parent = trace.get_current_span(arguments["context"]).get_span_context()
                reason = _why_dropped(arguments["self"], span, parent)
                self.dropped.append(DroppedSpan(arguments["name"], call_site(), parent, reason))

        self._patches.wrap(trace.NonRecordingSpan, "__init__", made)

    def _attach_beside(self, active: Any, processor: Any) -> None:
        """Have a processor called beside a provider's own one, in which it cannot or must not be.

        A list that hands each span to threads of a pool shows no frame of the app there; and at exit the
        pool is closed before the provider, which fails to shut down whatever is in its list.
        """
        kind = type(active)
        if kind in self._beside:
            self._beside[kind].add(active)
            return
        known = self._beside[kind] = weakref.WeakSet({active})

        def on_start(original: Callable[..., None], own: Any, *args: Any, **kwargs: Any) -> None:
            if own in known:
                processor.on_start(*args, **kwargs)
            original(own, *args, **kwargs)

        def on_end(original: Callable[..., None], own: Any, *args: Any, **kwargs: Any) -> None:
            original(own, *args, **kwargs)
            if own in known:
                processor.on_end(*args, **kwargs)

        self._patches.wrap(kind, "on_start", on_start)
        self._patches.wrap(kind, "on_end", on_end)

    def _added(self, original: Callable[..., None], processors: Any, span_processor: Any) -> None:
        self._mark_attached(span_processor)
        original(processors, span_processor)

    def _mark_attached(self, processor: Any) -> None:
        created = self._created.get(processor)
        if created is not None:
            created.attached = True

    def _watch_processors(self, module: ModuleType) -> None:
        def created(original: Callable[..., None], processor: Any, *args: Any, **kwargs: Any) -> None:
            original(processor, *args, **kwargs)
            self._created[processor] = CreatedProcessor(processor, call_site())
            self.processors.append(self._created[processor])
            _mark_when_used(processor, self._created[processor])

        for kind in (module.SimpleSpanProcessor, module.BatchSpanProcessor):
            self._patches.wrap(kind, "__init__", created)

    # Metrics and logs

    def _watch_metrics(self, module: ModuleType) -> None:
        def attach(provider: Any) -> None:
            reader = _capture_metric_reader(self._collected)
            provider.add_metric_reader(reader)
            self._readers[reader] = weakref.ref(provider)

        self._attach_to_all(module.MeterProvider, attach)
        self._observed = bool(self._readers)  # whatever was made before us
        self._watch_measurements()
        self._patches.wrap(module.MeterProvider, "shutdown", self._shut_down)

    def _watch_measurements(self) -> None:
        """Know when there is nothing to collect: each collection asks every series of every instrument.

        An observable instrument measures while it is asked. The SDK's consumer is private, and the one
        place that every measurement passes: instruments are of many classes.
        """

        def consumed(original: Callable[..., None], consumer: Any, measurement: Any) -> None:
            original(consumer, measurement)
            self._measured.add(consumer)

        def registered(original: Callable[..., None], consumer: Any, instrument: Any) -> None:
            original(consumer, instrument)
            self._measured.add(consumer)
            self._observed = True

        module = sys.modules["opentelemetry.sdk.metrics._internal.measurement_consumer"]
        kind = module.SynchronousMeasurementConsumer
        self._patches.wrap(kind, "consume_measurement", consumed)
        self._patches.wrap(kind, "register_asynchronous_instrument", registered)

    def _shut_down(self, original: Callable[..., Any], provider: Any, *args: Any, **kwargs: Any) -> Any:
        """Collect from a provider for the last time: its callbacks may fail once the app has closed.

        At exit they may do so already, and nobody looks any more. The main thread has ended by then.
        """
        for reader, its_provider in tuple(self._readers.items()):
            if its_provider() is provider:
                del self._readers[reader]
                if threading.main_thread().is_alive():
                    reader.collect()
        return original(provider, *args, **kwargs)

    def collect(self) -> Iterator[Any]:
        """Yield the SDK's ``MetricsData`` since the last look."""
        # Replaced first: what is measured meanwhile is collected next time.
        measured, self._measured = self._measured, set()
        if measured or self._observed:
            for reader in tuple(self._readers):
                reader.collect()
        while self._collected:
            yield self._collected.popleft()

    def _watch_logs(self, module: ModuleType) -> None:
        processor = _capture_log_processor(module, self.emitted, self._arrivals)
        self._attach_to_all(module.LoggerProvider, lambda p: p.add_log_record_processor(processor))

    def _attach_to_all(self, kind: type, attach: Callable[[Any], None]) -> None:
        """Attach to the providers that exist, and to each one made from now on."""

        def initialised(original: Callable[..., None], provider: Any, *args: Any, **kwargs: Any) -> None:
            original(provider, *args, **kwargs)
            self._attach_once(provider, attach, Origin(weakref.ref(self._owners.current), call_site()))

        self._patches.wrap(kind, "__init__", initialised)
        for provider in _instances_of(kind) if self._sdk_came_first else ():
            self._attach_once(provider, attach, Origin(weakref.ref(self._owners.outside), None))

    def _attach_once(self, provider: Any, attach: Callable[[Any], None], origin: Origin) -> None:
        if provider not in self.providers:
            self.providers[provider] = origin
            attach(provider)

    def flush(self, deadline: float) -> Iterator[Origin]:
        """Flush the app's own processors, readers and exporters; yield whose, after each provider.

        Args:
            deadline: On the clock of `harness.clock`, in seconds; after it, each has `_GRACE_S`.
        """
        for provider, origin in tuple(self.providers.items()):
            until = max(deadline, monotonic() + _GRACE_S)
            with self._owners.flushing(origin):
                what = f"force_flush of the app's {type(provider).__name__}"
                flush = functools.partial(provider.force_flush, round((until - monotonic()) * 1000))
                self._flushing.call_until(until, what, flush, provider)
            yield origin


def _mark_when_used(processor: Any, created: CreatedProcessor) -> None:
    """Mark a processor as attached when anything calls it: it may be inside another one.

    The instance alone is watched, until its first call: later calls cost nothing. Who keeps one of these
    functions keeps the processor, as with its methods.
    """

    def watched(name: str) -> Callable[..., Any]:
        def first(*args: Any, **kwargs: Any) -> Any:
            created.attached = True
            for each in _CALLS:
                vars(processor).pop(each, None)
            return getattr(processor, name)(*args, **kwargs)

        return first

    for name in _CALLS:
        setattr(processor, name, watched(name))


def _why_dropped(tracer: Any, span: Any, parent: Any) -> str:
    if span.get_span_context() is parent:
        return "its tracer is switched off"
    sampler = tracer.sampler
    if parent.is_valid and not parent.trace_flags.sampled and type(sampler).__name__.startswith("Parent"):
        return "its parent is not sampled"
    try:
        description = str(sampler.get_description())
    except Exception:  # noqa: BLE001  the SDK asks for none, so a sampler may lack it
        description = type(sampler).__name__
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


def _capture_span_processors(
    module: ModuleType, started: deque[StartedSpan], arrivals: Arrivals
) -> Callable[[int], Any]:
    """Return a function from a provider's number to its capture processor."""
    append, thread = started.append, threading.get_ident

    class CaptureSpanProcessor(module.SpanProcessor):  # type: ignore[misc, name-defined]  # a module at run time
        """Remembers each span at its start; the SDK object itself shows its end."""

        def __init__(self, provider: int) -> None:
            self._provider = provider

        def on_start(self, span: Any, parent_context: Any = None) -> None:  # noqa: ARG002  the SDK's signature
            append(StartedSpan(span, call_site(), thread(), self._provider, running_task()))

        def on_end(self, span: Any) -> None:  # noqa: ARG002  the SDK's signature
            if arrivals.armed:
                arrivals.notify()

    return CaptureSpanProcessor


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


def _capture_metric_reader(collected: deque[Any]) -> Any:
    """Return a reader that collects deltas: metrics cannot be reset between scenarios."""
    metrics = sys.modules["opentelemetry.sdk.metrics"]
    from opentelemetry.sdk.metrics.export import (
        AggregationTemporality,
        MetricReader,
    )

    # Only a cumulative reader keeps what a gauge was set to before; an observable gauge is asked each time.
    synchronous = ("Counter", "UpDownCounter", "Histogram", "_Gauge")
    kinds = (*synchronous, "ObservableCounter", "ObservableUpDownCounter")
    deltas = {getattr(metrics, kind): AggregationTemporality.DELTA for kind in kinds}

    class CaptureMetricReader(MetricReader):
        """Collects on demand."""

        def _receive_metrics(self, metrics_data: Any, timeout_millis: float = 10_000, **_: Any) -> None:  # noqa: ARG002  the SDK's
            if metrics_data is not None:
                collected.append(metrics_data)

        def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
            """Nothing is held back."""

    return CaptureMetricReader(preferred_temporality=deltas)
