"""The fixture `launch`: apps under test as processes and containers, stopped with the test."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from harness.capture.session import Capture
from harness.launch.app import READY_TIMEOUT_S, App
from harness.launch.lifecycle import SIGNALS, Lifecycle, Stop, counts_of
from harness.launch.process import AppProcess

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


class Launcher:
    """Starts apps that send their telemetry here, and stops them at the end of the test."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self.apps: list[App] = []

    def process(
        self,
        *command: str,
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
            LaunchError: It cannot be started, ends at once, or does not answer in time.

        Example:
            >>> app = launch.process("flask", "--app", "shop", "run", "-p", "{port}")  # doctest: +SKIP
            >>> requests.get(f"{app.url}/health")  # doctest: +SKIP
            >>> app.stop()  # doctest: +SKIP
        """
        app = AppProcess(command, env=env, cwd=cwd, port=port, ready_timeout_s=ready_timeout_s)
        self.apps.append(app)
        return app

    def lifecycle(
        self,
        start: Callable[[], App],
        drive: Callable[[App], object],
        stops: Sequence[signal.Signals] = STOPS,
    ) -> Lifecycle:
        """Start an app, make requests and stop it, once for each signal; compare what arrived.

        What one stop loses and another delivers is a finding, ``lost_at_exit``, of this scenario.

        Args:
            start: Returns the app, started through this launcher.
            drive: Makes the same requests each time.
            stops: The signals.
        """
        rows = []
        for how in stops:
            before = self._counts()
            app = start()
            drive(app)
            code = app.stop(how)
            after = self._counts()
            rows.append(Stop(how, code, {name: after[name] - before[name] for name in SIGNALS}))
        result = Lifecycle(app.name, rows)
        self._capture.owners.current.incidents += result.incidents()
        return result

    def _counts(self) -> dict[str, int]:
        self._capture.settle()
        return counts_of(self._capture.owners.current.telemetry())

    def close(self) -> None:
        """Stop what still runs, the latest first."""
        for app in reversed(self.apps):
            app.stop()
