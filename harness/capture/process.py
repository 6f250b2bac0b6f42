"""The one capture of this process.

A process has one: an app that was imported once keeps exporters that point at
the receivers of that time, so a second run reuses them.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.capture.session import Capture
from harness.errors import ConfigurationError

_running: list[Capture] = []


def capture_of_process(channels: Sequence[str], *, settle_timeout_s: float) -> Capture:
    """Return the running capture, emptied, or start one.

    Raises:
        ConfigurationError: No such channel, or the running capture has other channels.
    """
    if not _running:
        _running.append(Capture(channels, settle_timeout_s=settle_timeout_s))
        return _running[0]
    capture = _running[0]
    if set(capture.channels) != set(channels):
        running = ", ".join(capture.channels)
        raise ConfigurationError(f"this process already captures {running}; start a new one for others")
    capture.restart(settle_timeout_s=settle_timeout_s)
    return capture
