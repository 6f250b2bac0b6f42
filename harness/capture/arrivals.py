"""Waiting for telemetry: on a condition with a deadline, never a sleep."""

from __future__ import annotations

import threading
from collections.abc import Callable

from harness.clock import monotonic


class Arrivals:
    """Wakes whoever waits for telemetry when some arrives.

    Channels test `armed` after each arrival, which costs an attribute look-up
    while nobody waits.
    """

    def __init__(self) -> None:
        self.armed = False
        self._event = threading.Event()

    def notify(self) -> None:
        """Wake the waiter, if there is one."""
        self._event.set()

    def wait_until(self, condition: Callable[[], object], deadline: float) -> bool:
        """Return whether the condition held before the deadline.

        Args:
            condition: Evaluated at once, and after each arrival; holds when it is true.
            deadline: On the clock of `harness.clock`, in seconds.
        """
        self.armed = True
        try:
            while not condition():
                remaining = deadline - monotonic()
                if remaining <= 0:
                    return False
                # An arrival between the test and the wait leaves the event set.
                self._event.wait(min(remaining, _RECHECK_S))
                self._event.clear()
            return True
        finally:
            self.armed = False


_RECHECK_S = 0.05
"""For conditions that no channel announces, such as a flush in another thread."""
