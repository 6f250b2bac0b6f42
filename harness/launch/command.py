"""One command as a child process: its signals, its end and its exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import NamedTuple

from harness.errors import ConfigurationError
from harness.launch.app import exit_code

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class CommandEnd(NamedTuple):
    """How a command ended.

    Attributes:
        code: Its exit code, 128 + n when signal n ended it.
        stopped: It was asked to stop, by a signal that we forwarded.
    """

    code: int
    stopped: bool


def run_command(command: Sequence[str], environ: Mapping[str, str]) -> CommandEnd:
    """Run a command until it ends.

    It leads a process group of its own, which gets the signals that we get;
    on a terminal it is the foreground group, so that it may read the keyboard.

    Raises:
        ConfigurationError: It cannot be started.
    """
    try:
        child = subprocess.Popen(command, env=environ, process_group=0)  # noqa: S603  the user's own command
    except OSError as error:
        cure = "check the spelling and PATH" if isinstance(error, FileNotFoundError) else "check the file"
        raise ConfigurationError(f"cannot run {command[0]!r}: {error.strerror}; {cure}") from error
    with _signals_forwarded(child.pid) as forwarded, _foreground(child.pid):
        code = child.wait()
    return CommandEnd(exit_code(code), stopped=bool(forwarded.intersection(_STOPPING)))


@contextlib.contextmanager
def _signals_forwarded(group: int) -> Iterator[set[int]]:
    """Forward signals to a group; yield the set of those that were."""
    forwarded: set[int] = set()

    def forward(number: int, _: FrameType | None) -> None:
        forwarded.add(number)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)

    previous = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield forwarded
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _foreground(group: int) -> Iterator[None]:
    """Give a group the terminal, if there is one and it is ours."""
    try:
        terminal = sys.stdin.fileno()
        ours = os.tcgetpgrp(terminal) == os.getpgrp()
    except (OSError, ValueError):
        ours = False
    if not ours:
        yield
        return
    # A background process that changes the foreground group is stopped by SIGTTOU.
    previous = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(terminal, group)
        yield
    finally:
        os.tcsetpgrp(terminal, os.getpgrp())
        signal.signal(signal.SIGTTOU, previous)
