"""Telemetry ports that should not be public."""

from __future__ import annotations

from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.model import Finding, Level

_TELEMETRY_PORTS = {2000: "the X-Ray daemon", 4317: "OTLP over gRPC", 4318: "OTLP over HTTP"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check(project: Project) -> Iterator[Finding]:
    """Yield telemetry ports that others reach."""
    yield from _workspace(project)
    for service in project.services.values():
        for port in service.ports:
            if port.target in _TELEMETRY_PORTS and port.host not in _LOOPBACK:
                yield finding(
                    "port_published",
                    port.site,
                    f"port {port.target}/{port.protocol} ({_TELEMETRY_PORTS[port.target]}) is published on "
                    "every interface; services of this file reach it anyway: leave out, or bind 127.0.0.1",
                    level=Level.WARNING,
                )


def _workspace(project: Project) -> Iterator[Finding]:
    for port in project.workspace_ports:
        if port.number in _TELEMETRY_PORTS and port.visibility == "public":
            yield finding(
                "port_public",
                port.site,
                f"port {port.number} ({_TELEMETRY_PORTS[port.number]}) is public: anyone can send telemetry; "
                "set visibility: private",
            )
