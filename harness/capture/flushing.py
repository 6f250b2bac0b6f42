"""Flushing what is the app's own: one that fails, or has no end, is told, and keeps nothing else waiting."""

from __future__ import annotations

import contextvars
import threading
import weakref
from collections.abc import Callable
from typing import Any

from harness.capture.call_site import raising_site, resolve
from harness.capture.ownership import Ownership
from harness.clock import monotonic
from harness.model import Incident, Site

_THREAD = "harness-flush"


class Flushing:
    """Calls the flushes of one channel.

    Args:
        channel: The name by which its incidents are told.
    """

    def __init__(self, channel: str, owners: Ownership) -> None:
        self._channel = channel
        self._owners = owners
        self._told: set[tuple[str, Site | None]] = set()
        self._endless: weakref.WeakKeyDictionary[Any, threading.Thread] = weakref.WeakKeyDictionary()

    def call(self, what: str, flush: Callable[[], object]) -> None:
        """Call a flush; what it raises is told once, with the app's line."""
        try:
            flush()
        except Exception as error:  # noqa: BLE001  whatever the app's own processors raise
            site = resolve(raising_site(error.__traceback__)) if error.__traceback__ else None
            message = f"{what} raised {type(error).__name__}: {error}; what it still holds is not sent"
            if (message, site) not in self._told:
                self._told.add((message, site))
                self._tell(message, site)

    def call_until(self, deadline: float, what: str, flush: Callable[[], object], holder: Any) -> None:
        """Call a flush, and wait for it until the deadline; one that goes on is told, and left to go on.

        So it has a thread of its own. The batch processors of OpenTelemetry's SDK heed no time-out
        (opentelemetry-python issue 4568): they go on while their queue holds something, into which a log
        handler on the root logger puts each complaint of the exporter.

        Args:
            deadline: On the clock of `harness.clock`, in seconds.
            holder: Whose flush it is: not called again before it has returned.
        """
        earlier = self._endless.get(holder)
        if earlier is not None and earlier.is_alive():
            return
        run = contextvars.copy_context().run
        thread = threading.Thread(target=run, args=(self.call, what, flush), name=_THREAD, daemon=True)
        thread.start()
        thread.join(max(0.0, deadline - monotonic()))
        if thread.is_alive():
            self._endless[holder] = thread
            self._tell(
                f"{what} has not returned in time (telemetry_settle_timeout) and is not waited for, so what"
                " it holds may be missing here; look at what its exporter is answered, and keep the"
                " exporter's own log lines out of the handler that exports them"
            )

    def _tell(self, message: str, site: Site | None = None) -> None:
        incident = Incident(id="flush_failed", channel=self._channel, site=site, message=message)
        self._owners.add_incident(incident)
