"""Processes that outlive their app: those that have left its process group."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

_DEADLINE_S = 5.0
_RETRY_S = 0.005


def kill_marked(mark: str) -> None:
    """Kill what was started with a variable in its environment, and return once it is gone.

    It is found in /proc, so on Linux only.

    Args:
        mark: ``NAME=value``, as no other process has it.
    """
    deadline = time.monotonic() + _DEADLINE_S
    while pids := list(_marked(os.fsencode(mark))):  # again: one may have forked meanwhile
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            return
        time.sleep(_RETRY_S)  # another process's end offers nothing to wait on


def _marked(mark: bytes) -> Iterator[int]:
    for file in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if mark in file.read_bytes().split(b"\0"):
                yield int(file.parent.name)
