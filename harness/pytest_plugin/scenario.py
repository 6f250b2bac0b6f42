"""What a scenario holds in its hand: the verbs, and plain reading."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from harness.capture.bucket import Bucket
from harness.capture.call_site import resolve
from harness.capture.session import Capture
from harness.errors import ConfigurationError
from harness.expect import (
    Expectation,
    TelemetryAssertionError,
    check_all,
    check_count,
    check_none,
    check_one,
    failure_message,
    find,
)
from harness.expect.exports import ExportExpectation
from harness.invariants import Invariant, all_invariants, check_invariants
from harness.model import (
    ExportRequest,
    Finding,
    Incident,
    LogEvent,
    LogRecord,
    Metric,
    Rejected,
    Segment,
    Site,
    Span,
    Telemetry,
    Trace,
    Unfinished,
    Verdict,
    XRayTrace,
    xray_traces_of,
)
from harness.pytest_plugin.acknowledge import Acknowledgement, require_finding
from harness.pytest_plugin.controls import ReceiverControls

_T = TypeVar("_T")
_BUILT_IN = frozenset({"otel", "xray", "cloudwatch"})
_CHANNELS = {
    "span": ("otel", "xray"),  # ADOT sends spans to X-Ray's daemon
    "metric": ("otel", "xray", "cloudwatch"),
    "log_record": ("otel",),
    "segment": ("xray",),
    "log_event": ("cloudwatch",),
}
"""Which channels bring a signal; `Expectation.CHANNELS` are those whose losses may explain a missing one."""
_OF_ADOT = ("span", "metric")
_LOOP_HELD = (
    "\nnote: this thread runs an event loop, which stands still while `within` waits; what its tasks emit"
    " comes with `await asyncio.to_thread(telemetry.expect, …, within=…)`"
)
_FIELDS = ("spans", "segments", "log_events", "log_records", "metrics", "exports")


class ScenarioTelemetry(ReceiverControls):
    """The telemetry of one scenario; every verb and every reading settles first.

    Args:
        capture: The process's capture.
        bucket: Returns what this scenario owns.
        invariants: The rules checked at its end.
    """

    def __init__(
        self,
        capture: Capture,
        bucket: Callable[[], Bucket],
        invariants: dict[str, Invariant] | None = None,
    ) -> None:
        super().__init__(capture, bucket)
        self._invariants = all_invariants() if invariants is None else invariants
        self._acknowledgements: list[Acknowledgement] = []
        self.verdicts: list[Verdict] = []
        self.checked = False
        self._found: tuple[Finding, ...] = ()
        self._found_in: tuple[Telemetry, int, int] | None = None

    # Verbs

    def expect(self, *expectations: Expectation[Any], within: float | None = None) -> None:
        """Check that each expectation matches a captured value of its own.

        Args:
            expectations: All are checked, and all findings are reported at once.
            within: Seconds to wait for telemetry that is still to come.

        Raises:
            TelemetryAssertionError: An expectation is not met.

        Example:
            >>> telemetry.expect(span("GET /health", kind=SERVER))  # doctest: +SKIP
        """
        __tracebackhide__ = True
        self._check(lambda captured: check_all(expectations, captured), expectations, within)

    def expect_none(self, *expectations: Expectation[Any]) -> None:
        """Check that no captured value matches any of the expectations.

        Raises:
            TelemetryAssertionError: Something matches.
        """
        __tracebackhide__ = True
        self._check(lambda captured: check_none(expectations, captured), expectations, None)

    def expect_count(self, n: int, expectation: Expectation[Any], *, within: float | None = None) -> None:
        """Check that exactly `n` captured values match the expectation.

        Raises:
            TelemetryAssertionError: More or fewer match.
        """
        __tracebackhide__ = True
        self._check(lambda captured: check_count(n, expectation, captured), (expectation,), within)

    def expect_finding(self, id: str, *, at: str = "", count: int | None = None) -> tuple[Finding, ...]:  # noqa: A002  a finding's id
        """Check that the harness finds a defect here, and keep it from failing the scenario.

        Where it is not found yet, the app's exporters and handlers are flushed first.

        Args:
            id: The finding's stable id (``segment_unfinished``).
            at: Where: ``services/user_activities.py:7``, or the end of such a place
                (``user_activities.py``, ``user_activities.py:7``); or the node: its path, ``GET / › query``,
                or the end of it.
            count: How many there must be; at least one by default.

        Returns:
            The findings.

        Raises:
            TelemetryAssertionError: There is none, or another number than `count`.
            TypeError: The id or place is no text, or the count no whole number.
            ValueError: The count is negative.
            ConfigurationError: The finding is known only after the scenario.
        """
        __tracebackhide__ = True
        require_finding(id, at, count)
        acknowledgement = Acknowledgement(id, at)
        self._acknowledgements.append(acknowledgement)
        telemetry = self._read()
        verdict = acknowledgement.verdict(self._found_by_invariants(telemetry), count, site=_caller())
        if count == 0 or not verdict.passed:  # some are known only once the exporters have sent
            self._capture.finish()
            telemetry = self._read()
            verdict = acknowledgement.verdict(self._found_by_invariants(telemetry), count, site=_caller())
        self._conclude(verdict, telemetry)
        return tuple(filter(acknowledgement.covers, self._found_by_invariants(telemetry)))

    def _found_by_invariants(self, telemetry: Telemetry) -> tuple[Finding, ...]:
        return check_invariants(telemetry, tuple(self.verdicts), self._invariants.values())

    def find(self, expectation: Expectation[_T]) -> _T:
        """Return the one captured value that matches.

        Raises:
            TelemetryAssertionError: None matches, or several do.
        """
        __tracebackhide__ = True
        self._require_channels((expectation,))
        telemetry = self._read(exporters=isinstance(expectation, ExportExpectation))
        self._require_some_of_adot((expectation,), telemetry)
        self._conclude(_at(check_one(expectation, telemetry), _caller()), telemetry)
        return find(expectation, telemetry)

    def span(self, expectation: Expectation[Span]) -> Span:
        """Return the one span that matches, for arithmetic that expectations do not know."""
        __tracebackhide__ = True
        return self._find_made_by("span", expectation)

    def segment(self, expectation: Expectation[Segment]) -> Segment:
        """Return the one segment that matches."""
        __tracebackhide__ = True
        return self._find_made_by("segment", expectation)

    def log_event(self, expectation: Expectation[LogEvent]) -> LogEvent:
        """Return the one log event that matches."""
        __tracebackhide__ = True
        return self._find_made_by("log_event", expectation)

    def _find_made_by(self, builder: str, expectation: Expectation[_T]) -> _T:
        __tracebackhide__ = True
        if getattr(expectation, "BUILDER", "") != builder:
            raise TypeError(f"{builder}: expected {builder}(…), {expectation!r} given")
        return self.find(expectation)

    # Plain reading

    @property
    def spans(self) -> tuple[Span, ...]:
        """Ended spans, in order of start."""
        return self._read().spans

    @property
    def traces(self) -> tuple[Trace, ...]:
        """Ended spans as trees, one `Trace` per trace id."""
        return self._read().traces

    @property
    def segments(self) -> tuple[Segment, ...]:
        """X-Ray segments with their subsegments, in order of start."""
        return self._read().segments

    @property
    def log_events(self) -> tuple[LogEvent, ...]:
        """CloudWatch log events, in order of arrival."""
        return self._read().log_events

    @property
    def log_records(self) -> tuple[LogRecord, ...]:
        """OpenTelemetry log records, in order of emission."""
        return self._read().log_records

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Metrics: deltas of this scenario, and what reached CloudWatch."""
        return self._read().metrics

    @property
    def exports(self) -> tuple[ExportRequest, ...]:
        """Requests that exporters made; the app's exporters are flushed first."""
        return self._read(exporters=True).exports

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """Input that could not be decoded."""
        return self._read().rejected

    @property
    def unfinished(self) -> tuple[Unfinished, ...]:
        """What was begun and never ended, or never sent."""
        return self._read().unfinished

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What an SDK or the kernel lost."""
        return self._read().incidents

    def in_group(self, name: str) -> tuple[XRayTrace, ...]:
        """Return the traces of this scenario that belong to an X-Ray group, made through its API.

        Raises:
            ConfigurationError: Channel ``xray`` is not configured, or there is no such group.
        """
        state = self._xray("in_group()").daemon.state
        known = {group["GroupName"]: group["FilterExpression"] for group in state.groups.all()}
        if name not in known:
            names = ", ".join(sorted(known)) or "there is none"
            raise ConfigurationError(f"no X-Ray group {name!r}; known: {names}; create it with CreateGroup")
        from harness.xray_filter import holds, parse  # imports a parser library

        traces = xray_traces_of(self.segments)
        expression = known[name]
        return tuple(trace for trace in traces if not expression or holds(parse(expression), trace))

    # What the plugin asks for

    def snapshot(self) -> Telemetry:
        """Return what is owned now, without settling."""
        return self._bucket().telemetry()

    def open_in_tasks(self) -> set[str]:
        """Return the ids of what is open in an asyncio task that goes on."""
        return self._bucket().open_in_tasks()

    def findings(self, telemetry: Telemetry) -> tuple[Finding, ...]:
        """Return what the invariants find, marked where the scenario expects it."""
        state = (telemetry, len(self.verdicts), len(self._acknowledgements))
        if state != self._found_in:
            findings = self._found_by_invariants(telemetry)
            for acknowledgement in self._acknowledgements:
                findings = acknowledgement.mark(findings)
            self._found, self._found_in = findings, state
        return self._found

    def _read(self, *, exporters: bool = False) -> Telemetry:
        self._capture.settle(exporters=exporters)
        telemetry = self._bucket().telemetry()
        self.checked = self.checked or any(getattr(telemetry, field) for field in _FIELDS)
        return telemetry

    def _check(
        self,
        check: Callable[[Telemetry], Verdict],
        expectations: tuple[Expectation[Any], ...],
        within: float | None,
    ) -> None:
        __tracebackhide__ = True
        if within is not None and not (type(within) in (int, float) and 0 <= within < math.inf):
            raise ValueError(f"within is {within!r}; expected seconds, 0 or more, for example 2.5")
        self._require_channels(expectations)
        exporters = any(isinstance(expectation, ExportExpectation) for expectation in expectations)
        telemetry = self._read(exporters=exporters)
        verdict = check(telemetry)
        if within and not verdict.passed:
            self._capture.settle_until(
                lambda: check(self._bucket().telemetry()).passed, within, exporters=exporters
            )
            telemetry = self._bucket().telemetry()
            verdict = check(telemetry)
        self._require_some_of_adot(expectations, telemetry)
        self._conclude(_at(verdict, _caller()), telemetry, _LOOP_HELD if within and _in_event_loop() else "")

    def _require_channels(self, expectations: tuple[Expectation[Any], ...]) -> None:
        """Refuse what can only be missing: `expect_none` would hold, and prove nothing."""
        configured = set(self._capture.channels)
        if not configured <= _BUILT_IN:
            return  # a third party's channel may bring anything
        for expectation in expectations:
            channels = _CHANNELS.get(getattr(expectation, "SIGNAL", ""), ())
            if channels and configured.isdisjoint(channels):
                raise ConfigurationError(
                    f"{expectation!r} needs channel {channels[0]!r} in telemetry_channels"
                )

    def _require_some_of_adot(self, expectations: tuple[Expectation[Any], ...], telemetry: Telemetry) -> None:
        """Refuse to look for spans or metrics where only ADOT's could have come, and none did."""
        for expectation in expectations:
            signal = getattr(expectation, "SIGNAL", "")
            brought = self._capture.channels.keys() & _CHANNELS.get(signal, ())
            if signal in _OF_ADOT and brought == {"xray"} and not getattr(telemetry, f"{signal}s"):
                raise ConfigurationError(
                    f"{expectation!r} needs channel 'otel' in telemetry_channels: 'xray' brings the {signal}s"
                    " that ADOT sends to X-Ray's daemon, and none came"
                )

    def _conclude(self, verdict: Verdict, telemetry: Telemetry, note: str = "") -> None:
        __tracebackhide__ = True
        self.checked = True
        self.verdicts.append(verdict)
        if not verdict.passed:
            raise TelemetryAssertionError(failure_message(verdict, telemetry) + note, verdict)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _at(verdict: Verdict, site: Site | None) -> Verdict:
    return msgspec.structs.replace(verdict, site=site)


def _caller() -> Site | None:
    """Return the line of the scenario: the first frame outside this file."""
    frame = sys._getframe(1)  # noqa: SLF001  the one way to a caller's frame
    while frame.f_back is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return resolve((frame.f_code, frame.f_lineno))
