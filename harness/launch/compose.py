"""An app from a compose file, with `harness serve` as one of its services."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from harness.codec import arrivals_file
from harness.codec.arrivals_file import Arrival
from harness.errors import LaunchError
from harness.launch.app import (
    READY_TIMEOUT_S,
    STOP_TIMEOUT_S,
    require_port,
    require_seconds,
    variables,
    wait_until_ready,
    with_last_lines,
)
from harness.launch.docker import compose_command, run

Take = Callable[[Iterator[tuple[Arrival, bytes]]], None]


class ComposeApp:
    """One service of a compose project that is brought up whole.

    Args:
        file: The compose file.
        service: The app under test.
        port: The port that it serves, inside.
        recorder: The service that runs ``harness serve --keep-received --out /run/telemetry``.
        take: Gets what the recorder received, once the service has stopped.
        env: Variables for the file's own ``${…}``.

    Raises:
        LaunchError: The file cannot be read, Compose is missing or fails, or the service ends, does
            not publish the port, or does not answer in time.
    """

    def __init__(
        self,
        file: Path,
        *,
        service: str,
        port: int,
        recorder: str,
        take: Take,
        env: Mapping[str, str] = {},
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> None:
        require_port(port, 1)
        require_seconds("ready_timeout_s", ready_timeout_s)
        self.name = f"service {service}"
        self._take = take
        self._code: int | None = None
        self._last = ""
        self._env = {**os.environ, **variables(env)}
        _require_readable(file)
        self._compose = (*compose_command(), "-f", str(file), "-p", f"harness-{uuid.uuid4().hex[:8]}")
        try:
            self._up(file)
            self._id, self._recorder_id = self._container_of(service), self._container_of(recorder)
            host, exposed = self._published(service, port)
            self.url = f"http://{host}:{exposed}"
            wait_until_ready(
                self.name,
                host,
                exposed,
                ended=self._ended,
                output=lambda: self.output,
                timeout_s=ready_timeout_s,
            )
        except BaseException as error:
            self._down_after(error)
            raise

    def _up(self, file: Path) -> None:
        try:
            self._run("up", "-d", "--no-build")
        except LaunchError as error:
            raise LaunchError(
                f"the project of {file} does not come up; build or pull its images, and check it with "
                f"`docker compose -f {file} config`: {error}"
            ) from error

    def _down(self) -> None:
        self._run("down", "-v", "-t", "0")

    def _down_after(self, error: BaseException) -> None:
        """Bring the project down; what fails of that is added to the error that comes first."""
        try:
            self._down()
        except LaunchError as second:
            error.add_note(f"and what had started is perhaps still there: {second}")

    def _published(self, service: str, port: int) -> tuple[str, int]:
        """Return the address at which a port of a service is published."""
        try:
            host, _, exposed = self._run("port", service, str(port)).strip().rpartition(":")
        except LaunchError:  # Compose's plugin; the older program prints nothing
            host = exposed = ""
        if exposed.isdecimal() and int(exposed):
            return "127.0.0.1" if host in ("0.0.0.0", "[::]", "::") else host, int(exposed)
        what = f"{self.name} does not serve port {port}"
        if (code := self._ended()) is not None:
            raise LaunchError(with_last_lines(f"{what}: it ended with code {code}", self.output))
        raise LaunchError(
            f"service {service!r} does not publish port {port}; add '{port}' to its ports in the compose file"
        )

    def _run(self, *arguments: str) -> str:
        return run(*self._compose, *arguments, env=self._env)

    def _container_of(self, service: str) -> str:
        cause = None
        try:
            found = self._run("ps", "-a", "-q", service).strip()  # -a: one that has ended, too
        except LaunchError as error:
            found, cause = "", error
        if not found:
            raise LaunchError(
                f"service {service!r} has no container; check its name in the compose file"
            ) from cause
        return found

    def _ended(self) -> int | None:
        state = run("docker", "inspect", "-f", "{{.State.Running}} {{.State.ExitCode}}", self._id)
        running, code = state.split()
        return None if running == "true" else int(code)

    @property
    def output(self) -> str:
        """What the service has written to stdout and stderr so far, kept after its end."""
        return self._read_output()

    def _read_output(self) -> str:
        """Return the output, and keep it for when it can no longer be read."""
        if self._code is None:
            self._last = self._run("logs", "--no-color", self.name.removeprefix("service "))
        return self._last

    def stop(self, how: signal.Signals = signal.SIGTERM, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Send the service a signal and wait for its end, take its telemetry, and bring the project down.

        Returns:
            The service's exit code, 128 + n when signal n ended it.
        """
        if self._code is None:
            try:
                code = self._end(how, timeout_s)
                self._read_output()  # the rest, before the container is gone
                self._code = code
                self._take(self._arrivals())
            except BaseException as error:
                self._down_after(error)
                raise
            self._down()
        return self._code

    def _end(self, how: signal.Signals, timeout_s: float) -> int:
        with contextlib.suppress(LaunchError):  # it has ended by itself
            run("docker", "kill", "-s", how.name, self._id)
        try:
            return int(run("docker", "wait", self._id, timeout_s=timeout_s))
        except LaunchError:
            with contextlib.suppress(LaunchError):  # it has ended meanwhile
                run("docker", "kill", self._id)
            return int(run("docker", "wait", self._id))

    def _arrivals(self) -> Iterator[tuple[Arrival, bytes]]:
        """Stop the recorder and yield what it has written."""
        import io
        import subprocess
        import tarfile

        run("docker", "stop", self._recorder_id)
        archive = subprocess.run(  # noqa: S603  our own arguments
            ["docker", "cp", f"{self._recorder_id}:/run/telemetry/{arrivals_file.FILE_NAME}", "-"],  # noqa: S607
            capture_output=True,
            check=False,
            timeout=120,
        )
        if archive.returncode:
            raise LaunchError(
                f"the recorder has no /run/telemetry/{arrivals_file.FILE_NAME}: "
                f"{archive.stderr.decode(errors='replace').strip()}; "
                "run `harness serve --keep-received --out /run/telemetry` in it"
            )
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            stream = files.extractfile(arrivals_file.FILE_NAME)
            assert stream is not None  # noqa: S101  it was asked for by name
            left_out = yield from arrivals_file.read(stream)
            if left_out.text:
                sys.stderr.write(f"harness: the recorder's {arrivals_file.FILE_NAME}: {left_out.text}\n")


def _require_readable(file: Path) -> None:
    """Raise LaunchError for a compose file that cannot be read, before anything is run."""
    try:
        file.read_bytes()
    except OSError as error:
        raise LaunchError(
            f"compose file {str(file)!r} cannot be read: {error.strerror}; check the path, which begins at "
            f"{str(Path.cwd())!r} if it is relative"
        ) from error
