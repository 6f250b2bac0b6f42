"""Calls in daemon threads, also at the end of a process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from harness.capture.late_executor import LateExecutor

AT_EXIT = """
import atexit
from harness.capture.late_executor import LateExecutor
executor = LateExecutor(2, "late")
atexit.register(lambda: print(executor.submit(lambda: "served").result(10)))
"""


@pytest.fixture
def executor() -> Iterator[LateExecutor]:
    made = LateExecutor(2, "late")
    yield made
    made.shutdown()


def test_calls_run_at_the_end_of_a_process() -> None:
    command = [sys.executable, "-c", AT_EXIT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)  # noqa: S603  our own

    assert (done.stdout, done.stderr) == ("served\n", "")


def test_what_a_call_returns_or_raises(executor: LateExecutor) -> None:
    assert executor.submit(divmod, 7, 2).result(10) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 7, 0).result(10)


def test_as_many_run_at_once_as_there_may_be_threads(executor: LateExecutor) -> None:
    met = threading.Barrier(2)
    for _ in range(3):
        assert sorted(one.result(10) for one in [executor.submit(met.wait, 10) for _ in range(2)]) == [0, 1]


def test_no_more_threads_than_that(executor: LateExecutor) -> None:
    names = [executor.submit(lambda: threading.current_thread().name) for _ in range(50)]

    assert {one.result(10) for one in names} <= {"late-0", "late-1"}


def test_calls_that_wait_are_cancelled_on_demand() -> None:
    executor, met, going = LateExecutor(1, "late"), threading.Barrier(2), threading.Event()

    def run() -> bool:
        met.wait(10)
        return going.wait(10)

    running, waiting = executor.submit(run), executor.submit(run)
    met.wait(10)
    executor.shutdown(wait=False, cancel_futures=True)
    going.set()

    assert running.result(10)
    with pytest.raises(CancelledError):
        waiting.result(10)
    with pytest.raises(RuntimeError, match="executor 'late' is shut down"):
        executor.submit(run)
