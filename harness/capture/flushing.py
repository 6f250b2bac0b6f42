"""Flushing what is the app's own: one that fails is told, and keeps nothing else from being flushed."""

from __future__ import annotations

from collections.abc import Callable

from harness.capture.call_site import raising_site, resolve
from harness.capture.ownership import Ownership
from harness.model import Incident, Site


class Flushing:
    """Calls the flushes of one channel.

    Args:
        channel: The name by which its incidents are told.
    """

    def __init__(self, channel: str, owners: Ownership) -> None:
        self._channel = channel
        self._owners = owners
        self._told: set[tuple[str, Site | None]] = set()

    def call(self, what: str, flush: Callable[[], object]) -> None:
        """Call a flush; what it raises is told once, with the app's line."""
        try:
            flush()
        except Exception as error:  # noqa: BLE001  whatever the app's own processors raise
            site = resolve(raising_site(error.__traceback__)) if error.__traceback__ else None
            message = f"{what} raised {type(error).__name__}: {error}; what it still holds is not sent"
            if (message, site) not in self._told:
                self._told.add((message, site))
                self._owners.add_incident(
                    Incident(id="flush_failed", channel=self._channel, site=site, message=message)
                )
