"""One command as a child process: its signals, its stops, its end and its exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import NamedTuple

from harness.errors import ConfigurationError
from harness.launch.app import exit_code
from harness.launch.reloaders import signal_group, signal_leader
from harness.launch.survivors import mark_of, running_with, wait_for_group
from harness.launch.terminal import Terminal

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_TO_LEADER = (
    signal.SIGHUP,
    signal.SIGALRM,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGTTIN,
    signal.SIGTTOU,
)
"""What tells a server to reload, to upgrade or to change its workers, which would end or stop these."""
_FORWARDED = (*_STOPPING, *_TO_LEADER[1:], signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)
_MARK = "TELEMETRY_HARNESS_RUN"
GROUP_GRACE_S = 5.0
"""How long workers may take to send what they have, where their leader ends before them."""


class CommandEnd(NamedTuple):
    """How a command ended.

    Attributes:
        code: Its exit code, 128 + n when signal n ended it.
        stopped: It was asked to stop, by a signal that we forwarded or by SIGINT, as a terminal sends it.
        left: What of it still ran then: of its process group `GROUP_GRACE_S` later, and, on Linux, what had
            left that (`setsid`, a daemon).
        killed_by: The signal that ended it, 0 when it ended by itself.
    """

    code: int
    stopped: bool
    left: tuple[str, ...] = ()
    killed_by: int = 0


def run_command(command: Sequence[str], environ: Mapping[str, str]) -> CommandEnd:
    """Run a command until it ends, and its process group for `GROUP_GRACE_S` longer.

    It leads a process group of its own, which gets the signals that we get, and of some it alone does
    (`_TO_LEADER`); on a terminal it is the foreground group, so that it may read the keyboard.
    When it is suspended, so are we, and it continues with us.

    Raises:
        ConfigurationError: It cannot be started.
    """
    job = _Job()
    mark = mark_of(_MARK)
    name, _, value = mark.partition("=")
    with job.signals_taken():  # before the start, so that none is lost
        try:
            child = subprocess.Popen(command, env={**environ, name: value}, process_group=0)  # noqa: S603  the user's own
        except OSError as error:
            cure = "check the spelling and PATH" if isinstance(error, FileNotFoundError) else "check the file"
            raise ConfigurationError(f"cannot run {command[0]!r}: {error.strerror}; {cure}") from error
        job.started(child.pid)
        code = child.returncode = job.wait()
        if -code == signal.SIGHUP and signal.SIGHUP in job.forwarded:
            job.signal_rest(signal.SIGHUP)
        left = wait_for_group(child.pid, GROUP_GRACE_S)
        left += running_with(mark, besides=child.pid)
    # A terminal's Ctrl-C goes to the command's group and not to us.
    stopped = bool(job.forwarded.intersection(_STOPPING)) or exit_code(code) == 128 + signal.SIGINT
    return CommandEnd(exit_code(code), stopped, left, max(0, -code))


class _Job:
    """A command's process group, as a shell's job.

    Attributes:
        forwarded: The signals that were.
    """

    def __init__(self) -> None:
        self.forwarded: set[int] = set()
        self._group = 0
        self._early: list[int] = []
        self._terminal = Terminal()
        # Where the terminal stops whoever writes in the background, that signal is not from a person.
        stops_writers = self._terminal.stops_writers()
        self._forwarded = [n for n in _FORWARDED if not (n == signal.SIGTTOU and stops_writers)]

    @contextlib.contextmanager
    def signals_taken(self) -> Iterator[None]:
        """Forward signals to the group; those that come before it is there wait for it."""
        # What is ignored stays so until the command has inherited that (nohup, a script's background job).
        taken = [number for number in self._forwarded if signal.getsignal(number) is not signal.SIG_IGN]
        self._previous = {number: signal.signal(number, self._forward) for number in taken}
        try:
            yield
        finally:
            for number, handler in self._previous.items():
                signal.signal(number, handler)
            if self._group:
                self._terminal.pass_on(self._group, os.getpgrp())

    def started(self, group: int) -> None:
        """Give the group the terminal, if it is ours, and the signals that came before it."""
        for number in self._forwarded:
            if number not in self._previous:
                self._previous[number] = signal.signal(number, self._forward)
        self._group = group
        self._terminal.pass_on(os.getpgrp(), group)
        for early in self._early:
            self._forward(early)

    def _forward(self, number: int, _: FrameType | None = None) -> None:
        if not self._group:
            self._early.append(number)
            return
        again = number in self.forwarded
        self.forwarded.add(number)
        if number == signal.SIGCONT:  # a shell that continues us has put us in the foreground, or not
            self._terminal.pass_on(os.getpgrp(), self._group)
        with contextlib.suppress(ProcessLookupError):
            if number in _TO_LEADER:
                signal_leader(self._group, number)
            elif number in _STOPPING and not again:  # an app that goes on is stopped by the second
                signal_group(self._group, number)
            else:
                os.killpg(self._group, number)

    def signal_rest(self, number: int) -> None:
        """Send what ended the leader to what it left: a script's command is hung up with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._group, number)

    def wait(self) -> int:
        """Return how the command ended; be suspended while it is."""
        while True:
            _, status = os.waitpid(self._group, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                return os.waitstatus_to_exitcode(status)
            self._stopped_by(os.WSTOPSIG(status))

    def _stopped_by(self, number: int) -> None:
        """Stop ourselves as the group was stopped, until a shell continues us; then continue the group."""
        if number == signal.SIGSTOP:
            return  # not job control: whoever sends it means that process, and will continue it
        if number != signal.SIGTSTP and self._terminal.shows(self._group):
            pass  # it used the terminal just before we gave it
        elif self._terminal.pass_on(self._group, os.getpgrp()):
            # The rest of our own group did not get the terminal's signal. Nothing
            # happens where no shell could continue us: the system ignores it there.
            handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.killpg(os.getpgrp(), signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, handler)
        else:
            os.kill(os.getpid(), signal.SIGSTOP)
        self._forward(signal.SIGCONT)
