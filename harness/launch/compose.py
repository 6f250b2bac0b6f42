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
from harness.launch.app import READY_TIMEOUT_S, STOP_TIMEOUT_S, variables, wait_until_ready
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
        LaunchError: Compose is missing or fails, or the service does not answer in time.
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
        self.name = f"service {service}"
        self._take = take
        self._code: int | None = None
        self._last = ""
        self._env = {**os.environ, **variables(env)}
        self._compose = (*compose_command(), "-f", str(file), "-p", f"harness-{uuid.uuid4().hex[:8]}")
        try:
            self._run("up", "-d", "--no-build")
            self._id, self._recorder_id = self._container_of(service), self._container_of(recorder)
            host, _, exposed = self._run("port", service, str(port)).strip().rpartition(":")
            host = "127.0.0.1" if host in ("0.0.0.0", "[::]") else host
            self.url = f"http://{host}:{exposed}"
            wait_until_ready(
                self.name,
                host,
                int(exposed),
                ended=self._has_ended,
                output=lambda: self.output,
                timeout_s=ready_timeout_s,
            )
        except BaseException:
            self._run("down", "-v", "-t", "0")
            raise

    def _run(self, *arguments: str) -> str:
        return run(*self._compose, *arguments, env=self._env)

    def _container_of(self, service: str) -> str:
        found = self._run("ps", "-q", service).strip()
        if not found:
            raise LaunchError(f"service {service!r} has no container; check its name in the compose file")
        return found

    def _has_ended(self) -> bool:
        return run("docker", "inspect", "-f", "{{.State.Running}}", self._id).strip() != "true"

    @property
    def output(self) -> str:
        """What the service has written to stdout and stderr so far, kept after its end."""
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
                self.output  # noqa: B018  reads the rest, before the container is gone
                self._code = code
                self._take(self._arrivals())
            finally:
                self._run("down", "-v", "-t", "0")
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
            if problem := (yield from arrivals_file.read(stream)):
                sys.stderr.write(f"harness: the recorder's {arrivals_file.FILE_NAME}: {problem}\n")
