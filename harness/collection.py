"""Python's search for garbage, put off or made rare while much is made that lives on."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

_THRESHOLDS = (100_000, 20, 20)
"""Of the three generations: new objects before the young are searched, then searches before the next."""


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: what is made lives on, and a full collection visits all that there is.

    >>> with no_collection():
    ...     gc.isenabled()
    False
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextlib.contextmanager
def rare_collection() -> Iterator[None]:
    """Look for garbage seldom meanwhile.

    By default half the time of a diff of large runs goes into it. Never to look would cost
    memory: a tree's nodes know each other in cycles.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
