"""Real backends cannot be reached from a captured process."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from harness.capture.call_site import app_call_site, resolve
from harness.capture.patching import Patches
from harness.errors import OutboundRefused
from harness.model import Incident

REFUSED_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws", "honeycomb.io")


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

    Args:
        report: Receives an incident ``outbound_refused`` for each attempt, because
            exporters swallow the exception. Its site is a line of the app, or None.
    """

    def check(host: object) -> None:
        if is_refused(host):
            name = host.decode() if isinstance(host, bytes) else str(host)
            message = (
                f"connection to {name!r} refused: a captured process reaches no real backend; "
                "take the endpoint from the environment (AWS_ENDPOINT_URL, OTEL_EXPORTER_OTLP_ENDPOINT)"
            )
            report(
                Incident(
                    id="outbound_refused",
                    channel="harness",
                    name=name,
                    message=message,
                    site=resolve(app_call_site()),
                )
            )
            raise OutboundRefused(message)

    def getaddrinfo(original: Callable[..., Any], host: object, *args: Any, **kwargs: Any) -> Any:
        check(host)
        return original(host, *args, **kwargs)

    def connect(original: Callable[..., Any], self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple):
            check(address[0])
        return original(self, address)

    patches.wrap(socket, "getaddrinfo", getaddrinfo)
    patches.wrap(socket.socket, "connect", connect)
    patches.wrap(socket.socket, "connect_ex", connect)
