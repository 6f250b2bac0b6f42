"""An executor that still runs calls while the process ends."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Call(NamedTuple):
    future: Future[Any]
    call: Callable[[], Any]

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.call()
        except BaseException as error:  # noqa: BLE001  it is for whoever waits
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class LateExecutor(Executor):
    """Runs calls in daemon threads.

    Python shuts a `ThreadPoolExecutor` down before it calls what was registered with `atexit`, and that is
    when exporters flush.

    Args:
        most: Threads at once; one is there from the beginning, because Python 3.12 and later start none
            once the process ends.
        name: Of its threads.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._free = 0
        """Threads that have nothing to do, less the calls that none has taken yet."""
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name=f"{self._name}-{len(self._threads)}", daemon=True)
        thread.start()
        self._threads.append(thread)
        self._free += 1

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call.run()
            del call  # what it holds is not kept until the next one comes
            with self._lock:
                self._free += 1

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Return the future of a call.

        Raises:
            RuntimeError: It is shut down.
        """
        future: Future[_T] = Future()
        with self._lock:
            if self._is_closed:
                raise RuntimeError(f"executor {self._name!r} is shut down")
            if self._free <= 0 and len(self._threads) < self._most:
                with contextlib.suppress(RuntimeError):  # the process ends, or has no thread left: it waits
                    self._start()
            self._free -= 1
            self._calls.put(_Call(future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  as its base has it
        """Take no more calls; those that wait are run first, unless they are cancelled."""
        with self._lock:
            self._is_closed = True
            threads = tuple(self._threads)
        if cancel_futures:
            with contextlib.suppress(Empty):
                while (call := self._calls.get_nowait()) is not None:
                    call.future.cancel()
        for _ in threads:
            self._calls.put(None)
        for thread in threads if wait else ():
            thread.join()
