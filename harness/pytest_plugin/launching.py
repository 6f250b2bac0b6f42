"""The fixture `launch`: apps under test as processes and containers, stopped with the test."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from harness.capture.session import Capture
from harness.errors import ConfigurationError, LaunchError
from harness.launch.app import READY_TIMEOUT_S, STOP_TIMEOUT_S, App
from harness.launch.compose import ComposeApp
from harness.launch.container import AppContainer
from harness.launch.docker import gateway, unavailable
from harness.launch.image import build_image
from harness.launch.lifecycle import SIGNALS, Lifecycle, Stop, counts_of, cure, killed_words
from harness.launch.process import AppProcess

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


class Launcher:
    """Starts apps that send their telemetry here, and stops them at the end of the test."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self.apps: list[App] = []

    def process(
        self,
        *command: str | os.PathLike[str],
        env: Mapping[str, str] = {},
        cwd: Path | None = None,
        port: int = 0,
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> AppProcess:
        """Start a command that serves a port, and return once the port answers.

        Args:
            command: Its arguments; ``{port}`` in one, or in a value of `env`, becomes the port.
            env: Variables added to the environment that points here.
            cwd: Where it runs.
            port: 0 for a free one.
            ready_timeout_s: Seconds until the port must answer.

        Raises:
            LaunchError: It cannot be started, ends at once, or does not answer in time; the port is taken.

        Example:
            >>> app = launch.process("flask", "--app", "shop", "run", "-p", "{port}")  # doctest: +SKIP
            >>> requests.get(f"{app.url}/health")  # doctest: +SKIP
            >>> app.stop()  # doctest: +SKIP
        """
        app = AppProcess(command, env=env, cwd=cwd, port=port, ready_timeout_s=ready_timeout_s)
        self.apps.append(app)
        return app

    def container(
        self,
        image: str,
        *,
        port: int,
        env: Mapping[str, str] = {},
        command: Sequence[str] | None = None,
        init: bool = False,
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> AppContainer:
        """Start a container that serves a port, and return once the port answers.

        The receivers listen on Docker's bridge from now on, and the container's
        environment points there.

        Args:
            image: Its image; see `build`.
            port: The port that it serves, inside.
            env: More variables.
            command: Instead of the image's own.
            init: Give it an init as PID 1.
            ready_timeout_s: Seconds until the port must answer.

        Raises:
            LaunchError: Docker does not answer, or the container does not start, or not in time.
        """
        variables = {k: v for k, v in self._capture.environment_for(gateway()).items() if v is not None}
        app = AppContainer(
            image,
            port=port,
            env={**variables, **env},
            command=command,
            init=init,
            ready_timeout_s=ready_timeout_s,
        )
        self.apps.append(app)
        return app

    def build(self, context: Path, dockerfile: str, tag: str, *, arguments: Mapping[str, str] = {}) -> str:
        """Build an image and return its tag.

        Raises:
            LaunchError: Docker does not answer, or the build fails.
        """
        if reason := unavailable():
            raise LaunchError(reason)
        return build_image(context, dockerfile, tag, arguments=arguments)

    def compose(
        self,
        file: Path,
        *,
        service: str,
        port: int,
        recorder: str,
        env: Mapping[str, str] = {},
        ready_timeout_s: float = READY_TIMEOUT_S,
    ) -> ComposeApp:
        """Bring a compose project up, and return once a service's port answers.

        What the project's own ``harness serve`` receives becomes this scenario's telemetry
        when the app is stopped.

        Args:
            file: The compose file.
            service: The app under test.
            port: The port that it serves, inside.
            recorder: The service that runs ``harness serve``.
            env: Variables for the file's own ``${…}``.
            ready_timeout_s: Seconds until the port must answer.

        Raises:
            LaunchError: The file cannot be read, Compose is missing or fails, or the service ends, does
                not publish the port, or does not answer in time.
        """
        app = ComposeApp(
            file,
            service=service,
            port=port,
            recorder=recorder,
            take=self._capture.replay,
            env=env,
            ready_timeout_s=ready_timeout_s,
        )
        self.apps.append(app)
        return app

    def lifecycle(
        self,
        start: Callable[[], App],
        drive: Callable[[App], object],
        stops: Sequence[signal.Signals] = STOPS,
        *,
        grace_s: float = STOP_TIMEOUT_S,
    ) -> Lifecycle:
        """Start an app, make requests and stop it, once for each signal; compare what arrived.

        What one stop loses and another delivers is a finding, ``lost_at_exit``, of this scenario.

        Args:
            start: Returns the app, started through this launcher.
            drive: Makes the same requests each time.
            stops: The signals.
            grace_s: Seconds until an app that goes on after its signal is killed.

        Raises:
            ConfigurationError: There is no signal.
        """
        if not stops:
            raise ConfigurationError("lifecycle has no stops; give at least one signal: stops=(SIGTERM,)")
        rows = []
        for how in stops:
            before = self._counts()
            app = start()
            drive(app)
            code = app.stop(how, timeout_s=grace_s)
            after = self._counts()
            arrived = {name: after[name] - before[name] for name in SIGNALS}
            rows.append(Stop(how, code, arrived, isinstance(app, AppProcess) and app.killed_by_reloader))
        result = Lifecycle(app.name, rows)
        self._capture.owners.current.add(*result.incidents())
        return result

    def sections(self) -> list[tuple[str, str]]:
        """Return title and text of what stands beside a failure: the apps' output, and what cut it short."""
        return [
            *((f"output of {app.name}", app.output) for app in self.apps),
            *(
                (f"end of {app.name}", why)
                for app in self.apps
                if isinstance(app, AppProcess) and (why := _cut_short(app))
            ),
        ]

    def _counts(self) -> dict[str, int]:
        self._capture.settle()
        return counts_of(self._capture.owners.current.telemetry())

    def close(self) -> None:
        """Stop what still runs, the latest first, also when one of them cannot be stopped."""
        with contextlib.ExitStack() as stack:
            for app in self.apps:
                stack.callback(app.stop)


def _cut_short(app: AppProcess) -> str:
    """Return what ended an app before its exit handlers ran, and the cure; empty when nothing did."""
    if app.killed_by_reloader:
        return f"what it still held is lost: {cure(signal.SIGTERM, by_reloader=True)}"
    return killed_words("it", app.ended_by) if app.ended_by else ""
