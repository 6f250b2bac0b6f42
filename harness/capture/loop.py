"""One background thread with an event loop, shared by all TCP receivers."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import wait
from typing import Any, TypeVar

_T = TypeVar("_T")
CALL_TIMEOUT_S = 10.0
_STUCK_S = 0.5


class LoopStuckError(Exception):
    """The loop did not come to what it was asked to do."""


class ReceiverLoop:
    """An event loop in a daemon thread; started by the first receiver that needs it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._told)
        self._is_full = False
        self._is_stuck = False
        self._thread = threading.Thread(target=self._run, name="harness-receivers", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        # What nobody waits for any longer, see `call`, at least begins: it closes the sockets that listen.
        self._loop.run_until_complete(asyncio.sleep(0))
        late = asyncio.all_tasks(self._loop)
        for task in late:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*late, return_exceptions=True))
        self._loop.close()

    def _told(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Say once that connections wait for file descriptors: asyncio would, a hundred times a second."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)):
            loop.default_exception_handler(context)
        elif not self._is_full:
            self._is_full = True
            with contextlib.suppress(OSError):
                sys.stderr.write(
                    "harness: no file descriptors are left, so that connections wait until others close;"
                    " raise the limit (ulimit -n), or close connections\n"
                )

    def call(self, work: Coroutine[Any, Any, _T], timeout_s: float | None = None) -> _T:
        """Run a coroutine on the loop from another thread and return its result.

        Raises:
            LoopStuckError: Something else keeps the loop busy; nobody waits for it a second time.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        done, _ = wait(
            [future], _STUCK_S if self._is_stuck else CALL_TIMEOUT_S if timeout_s is None else timeout_s
        )
        if not done:
            self._is_stuck = True
            raise LoopStuckError
        return future.result()

    def stop(self) -> None:
        """Stop the loop and wait for its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STUCK_S if self._is_stuck else 5.0)
