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
from harness.launch.app import READY_TIMEOUT_S, STOP_TIMEOUT_S, exit_code, wait_until_ready

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
            wait_until_ready(
                self.name,
                _HOST,
                port,
                ended=lambda: self._process.poll() is not None,
                output=lambda: self.output,
                timeout_s=ready_timeout_s,
            )
        except LaunchError:
            self.stop(signal.SIGKILL)
            raise

    @property
    def pid(self) -> int:
        """The process id of the command itself."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has written to stdout and stderr so far, kept after its end."""
        if not self._output.closed:
            self._read = os.pread(self._output.fileno(), 1 << 30, 0).decode(errors="replace")
        return self._read

    def stop(self, how: signal.Signals = signal.SIGTERM, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Send a signal to the command, wait for its end, and kill what is left of its group.

        Returns:
            The exit code, 128 + n when signal n ended it.
        """
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(ProcessLookupError):  # workers that outlived it
            os.killpg(self._process.pid, signal.SIGKILL)
        self.output  # noqa: B018  reads the rest, before the file is closed
        self._output.close()
        return exit_code(self._process.returncode)


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
