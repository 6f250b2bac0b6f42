"""Networks that services share.

Source: the Compose file reference, "network_mode"; what is checked is compose-go's `checkConsistency`.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.closest import closest
from harness.doctor.checks import finding
from harness.doctor.project import Project
from harness.model import Finding


def check(project: Project) -> Iterator[Finding]:
    """Yield each service that shares the network of one that does not exist."""
    for service in project.services.values():
        kind, _, name = service.network.partition(":")
        if kind != "service" or name in project.services or project.has_unread_services:
            continue
        close = closest(name, project.services)
        hint = f"did you mean {close!r}?" if close else "name one of them"
        yield finding(
            "network_mode_unknown",
            service.network_mode.site if service.network_mode else service.site,
            f"network_mode of service {service.name!r} is {service.network!r}, and the services are "
            f"{', '.join(sorted(project.services))}: Compose starts nothing; {hint}",
        )
