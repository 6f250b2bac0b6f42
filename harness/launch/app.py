"""What a started app is, whichever way it was started."""

from __future__ import annotations

import math
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from harness.clock import monotonic
from harness.errors import LaunchError

READY_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
_RETRY_S = 0.02
_SHOWN_LINES = 20
_LAST_PORT = 65_535


class App(Protocol):
    """A running app.

    Attributes:
        name: What messages call it: its command, image or service.
        url: ``http://host:port`` of the port that it was given.
    """

    name: str
    url: str

    @property
    def output(self) -> str:
        """What it has written to stdout and stderr so far."""
        ...

    def stop(self, how: signal.Signals = signal.SIGTERM, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Send a signal and wait for the end; return the exit code, 128 + n for signal n.

        What is still running at the deadline is killed, and counts as ended by SIGKILL.
        """
        ...


def wait_until_ready(
    name: str,
    host: str,
    port: int,
    *,
    ended: Callable[[], int | None],
    output: Callable[[], str],
    timeout_s: float,
) -> None:
    """Return once the port takes a connection; see `wait_until`.

    Raises:
        LaunchError: The app ended, or the time was over; the message shows its last lines.
    """
    what = f"{name} did not answer on {host}:{port}"
    wait_until(lambda: _answers(host, port), what, ended=ended, output=output, timeout_s=timeout_s)
    if (code := ended()) is not None:
        why = f"it ended with code {code}, and another process answers there"
        raise LaunchError(with_last_lines(f"{what}: {why}", output()))


def wait_until(
    condition: Callable[[], bool],
    what: str,
    *,
    ended: Callable[[], int | None],
    output: Callable[[], str],
    timeout_s: float,
) -> None:
    """Return once the condition holds.

    Args:
        what: What is said when it does not.
        ended: Returns the app's exit code, None while it runs.

    Raises:
        LaunchError: The app ended, or the time was over; the message shows its last lines.
    """
    deadline = monotonic() + timeout_s
    while not condition():
        if (code := ended()) is not None:
            raise LaunchError(with_last_lines(f"{what}: it ended with code {code}", output()))
        if monotonic() > deadline:
            raise LaunchError(with_last_lines(f"{what} within {timeout_s} s", output()))
        time.sleep(_RETRY_S)  # another process offers nothing to wait on


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1.0) as connection:
            return _stays_open(connection)
    except OSError:
        return False


def _stays_open(connection: socket.socket) -> bool:
    """Return False when the other side hangs up: Docker's proxy accepts before the app listens."""
    connection.settimeout(_RETRY_S)
    try:
        return bool(connection.recv(1))
    except TimeoutError:
        return True


def with_last_lines(what: str, output: str) -> str:
    """Return a message that shows the last lines of an output."""
    lines = output.splitlines()[-_SHOWN_LINES:]
    return "\n  ".join((f"{what}; its last lines:", *(lines or ["(it wrote nothing)"])))


def variables(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for an app.

    Raises:
        LaunchError: They are no mapping, or no system takes the name or value of one.
    """
    if not isinstance(env, Mapping):
        raise LaunchError(f"env is {env!r}, expected a mapping of variables")
    for name, value in env.items():
        if not isinstance(name, str):
            raise LaunchError(f"the name of a variable is {name!r}, expected a string")
        if not isinstance(value, str):
            raise LaunchError(f"variable {name!r} is {value!r}, expected a string; quote it, or leave it out")
        if not name or "=" in name or "\0" in name:
            raise LaunchError(f"the name of a variable is {name!r}, expected one without '=' and NUL")
        if "\0" in value:
            raise LaunchError(f"variable {name!r} is {value!r}, expected a value without NUL")
    return dict(env)


def require_port(port: object, least: int) -> None:
    """Refuse what is no port.

    Args:
        port: What was given as one.
        least: 0 where that stands for a free one.

    Raises:
        LaunchError: It is none.
    """
    if type(port) is not int or not least <= port <= _LAST_PORT:
        raise LaunchError(f"port is {port!r}, expected {least} to {_LAST_PORT}")


def require_seconds(argument: str, value: object) -> None:
    """Refuse what is no time to wait.

    Raises:
        LaunchError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise LaunchError(f"{argument} is {value!r}, expected seconds, 0 or more")


def exit_code(status: int) -> int:
    """Return a child's status as a shell shows it: 128 + n when signal n ended it."""
    return 128 - status if status < 0 else status
