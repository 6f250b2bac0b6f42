"""What containers need of Docker: whether it is there, and the address by which they reach this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from harness.errors import LaunchError

_REMEDY = "install Docker and start its daemon, and add this user to its group"


def unavailable() -> str:
    """Return why containers cannot be started here, with the remedy; empty when they can."""
    if shutil.which("docker") is None:
        return f"docker was not found; {_REMEDY}"
    try:
        done = subprocess.run(
            ["docker", "info", "--format", "{{.ServerVersion}}"],  # noqa: S607  found above
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the docker daemon does not answer within 30 s; {_REMEDY}"
    return "" if done.returncode == 0 else f"docker does not answer: {done.stderr.strip()}; {_REMEDY}"


def gateway() -> str:
    """Return the address of this machine on Docker's default bridge.

    Raises:
        LaunchError: Docker does not answer.
    """
    if reason := unavailable():
        raise LaunchError(reason)
    template = "{{with index .IPAM.Config 0}}{{.Subnet}} {{.Gateway}}{{end}}"
    subnet, *given = run("docker", "network", "inspect", "bridge", "--format", template).split()
    # Docker names the gateway only where somebody chose it; by default it is the subnet's first host.
    return given[0] if given else str(next(ipaddress.ip_network(subnet).hosts()))


def compose_command() -> tuple[str, ...]:
    """Return how Docker Compose is called here: the plugin, or the older program.

    Raises:
        LaunchError: Neither is there.
    """
    with contextlib.suppress(LaunchError):
        run("docker", "compose", "version")
        return "docker", "compose"
    if shutil.which("docker-compose"):
        return ("docker-compose",)
    raise LaunchError(
        "docker compose was not found; install the docker-compose-plugin package, or docker-compose"
    )


def run(*command: str, env: dict[str, str] | None = None, timeout_s: float = 600.0) -> str:
    """Return what a docker command prints.

    Raises:
        LaunchError: It fails, or takes too long; the message shows its last lines.
    """
    try:
        done = subprocess.run(  # noqa: S603  our own arguments
            command, capture_output=True, text=True, timeout=timeout_s, check=False, env=env
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaunchError(f"{' '.join(command[:2])}: {error}; {_REMEDY}") from error
    if done.returncode:
        last = "\n  ".join(_last_lines(done.stderr.splitlines() or done.stdout.splitlines()))
        raise LaunchError(f"{' '.join(command)} failed with code {done.returncode}:\n  {last}")
    return done.stdout


def _last_lines(lines: Sequence[str]) -> Sequence[str]:
    return lines[-15:]


@contextlib.contextmanager
def uninstrumented() -> Iterator[None]:
    """Keep the calls that testcontainers makes of Docker out of the app's telemetry.

    An app in this process may have instrumented `requests`, which the Docker SDK uses.
    """
    context: Any = sys.modules.get("opentelemetry.context")
    if context is None:
        yield
        return
    # Source: opentelemetry.instrumentation.utils.suppress_instrumentation.
    token = context.attach(context.set_value("suppress_instrumentation", True))  # noqa: FBT003
    try:
        yield
    finally:
        context.detach(token)
