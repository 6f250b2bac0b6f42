"""An app as a container, by testcontainers."""

from __future__ import annotations

import contextlib
import signal
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

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
from harness.launch.docker import uninstrumented


class AppContainer:
    """A container that serves a port.

    Args:
        image: Its image.
        port: The port that it serves, inside.
        env: Its variables; nothing of this process's environment goes in.
        command: Instead of the image's own.
        init: Give it an init as PID 1, which forwards signals and reaps children.

    Raises:
        LaunchError: An argument is wrong; it cannot be started, ends at once, or does not answer in time.
    """

    def __init__(
        self,
        image: str,
        *,
        port: int,
        env: Mapping[str, str] = {},
        command: Sequence[str] | None = None,
        init: bool = False,
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> None:
        require_port(port, 1)
        require_seconds("ready_timeout_s", ready_timeout_s)
        self.name = f"container {image}"
        self._last = ""
        self._code: int | None = None
        with uninstrumented():
            self._container = _started(image, port, variables(env), command, init=init)
        try:
            self._wait_for(port, ready_timeout_s)
        except BaseException:
            with uninstrumented():
                self._container.stop()
            raise

    def _wait_for(self, port: int, timeout_s: float) -> None:
        with uninstrumented():
            self._wrapped = self._container.get_wrapped_container()
            host = self._container.get_container_host_ip()
            exposed = self._exposed(port)
        self.url = f"http://{host}:{exposed}"
        wait_until_ready(
            self.name,
            host,
            exposed,
            ended=self._ended,
            output=lambda: self.output,
            timeout_s=timeout_s,
        )

    def _exposed(self, port: int) -> int:
        try:
            return int(self._container.get_exposed_port(port))
        except Exception as error:  # testcontainers has several words for it, StopIteration among them
            what = f"{self.name} does not serve port {port}"
            if (code := self._ended()) is not None:
                raise LaunchError(
                    with_last_lines(f"{what}: it ended with code {code}", self.output)
                ) from error
            raise LaunchError(f"{what}: {error}; check its network") from error

    def _ended(self) -> int | None:
        with uninstrumented():
            self._wrapped.reload()
            if self._wrapped.status not in ("exited", "dead"):
                return None
            return int(self._wrapped.attrs["State"]["ExitCode"])

    @property
    def output(self) -> str:
        """What it has written to stdout and stderr so far, kept after its end."""
        return self._read_output()

    def _read_output(self) -> str:
        """Return the output, and keep it for when it can no longer be read."""
        if self._code is None:
            with uninstrumented():
                self._last = self._wrapped.logs().decode(errors="replace")
        return self._last

    def stop(self, how: signal.Signals = signal.SIGTERM, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Send PID 1 a signal and wait for its end, then remove the container.

        Returns:
            The exit code, 128 + n when signal n ended it.
        """
        if self._code is None:
            with uninstrumented():
                code = self._end(how, timeout_s)
                self._read_output()  # the rest, before the container is gone
                self._container.stop()
            self._code = code
        return self._code

    def _end(self, how: signal.Signals, timeout_s: float) -> int:
        import requests.exceptions
        from docker.errors import APIError

        with contextlib.suppress(APIError):  # it has ended by itself
            self._wrapped.kill(how.name)
        try:
            return int(self._wrapped.wait(timeout=timeout_s)["StatusCode"])
        except (requests.exceptions.ConnectionError, requests.exceptions.ReadTimeout):
            with contextlib.suppress(APIError):  # it has ended meanwhile
                self._wrapped.kill()
            return int(self._wrapped.wait()["StatusCode"])


def _started(
    image: str, port: int, env: Mapping[str, str], command: Sequence[str] | None, *, init: bool
) -> Any:
    try:
        from testcontainers.core.container import DockerContainer
    except ModuleNotFoundError as error:
        raise LaunchError(
            f"containers need package {error.name!r}; install telemetry-harness[containers]"
        ) from error
    from docker.errors import DockerException

    name = f"harness-{uuid.uuid4().hex[:12]}"
    container = DockerContainer(image).with_name(name).with_exposed_ports(port).with_envs(**env)
    container = container.with_kwargs(init=init)
    if command is not None:
        container = container.with_command(list(command))
    try:
        return container.start()
    except DockerException as error:
        cure = "build or pull the image"
        if "ryuk" in str(error):
            cure = "testcontainers' own reaper cannot be pulled: set TESTCONTAINERS_RYUK_DISABLED=true"
        elif _removed(container, name):
            cure = "the image is there: check the command and its program"
        raise LaunchError(f"container {image} does not start: {error}; {cure}") from error
    except BaseException:
        _removed(container, name)
        raise


def _removed(container: Any, name: str) -> bool:
    """Remove what was created and did not start; return whether there was something."""
    from docker.errors import DockerException

    try:
        container.get_docker_client().client.containers.get(name).remove(force=True, v=True)
    except DockerException:
        return False
    return True
