"""An app as a process of its own."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.clock import monotonic
from harness.errors import LaunchError
from harness.launch.app import (
    READY_TIMEOUT_S,
    STOP_TIMEOUT_S,
    exit_code,
    require_port,
    require_seconds,
    variables,
    wait_until,
    wait_until_ready,
)
from harness.launch.programs import why_not_run
from harness.launch.reloaders import reloader_parents, signal_group
from harness.launch.survivors import kill_marked, mark_of, wait_for_group

_HOST = "127.0.0.1"
_MARK = "TELEMETRY_HARNESS_APP"
"""A variable by which what an app starts is known as the app's."""


class AppProcess:
    """A command that serves a port, in a process group of its own.

    Args:
        command: Its arguments; ``{port}`` in one, or in a value of `env`, becomes the port.
        env: Variables added to this process's environment.
        cwd: Where it runs.
        port: 0 for a free one.

    Attributes:
        killed_by_reloader: It was stopped by a signal to the parent of its reloader, which kills the app.

    Raises:
        LaunchError: An argument is wrong; it cannot be started, ends at once, or does not answer in
            time; the port is taken.
    """

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        *,
        env: Mapping[str, str] = {},
        cwd: Path | None = None,
        port: int = 0,
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> None:
        _require_command(command)
        require_port(port, 0)
        require_seconds("ready_timeout_s", ready_timeout_s)
        self._port = port or free_port()
        words = [self._with_port(os.fsdecode(word)) for word in command]
        self.name = shlex.join((Path(words[0]).name, *words[1:]))
        self.url = f"http://{_HOST}:{self._port}"
        self.killed_by_reloader = False
        self._mark = mark_of(_MARK)
        values = {name: self._with_port(value) for name, value in variables(env).items()}
        _require_free(self._port)
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  closed by `stop`
        self._process = self._started(words, values, cwd)
        try:
            self.wait_until_ready(ready_timeout_s)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def _with_port(self, text: str) -> str:
        return text.replace("{port}", str(self._port))

    def _started(self, words: list[str], values: dict[str, str], cwd: Path | None) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  the user's own command
                words,
                env={**os.environ, **values, _MARK: self._mark.partition("=")[2]},
                cwd=cwd,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except OSError as error:
            self._output.close()
            raise LaunchError(_why_not(words[0], cwd, error)) from error

    @property
    def pid(self) -> int:
        """The process id of the command itself."""
        return self._process.pid

    @property
    def ended_by(self) -> signal.Signals | None:
        """The signal that ended it before its exit handlers ran; None while it runs, or after an exit."""
        status = self._process.returncode
        return signal.Signals(-status) if status is not None and status < 0 else None

    def wait_until_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Return once the port answers, as it must again after a reload.

        Raises:
            LaunchError: The app ended, or the time was over.
        """
        wait_until_ready(
            self.name,
            _HOST,
            self._port,
            ended=self._ended,
            output=lambda: self.output,
            timeout_s=timeout_s,
        )

    def wait_for_output(self, text: str, *, count: int = 1, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Return once the output holds a text so many times.

        Raises:
            LaunchError: The app ended, or the time was over.
        """
        wait_until(
            lambda: self.output.count(text) >= count,
            f"{self.name} did not write {text!r}",
            ended=self._ended,
            output=lambda: self.output,
            timeout_s=timeout_s,
        )

    def _ended(self) -> int | None:
        status = self._process.poll()
        return None if status is None else exit_code(status)

    @property
    def output(self) -> str:
        """What it has written to stdout and stderr so far, kept after its end."""
        return self._read_output()

    def _read_output(self) -> str:
        """Return the output, and keep it for when it can no longer be read."""
        if not self._output.closed:
            size = os.fstat(self._output.fileno()).st_size
            self._read = os.pread(self._output.fileno(), size, 0).decode(errors="replace")
        return self._read

    def stop(
        self,
        how: signal.Signals = signal.SIGTERM,
        *,
        timeout_s: float = STOP_TIMEOUT_S,
        group: bool = False,
    ) -> int:
        """Send a signal, wait for the end of the command, and kill what is left of it.

        That is its process group, and on Linux also what has left the group (`setsid`, a daemon).

        Args:
            how: The signal.
            timeout_s: Seconds until a command that goes on is killed, and its process group after it.
            group: Send it to the command's children, too, as a terminal does; but to the app of a
                reloader alone, whose parent would kill it and ends with it.

        Returns:
            The exit code, 128 + n when signal n ended it.
        """
        if self._output.closed:
            return exit_code(self._process.returncode)  # its process group may be another's by now
        if self._process.poll() is None:
            told = not group and how != signal.SIGKILL
            self.killed_by_reloader = told and self.pid in reloader_parents(self.pid)
            (signal_group if group else os.kill)(self.pid, how)
        deadline = monotonic() + timeout_s
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if how != signal.SIGKILL:  # of which its workers are not told
            wait_for_group(self.pid, deadline - monotonic())
        with contextlib.suppress(ProcessLookupError):  # workers that outlived it
            os.killpg(self.pid, signal.SIGKILL)
        kill_marked(self._mark)
        self._read_output()  # the rest, before the file is closed
        self._output.close()
        return exit_code(self._process.returncode)


def _why_not(program: str, cwd: Path | None, error: OSError) -> str:
    if cwd is not None and error.filename == cwd:  # so says Popen when that is what is missing
        return f"cannot run {program!r} in {str(cwd)!r}: {error.strerror}; check the directory"
    known = isinstance(error, FileNotFoundError | PermissionError)
    why = why_not_run(program, cwd) if known else f"{error.strerror}; check the file"
    return f"cannot run {program!r}: {why}"


def _require_command(command: Sequence[str | os.PathLike[str]]) -> None:
    if not command:
        raise LaunchError("no command to start; give its arguments, as in 'flask', 'run', '-p', '{port}'")
    for word in command:
        if not isinstance(word, str | os.PathLike):
            raise LaunchError(f"the command has {word!r}, expected text or a path")
        if "\0" in os.fsdecode(word):
            raise LaunchError(f"the command has {word!r}, expected text without NUL")


def _require_free(port: int) -> None:
    """Raise LaunchError when another process would answer on the port instead of the app."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, right after another
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise LaunchError(
                f"port {port} of {_HOST} is taken: {error.strerror}; stop what uses it, or leave port out "
                "for a free one"
            ) from error


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
