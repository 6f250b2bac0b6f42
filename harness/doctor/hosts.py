"""Whether a service reaches a host by the name that it is given."""

from __future__ import annotations

from harness.doctor.compose import Service
from harness.doctor.project import Project

_ITSELF = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def host_problem(project: Project, service: Service, host: str) -> str:
    """Return what is wrong with a host, as ``which …`` goes on; empty for one that may be there.

    An address, or a name with a dot, may be anywhere.
    """
    if host in _ITSELF:
        return f"inside a container is {service.name!r} itself"
    if project.service_at(host) or "." in host or ":" in host:
        return ""
    return f"is no service of this file ({', '.join(sorted(project.services))})"
