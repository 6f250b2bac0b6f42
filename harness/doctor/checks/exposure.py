"""Ports that should not be public, and secrets written in clear."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.interpolation import variables_in
from harness.doctor.project import Project
from harness.model import Finding, Level

_SECRET = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|ACCESS_KEY|OTLP_(?:\w+_)?HEADERS", re.IGNORECASE)
_TELEMETRY_PORTS = {2000: "the X-Ray daemon", 4317: "OTLP over gRPC", 4318: "OTLP over HTTP"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check(project: Project) -> Iterator[Finding]:
    """Yield public telemetry ports and literal secrets."""
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
        for name, setting in service.environment.items():
            if _SECRET.search(name) and _literal_secret(setting.raw):
                yield finding(
                    "secret_in_clear",
                    setting.site,
                    f"{name} of service {service.name!r} is written in clear; take it from the environment: "
                    f"{name}: ${{{name}}}",
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


def _literal_secret(raw: str) -> bool:
    """Return whether a value holds something that comes from no variable."""
    if not raw or variables_in(raw):
        return False
    # Of headers, the values: key=value,key=value.
    values = [part.partition("=")[2] for part in raw.split(",")] if "=" in raw else [raw]
    return any(value.strip() for value in values)
