"""The receivers' event loop, where it runs out of file descriptors."""

import errno
import threading
import time

import pytest

from harness.capture.loop import LoopStuckError, ReceiverLoop


def test_no_file_descriptors_are_told_once(loop: ReceiverLoop, capsys: pytest.CaptureFixture[str]) -> None:
    async def exhausted() -> None:
        error = OSError(errno.EMFILE, "Too many open files")
        for _ in range(100):
            loop._loop.call_exception_handler({"message": "socket.accept() failed", "exception": error})

    loop.call(exhausted())

    assert capsys.readouterr().err == (
        "harness: no file descriptors are left, so that connections wait until others close;"
        " raise the limit (ulimit -n), or close connections\n"
    )


def test_a_loop_that_is_kept_busy_is_waited_for_once(loop: ReceiverLoop) -> None:
    is_free = threading.Event()

    async def nothing() -> str:
        return "done"

    loop._loop.call_soon_threadsafe(is_free.wait, 60)
    with pytest.raises(LoopStuckError):
        loop.call(nothing(), 0.1)
    began = time.monotonic()
    with pytest.raises(LoopStuckError):
        loop.call(nothing(), 60)
    assert time.monotonic() - began < 30

    is_free.set()
