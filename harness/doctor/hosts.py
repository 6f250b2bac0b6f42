"""Whether a service reaches a host by the name that it is given.

Source: the Compose file reference, "network_mode", "extra_hosts" and "profiles".
"""

from __future__ import annotations

from harness.doctor.project import Project
from harness.doctor.services import Service

_ITSELF = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
_GATEWAY = "host-gateway"


def host_problem(project: Project, service: Service, host: str) -> str:
    """Return what is wrong with a host, as ``which …`` goes on; empty for one that may be there.

    An address, or a name with a dot, may be anywhere; a name may be a service of a file that is not read.
    """
    address = service.extra_hosts.get(host, host)
    if address in _ITSELF:
        # Who shares a network finds there what the machine, or the other container, listens on.
        return "" if service.shares_network else f"inside a container is {service.name!r} itself"
    if service.network == "none":
        return f"is not reached with network_mode: none of {service.name!r}: leave network_mode out"
    other = project.service_at(address)
    if other is not None:
        return _unreached(project, service, other)
    if address == _GATEWAY or "." in address or ":" in address or project.has_unread_services:
        return ""
    return f"is no service of this file ({', '.join(sorted(project.services))})"


def profile_problem(project: Project, service: Service, other: Service | None) -> str:
    """Return that a service may run while another does not, as ``which …`` goes on; empty where it cannot."""
    if other is None or not other.profiles or other.profiles & project.profiles:
        return ""
    if "*" in project.profiles or (service.profiles and service.profiles <= other.profiles):
        return ""
    names = " or ".join(map(repr, sorted(other.profiles)))
    return (
        f"only profile {names} starts: without it nobody listens there; start it with "
        f"--profile {min(other.profiles)} or COMPOSE_PROFILES, or leave profiles out"
    )


def _unreached(project: Project, service: Service, other: Service) -> str:
    """Return why a service does not reach another by name; a network of its own is what gives names."""
    if service.network == "host":
        return (
            f"no name leads to with network_mode: host of {service.name!r}: give localhost, "
            "and publish the port"
        )
    if other.network == "host" and other is not service:
        return (
            f"no name leads to with network_mode: host of {other.name!r}: give host.docker.internal, and "
            "extra_hosts: [host.docker.internal:host-gateway]"
        )
    for one in (service, other):
        if one.network in ("none", "bridge"):
            return (
                f"no name leads to with network_mode: {one.network} of {one.name!r}: leave network_mode out"
            )
    ours, theirs = _networks(project, service), _networks(project, other)
    if ours and theirs and not ours & theirs:
        return (
            f"is on no network of {service.name!r} ({', '.join(sorted(ours))}), but on "
            f"{', '.join(sorted(theirs))}: give both of them one"
        )
    return ""


def _networks(project: Project, service: Service) -> frozenset[str]:
    """Return the networks that a service is on; none when another container's are not known."""
    mode, _, name = service.network.partition(":")
    if mode == "service":
        service = project.services.get(name, service)
    return frozenset() if service.network else service.networks
