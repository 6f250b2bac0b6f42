"""What of the last requests' telemetry arrives when an app is stopped, by the way it is stopped."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import NamedTuple

from harness.errors import ConfigurationError
from harness.model import Incident, Telemetry

SIGNALS = ("spans", "segments", "log_events", "log_records")
_CURES = {
    signal.SIGKILL: (
        "nothing runs after SIGKILL: stop it with SIGTERM and a longer grace period, and shorten what is "
        "at stake (OTEL_BSP_SCHEDULE_DELAY, watchtower's send_interval)"
    ),
}
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
_CRASH = (
    "it crashed, and its exit handlers did not run: find the crash first (Python names the line with "
    "PYTHONFAULTHANDLER=1)"
)
_CURE = (
    "its exit handlers did not run: leave through sys.exit in a handler of {how}, so that providers shut "
    "down and watchtower's handlers close"
)
_RELOADER = (
    "the parent of its reloader killed the app, whose exit handlers did not run: stop it by "
    "stop(signal, group=True), which reaches the app alone, or run it without the reloader"
)


class Stop(NamedTuple):
    """One way to stop the app, and what arrived of the same requests.

    Attributes:
        how: ``SIGTERM``, …
        exit_code: 128 + n when signal n ended it.
        arrived: Field of `Telemetry` → how many.
        by_reloader: The signal went to the parent of a reloader, which kills the app.
    """

    how: signal.Signals
    exit_code: int
    arrived: dict[str, int]
    by_reloader: bool = False


class Lifecycle:
    """The stops of one app, compared with each other.

    The most that any of them delivered is taken for what the app emits.
    """

    def __init__(self, app: str, stops: Sequence[Stop]) -> None:
        self.app = app
        self.stops = tuple(stops)
        counts = {name: max(stop.arrived[name] for stop in stops) for name in SIGNALS}
        self.emitted = {name: count for name, count in counts.items() if count}

    def lost(self, how: signal.Signals) -> dict[str, int]:
        """Return field of `Telemetry` → how many this stop lost; empty when all arrived.

        Raises:
            ConfigurationError: The app was not stopped by that signal.
        """
        stop = next((stop for stop in self.stops if stop.how == how), None)
        if stop is None:
            known = ", ".join(stop.how.name for stop in self.stops)
            raise ConfigurationError(f"{self.app} was not stopped by {how!r}; it was by {known}")
        lost = {name: count - stop.arrived[name] for name, count in self.emitted.items()}
        return {name: count for name, count in lost.items() if count}

    @property
    def table(self) -> str:
        """Return the stops as a table: how, exit code, and what arrived of what was emitted."""
        head = ["stopped by", "exit code", *(_words(name) for name in self.emitted)]
        rows = [
            [
                stop.how.name,
                str(stop.exit_code),
                *(f"{stop.arrived[name]} of {count}" for name, count in self.emitted.items()),
            ]
            for stop in self.stops
        ]
        widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
        return "\n".join(_aligned(row, widths) for row in (head, *rows))

    def incidents(self) -> list[Incident]:
        """Return an incident ``lost_at_exit`` for each stop that lost something."""
        return [self._incident(stop, lost) for stop in self.stops if (lost := self.lost(stop.how))]

    def _incident(self, stop: Stop, lost: dict[str, int]) -> Incident:
        words = ", ".join(f"{count} of {self.emitted[name]} {_words(name)}" for name, count in lost.items())
        what_to_do = cure(stop.how, by_reloader=stop.by_reloader)
        return Incident(
            id="lost_at_exit",
            channel="launch",
            name=self.app,
            message=f"stopped by {stop.how.name}, {self.app} lost {words}; {what_to_do}",
            context={"signal": stop.how.name, **lost},
        )


def cure(how: signal.Signals, *, by_reloader: bool = False) -> str:
    """Return why a signal loses telemetry, and what to do.

    Args:
        by_reloader: It went to the parent of a reloader.
    """
    if by_reloader:
        return _RELOADER
    return _CURES.get(how, _CRASH if how in _CRASHES else _CURE).format(how=how.name)


def killed_words(what: str, how: signal.Signals) -> str:
    """Return that a signal ended an app, and what to do; empty after SIGINT, on which Python says goodbye.

    >>> killed_words("it", signal.SIGINT)
    ''
    """
    if how == signal.SIGINT:
        return ""
    return f"{how.name} ended {what}, and what it still held is lost: {cure(how)}"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def counts_of(telemetry: Telemetry) -> dict[str, int]:
    """Return how many spans, segments, log events and log records there are."""
    return {name: len(getattr(telemetry, name)) for name in SIGNALS}


def _words(name: str) -> str:
    return name.replace("_", " ")
