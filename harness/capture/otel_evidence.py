"""What the OpenTelemetry SDK shows in-process, as it came."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec

from harness.capture.call_site import CallSite, resolve
from harness.capture.tasks import TaskRef
from harness.model import Elsewhere, Incident, Site, Span, Unsampled

_Counted = TypeVar("_Counted", Elsewhere, Unsampled)


class StartedSpan(NamedTuple):
    """An in-process span at its start; the SDK object shows later when it has ended.

    Attributes:
        provider: The number of the provider that made it.
        task: The asyncio task that began it.
    """

    span: Any
    call: CallSite | None
    thread: int
    provider: int = 0
    task: TaskRef | None = None

    @property
    def open(self) -> bool:
        """True until the app ends the span."""
        return self.span.end_time is None

    @property
    def start_time_unix_nano(self) -> int:
        """Nanoseconds since the epoch."""
        return int(self.span.start_time)

    def site(self) -> Site | None:
        """Return where the app created it."""
        return resolve(self.call)


def name_and_site(span: StartedSpan | Span) -> tuple[str, Site | None]:
    """Return a span's name and where the app created it, whether it is decoded or not."""
    return (span.span.name, span.site()) if isinstance(span, StartedSpan) else (span.name, span.site)


def ids_repeated(first: StartedSpan | Span, second: StartedSpan) -> Incident:
    """Return that a span of this process has the ids of one before it."""
    name, site = name_and_site(first)
    first_at, second_at = (f" ({at})" if at else "" for at in (site, second.site()))
    return Incident(
        id="span_ids_repeated",
        channel="otel",
        name=second.span.name,
        site=second.site(),
        trace_id=f"{second.span.context.trace_id:032x}",
        message=(
            f"span {second.span.name!r}{second_at} has the trace id and span id of span {name!r}{first_at}: a"
            " backend keeps one of them, or joins them; `random.seed`, which Hypothesis calls for each"
            " example, makes the ids of OpenTelemetry's generator come again: give the app another one"
        ),
    )


def context_leaked(span: StartedSpan | Span) -> Incident:
    """Return that a span which has ended is the current one at the end of its scenario."""
    name, site = name_and_site(span)
    return Incident(
        id="context_leaked",
        channel="otel",
        name=name,
        site=site,
        message=(
            f"span {name!r} has ended and is still the current span of its thread: what begins there next"
            " becomes its child; detach each context that is attached, or use `with trace.use_span(…)`"
        ),
    )


class DroppedSpan(NamedTuple):
    """A span that was started and that no exporter will get.

    Attributes:
        parent: The SDK's span context, None for a root.
    """

    name: str
    call: CallSite | None
    parent: Any
    reason: str


def unsampled_of(dropped: Iterable[DroppedSpan], others: Iterable[Unsampled] = ()) -> tuple[Unsampled, ...]:
    """Return them, and what else is unsampled, by name, place and reason, in order of the first of each."""
    spans = (Unsampled(name=each.name, reason=each.reason, site=resolve(each.call)) for each in dropped)
    return counted(itertools.chain(spans, others))


def counted(items: Iterable[_Counted]) -> tuple[_Counted, ...]:
    """Return them with equal ones counted, in order of the first of each."""
    counts: dict[_Counted, int] = {}  # an empty `Counter` takes ten times as long to be made
    for each in items:
        counts[each] = counts.get(each, 0) + 1
    return tuple(msgspec.structs.replace(each, count=count) for each, count in counts.items())


class EmittedRecord(NamedTuple):
    """An in-process log record and where the app emitted it."""

    record: Any
    call: CallSite | None


class CreatedProcessor:
    """A span processor that the app made; attached once a provider has it, or anything calls it."""

    __slots__ = ("_call", "_kind", "attached")

    def __init__(self, processor: Any, call: CallSite | None) -> None:
        exporter = type(getattr(processor, "span_exporter", None)).__name__
        self._kind = f"{type(processor).__name__}({exporter})"
        self._call = call
        self.attached = False

    def incident(self) -> Incident:
        """Return what is lost while no provider has it."""
        return Incident(
            id="span_processor_unattached",
            channel="otel",
            name=self._kind,
            site=resolve(self._call),
            message=(
                f"{self._kind} was created and never added to a tracer provider, so it exports nothing; "
                "call provider.add_span_processor(…) with it"
            ),
        )
