"""The receivers' event loop, where it runs out of file descriptors."""

import errno

import pytest

from harness.capture.loop import ReceiverLoop


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
