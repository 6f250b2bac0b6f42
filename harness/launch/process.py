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

from harness.errors import LaunchError
from harness.launch.app import READY_TIMEOUT_S, STOP_TIMEOUT_S, exit_code, wait_until, wait_until_ready

_HOST = "127.0.0.1"


class AppProcess:
    """A command that serves a port, in a process group of its own.

    Args:
        command: Its arguments; ``{port}`` in one, or in a value of `env`, becomes the port.
        env: Variables added to this process's environment.
        cwd: Where it runs.
        port: 0 for a free one.

    Raises:
        LaunchError: It cannot be started, ends at once, or does not answer in time.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] = {},
        cwd: Path | None = None,
        port: int = 0,
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> None:
        port = port or free_port()
        arguments = [argument.replace("{port}", str(port)) for argument in command]
        variables = {name: value.replace("{port}", str(port)) for name, value in env.items()}
        self.name = shlex.join((Path(command[0]).name, *command[1:]))
        self.url = f"http://{_HOST}:{port}"
        self._port = port
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  closed by `stop`
        try:
            self._process = subprocess.Popen(  # noqa: S603  the user's own command
                arguments,
                env={**os.environ, **variables},
                cwd=cwd,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except OSError as error:
            self._output.close()
            raise LaunchError(f"cannot run {command[0]!r}: {error.strerror}; check PATH and file") from error
        try:
            self.wait_until_ready(ready_timeout_s)
        except LaunchError:
            self.stop(signal.SIGKILL)
            raise

    @property
    def pid(self) -> int:
        """The process id of the command itself."""
        return self._process.pid

    def wait_until_ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Return once the port answers, as it must again after a reload.

        Raises:
            LaunchError: The app ended, or the time was over.
        """
        wait_until_ready(
            self.name,
            _HOST,
            self._port,
            ended=self._has_ended,
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
            ended=self._has_ended,
            output=lambda: self.output,
            timeout_s=timeout_s,
        )

    def _has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def output(self) -> str:
        """What it has written to stdout and stderr so far, kept after its end."""
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
        """Send a signal, wait for the end of the command, and kill what is left of its group.

        Args:
            how: The signal.
            timeout_s: Seconds until a command that goes on is killed.
            group: Send it to the command's children, too, as a terminal does.

        Returns:
            The exit code, 128 + n when signal n ended it.
        """
        if self._output.closed:
            return exit_code(self._process.returncode)  # its process group may be another's by now
        if self._process.poll() is None:
            (os.killpg if group else os.kill)(self.pid, how)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(ProcessLookupError):  # workers that outlived it
            os.killpg(self.pid, signal.SIGKILL)
        self.output  # noqa: B018  reads the rest, before the file is closed
        self._output.close()
        return exit_code(self._process.returncode)


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
