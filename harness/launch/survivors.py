"""Processes that outlive their app, in its process group or out of it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import uuid
from collections.abc import Iterator

from harness.clock import monotonic
from harness.launch.processes import Process, are_told, environment_of, processes

_DEADLINE_S = 5.0
_RETRY_S = 0.005


def kill_marked(mark: str) -> None:
    """Kill what was started with a variable in its environment, and return once it is gone.

    It is found in /proc, so on Linux only.

    Args:
        mark: ``NAME=value``, as no other process has it.
    """
    deadline = monotonic() + _DEADLINE_S
    while pids := list(_marked(os.fsencode(mark))):  # again: one may have forked meanwhile
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if monotonic() > deadline:
            return
        time.sleep(_RETRY_S)  # another process's end offers nothing to wait on


def mark_of(name: str) -> str:
    """Return a variable, ``NAME=value``, by which what is started with it is known out of its group, too."""
    return f"{name}={uuid.uuid4().hex}"


def running_with(mark: str, *, besides: int = 0) -> tuple[str, ...]:
    """Return each process that was started with a mark, as ``name (pid n)``; on Linux only.

    Args:
        besides: A process group of which another tells.
    """
    marked = frozenset(_marked(os.fsencode(mark)))
    return tuple(_words(one) for one in _living() if one.pid in marked and one.group != besides)


def _marked(mark: bytes) -> Iterator[int]:
    return (one.pid for one in processes() if mark in (environment_of(one.pid) or ()))


def wait_for_group(group: int, timeout_s: float) -> tuple[str, ...]:
    """Return once a process group is empty, or what is left of it when the time is over.

    Returns:
        Each process as ``name (pid n)``, or the group where the system does not tell.
    """
    deadline = monotonic() + timeout_s
    while left := _left_in(group):
        if monotonic() > deadline:
            return left
        time.sleep(_RETRY_S)  # the end of what is no child of ours offers nothing to wait on
    return ()


def _left_in(group: int) -> tuple[str, ...]:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return ()
    except PermissionError:  # it is another user's
        pass
    if not are_told():
        return (f"process group {group}",)
    return tuple(_words(one) for one in _living() if one.group == group)


def _living() -> Iterator[Process]:
    """Yield each process that may still send: a zombie sends nothing."""
    return (one for one in processes() if one.state not in "ZX")


def _words(process: Process) -> str:
    return f"{process.name} (pid {process.pid})"
