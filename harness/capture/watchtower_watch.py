"""Seeing what watchtower queues for CloudWatch, before it is sent."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from types import ModuleType
from typing import Any

from harness.capture.call_site import call_site, resolve
from harness.capture.flushing import Flushing
from harness.capture.ownership import Ownership
from harness.capture.patching import Patches
from harness.model import LogEvent

PROCESS = ("process",)


class WatchtowerWatch:
    """Knows every handler that logs, and sees each log event as it is queued.

    Attributes:
        queued: Log events, in order.
        handlers: Those that have logged; they are to be closed while the endpoint still answers.
    """

    def __init__(self, patches: Patches, owners: Ownership) -> None:
        self.queued: deque[LogEvent] = deque()
        self.handlers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._holding: set[Any] = set()
        self._patches = patches
        self._flushing = Flushing("cloudwatch", owners)
        patches.when_imported("watchtower", self._watch)

    def _watch(self, watchtower: ModuleType) -> None:
        def emit(original: Callable[..., None], handler: Any, message: Any) -> None:
            if type(handler.queues) is dict:  # new, or reset after a fork
                handler.queues = _WatchedQueues(handler.log_group_name, self.queued, handler.queues)
            original(handler, message)
            self.handlers.add(handler)
            self._holding.add(handler)

        self._patches.wrap(watchtower.CloudWatchLogHandler, "emit", emit)

    def flush(self) -> None:
        """Have every handler send what it would keep for up to 60 s; its own limit is 30 s."""
        while self._holding:
            self._flushing.call("flush of the app's watchtower handler", self._holding.pop().flush)

    def close(self) -> None:
        """Close the handlers; what they are given afterwards is dropped with a warning."""
        for handler in tuple(self.handlers):
            handler.close()


class _WatchedQueues(dict[str, Any]):
    """A handler's queues by log stream, of which each put is seen."""

    def __init__(self, log_group: str, queued: deque[LogEvent], queues: dict[str, Any]) -> None:
        super().__init__()
        self._log_group = log_group
        self._queued = queued
        for log_stream, waiting in queues.items():
            self[log_stream] = waiting

    def __setitem__(self, log_stream: str, waiting: Any) -> None:
        waiting.put = self._watched(log_stream, waiting.put)
        super().__setitem__(log_stream, waiting)

    def _watched(self, log_stream: str, put: Callable[..., None]) -> Callable[..., None]:
        def seen(item: Any, *arguments: Any, **options: Any) -> None:
            if isinstance(item, dict):  # the others are watchtower's own END and FLUSH
                self._queued.append(
                    LogEvent(
                        log_group=self._log_group,
                        log_stream=log_stream,
                        timestamp=item["timestamp"],
                        message=item["message"],
                        witnesses=PROCESS,
                        site=resolve(call_site()),
                    )
                )
            put(item, *arguments, **options)

        return seen
