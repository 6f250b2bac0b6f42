"""Work that would keep the receivers' loop busy, done beside it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_AT_ONCE = 2


class Aside:
    """Runs functions in threads of their own, few at once; a process that ends does not wait for them."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def run(self, work: Callable[[], _T]) -> _T:
        """Return what a function returns, or raise what it raises."""
        async with self._free:
            loop = asyncio.get_running_loop()
            done: asyncio.Future[_T] = loop.create_future()

            def tell(outcome: Callable[[], None]) -> None:
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any longer
                    loop.call_soon_threadsafe(lambda: None if done.done() else outcome())

            def run() -> None:
                try:
                    result = work()
                except Exception as error:  # noqa: BLE001  it is the caller's
                    failure = error
                    tell(lambda: done.set_exception(failure))
                else:
                    tell(lambda: done.set_result(result))

            threading.Thread(target=run, name="harness-aside", daemon=True).start()
            return await done
