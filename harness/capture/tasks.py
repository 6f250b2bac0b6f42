"""The asyncio task in which something was begun: it may go on when its test has ended."""

from __future__ import annotations

import asyncio
import weakref
from typing import Any, TypeAlias

TaskRef: TypeAlias = "weakref.ref[asyncio.Task[Any]]"


def running_task() -> TaskRef | None:
    """Return the task that runs on this thread, None when none does; nothing is kept alive by it."""
    loop = asyncio._get_running_loop()  # noqa: SLF001  asyncio exports it; `get_running_loop` raises for none
    task = None if loop is None else asyncio.current_task(loop)
    return None if task is None else weakref.ref(task)


def goes_on(ref: TaskRef | None) -> bool:
    """Return whether there was a task, and it has not ended."""
    task = None if ref is None else ref()
    return task is not None and not task.done()
