"""Real backends cannot be reached from a captured process."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from types import ModuleType
from typing import Any

from harness.capture.call_site import app_call_site, resolve
from harness.capture.environment import REFUSED_DOMAINS
from harness.capture.patching import Patches
from harness.errors import OutboundRefused
from harness.model import Incident

# Source: gRPC core, "gRPC Name Resolution": "dns:[//authority/]host[:port]", or the host alone.
_TARGET = re.compile(r"(?:dns:(?://[^/]*/)?)?(?P<host>[^:/]+)(?::\d+)?")


def is_refused(host: object) -> bool:
    """Return whether a host name belongs to a real telemetry backend."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    name = host.rstrip(".").lower()
    return any(name == domain or name.endswith(f".{domain}") for domain in REFUSED_DOMAINS)


def refuse_real_backends(patches: Patches, report: Callable[[Incident], None]) -> None:
    """Make look-ups of and connections to `REFUSED_DOMAINS` raise `OutboundRefused`.

    gRPC looks names up and connects in C; its channels are made to nowhere, for their calls to fail.

    Args:
        report: Receives an incident ``outbound_refused`` for each attempt, because
            exporters swallow the exception. Its site is a line of the app, or None.
    """
    guard = _Guard(report)

    def watch_grpc(module: ModuleType) -> None:
        patches.wrap(module.Channel, "__init__", guard.channel)

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        patches.wrap(socket, name, guard.look_up)
    patches.wrap(socket.socket, "connect", guard.connect)
    patches.wrap(socket.socket, "connect_ex", guard.connect)
    for name in ("sendto", "sendmsg"):  # datagrams, without a connection
        if hasattr(socket.socket, name):
            patches.wrap(socket.socket, name, guard.send)
    patches.when_imported("grpc._channel", watch_grpc)
    patches.when_imported("grpc.aio._channel", watch_grpc)


class _Guard:
    """Wrappers that refuse."""

    def __init__(self, report: Callable[[Incident], None]) -> None:
        self._report = report

    def look_up(self, original: Callable[..., Any], host: object, *args: Any, **kwargs: Any) -> Any:
        self._check(host)
        return original(host, *args, **kwargs)

    def connect(self, original: Callable[..., Any], own: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple):
            self._check(address[0])
        return original(own, address)

    def send(self, original: Callable[..., Any], own: socket.socket, *args: Any) -> Any:
        if len(args) > 1 and isinstance(args[-1], tuple) and args[-1]:
            self._check(args[-1][0])
        return original(own, *args)

    def channel(
        self, original: Callable[..., None], own: Any, target: object, *args: Any, **kwargs: Any
    ) -> None:
        host = _host_of(target)
        if is_refused(host):
            self._told(host)
            target = f"unix:/refused-by-telemetry-harness/{host}"  # what a failed call says of it
        original(own, target, *args, **kwargs)

    def _check(self, host: object) -> None:
        if is_refused(host):
            raise OutboundRefused(self._told(host))

    def _told(self, host: object) -> str:
        name = host.decode() if isinstance(host, bytes) else str(host)
        message = (
            f"connection to {name!r} refused: a captured process reaches no real backend; "
            "take the endpoint from the environment (AWS_ENDPOINT_URL, OTEL_EXPORTER_OTLP_ENDPOINT)"
        )
        site = resolve(app_call_site())
        self._report(
            Incident(id="outbound_refused", channel="harness", name=name, message=message, site=site)
        )
        return message


def _host_of(target: object) -> str | None:
    """Return the host of a gRPC target, None for what has none.

    >>> _host_of("dns:///api.honeycomb.io:443")
    'api.honeycomb.io'
    """
    found = _TARGET.fullmatch(target) if isinstance(target, str) else None
    return found["host"] if found else None
