"""What the command line writes to: streams that may be closed, full, or read by nobody any more."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_UNWRITABLE = (errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EBADF)


@contextlib.contextmanager
def lenient_streams() -> Iterator[None]:
    """Let names that a terminal cannot show, and a stderr that takes nothing, end no command."""
    for stream in (sys.stdout, sys.stderr):
        # Names come from the app; a terminal that cannot show one must not end us.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    before = sys.stderr
    told: Any = _Told(before)
    sys.stderr = told
    try:
        yield
    finally:
        sys.stderr = before if told.works else _nowhere()


def only_stderr() -> contextlib.AbstractContextManager[object]:
    """Send to stderr what is printed meanwhile: moto prints what it does not know, on any thread."""
    return contextlib.redirect_stdout(sys.stderr)


def is_unwritable(error: OSError) -> bool:
    """Return True when an error says that stdout takes nothing, and not that a file is missing.

    >>> is_unwritable(BrokenPipeError(errno.EPIPE, "Broken pipe"))
    True
    """
    return error.filename is None and error.errno in _UNWRITABLE


def abandon_stdout() -> None:
    """Write nothing more: what is still in its buffer would be a second error at exit."""
    sys.stdout = _nowhere()


def _nowhere() -> Any:
    return Path(os.devnull).open("w")


class _Told:
    """Stderr, as long as it takes what it is told: an error there must not change how a command ends.

    Attributes:
        works: Nothing was refused so far.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.works = stream is not None

    def write(self, text: str) -> int:
        if self.works:
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError:
                self.works = False
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
