"""The clock by which the harness waits: a test that stops the time does not stop it."""

from __future__ import annotations

import time

# In a tuple: freezegun replaces the functions that it finds by name, in every module.
_MONOTONIC = (time.monotonic,)


def monotonic() -> float:
    """Return the seconds of a clock that only goes forward.

    >>> monotonic() <= monotonic()
    True
    """
    return _MONOTONIC[0]()
