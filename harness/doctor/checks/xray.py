"""The X-Ray daemon's address, against the service that runs the daemon, and the names of segments."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from harness.doctor.checks import finding
from harness.doctor.hosts import host_problem, profile_problem
from harness.doctor.project import Project
from harness.doctor.services import Service, Setting
from harness.model import Finding, Level

_ADDRESS = "AWS_XRAY_DAEMON_ADDRESS"
_URL = "AWS_XRAY_URL"
_DEFAULT_PORT = 2000
_LOOPBACK = re.compile(r"(?:127\.[\d.]+|localhost|\[::1\]):\d+\Z")
# Source: AWS X-Ray SDK for Python, daemon_config.py.
_FORM = re.compile(
    r"(?:[^\s:]+:\d+|(?:tcp:[^\s:]+:\d+ udp:[^\s:]+:\d+)|(?:udp:[^\s:]+:\d+ tcp:[^\s:]+:\d+))\Z"
)


def check(project: Project) -> Iterator[Finding]:
    """Yield what is wrong between apps and daemon, and what dynamic naming does to rules and groups."""
    daemons = [service for service in project.services.values() if service.is_xray_daemon]
    for one in daemons:
        yield from _command(one)
    for service in project.services.values():
        address = service.environment.get(_ADDRESS)
        if address is not None:
            yield from _address(project, daemons, service, address)
        elif daemon := _daemon_beside(project, daemons, service):
            yield finding(
                "xray_address_missing",
                service.site,
                f"service {service.name!r} sets no {_ADDRESS}: segments go to 127.0.0.1:2000 in its own "
                f"container, and nothing says that they are lost; add {_ADDRESS}: "
                f'"{daemon.name}:{_DEFAULT_PORT}"',
            )
    yield from _dynamic_naming(project)


def _daemon_beside(project: Project, daemons: list[Service], service: Service) -> Service | None:
    """Return the daemon that an app needs the address of; one that only a profile starts may be left out."""
    built = service.context is not None
    if not built or service.shares_network or "aws_xray_sdk" not in project.source.imports:
        return None
    return next((daemon for daemon in daemons if not profile_problem(project, service, daemon)), None)


def _command(daemon: Service) -> Iterator[Finding]:
    for setting, address in _bound(daemon):
        if _LOOPBACK.match(address) and not daemon.shares_network:
            yield finding(
                "xray_daemon_loopback",
                setting.site,
                f"the daemon listens on {address}, which is inside its own container: other services do not "
                f"reach it, and UDP to nobody gives no error; bind 0.0.0.0:{address.rpartition(':')[2]}",
            )
    for word in daemon.command:
        if " " in word.value.strip():
            yield finding(
                "command_in_one_argument",
                word.site,
                f"the daemon gets {word.value!r} as one argument; expected one list item for each word, "
                "or a string instead of a list",
                level=Level.WARNING,
            )


def _address(
    project: Project, daemons: list[Service], service: Service, address: Setting
) -> Iterator[Finding]:
    if not _FORM.match(address.value):
        yield finding(
            "xray_address_invalid",
            address.site,
            f"{_ADDRESS} is {address.value!r}, expected host:port, or tcp:host:port udp:host:port"
            + ("; an empty one raises while the SDK is imported" if not address.value else ""),
        )
        return
    for host, port in re.findall(r"([^\s:]+):(\d+)(?:\s|\Z)", address.value):
        daemon = project.service_at(host)
        if why := host_problem(project, service, host):
            yield finding(
                "xray_address_unknown",
                address.site,
                f"{_ADDRESS} has host {host!r}, which {why}; UDP to nobody gives no error",
            )
        elif why := profile_problem(project, service, daemon):
            yield finding(
                "xray_address_unknown",
                address.site,
                f"{_ADDRESS} has host {host!r}, which {why}; UDP to nobody gives no error",
                level=Level.WARNING,
            )
        elif daemon in daemons and int(port) not in _ports_of(daemon):
            listens = ", ".join(map(str, sorted(_ports_of(daemon))))
            yield finding(
                "xray_port_mismatch",
                address.site,
                f"{_ADDRESS} has port {port}, and service {host!r} listens on {listens}; "
                "UDP to nobody gives no error",
            )


def _ports_of(daemon: Service) -> set[int]:
    ports = {int(match[1]) for _, text in _bound(daemon) if (match := re.search(r":(\d+)\Z", text))}
    return ports or {_DEFAULT_PORT}


def _bound(daemon: Service) -> Iterator[tuple[Setting, str]]:
    """Yield the addresses that the daemon's command binds, each with where it stands."""
    words = [(setting, word) for setting in daemon.command for word in setting.value.split()]
    for (setting, word), (after, following) in itertools.zip_longest(
        words, words[1:], fillvalue=(Setting("", "", daemon.site), "")
    ):
        name, equals, value = word.partition("=")
        if name in ("-b", "-t", "--bind", "--bind-tcp"):
            yield (setting, value) if equals else (after, following)


def _dynamic_naming(project: Project) -> Iterator[Finding]:
    """Yield defects of names that follow the Host header while rules and groups know one name."""
    if not project.source.dynamic_naming or not project.source.segments:
        return
    name = project.source.segments[0]
    known = [rule for rule in ("create-sampling-rule", "create-group") if _uses(project, rule)]
    if not known:
        return
    for service in project.services.values():
        url = service.environment.get(_URL)
        if url is not None:
            yield finding(
                "xray_dynamic_naming",
                url.site,
                f"with {_URL} {url.raw!r} a segment takes the name of the Host that matches it, so "
                f"{_words(known)} for {name.text!r} no longer match; localhost hides this: leave "
                f"dynamic_naming out ({project.source.dynamic_naming[0].site})",
                level=Level.WARNING,
            )


def _uses(project: Project, operation: str) -> bool:
    return any(command.operation == operation for command in project.commands)


def _words(operations: list[str]) -> str:
    names = {"create-sampling-rule": "the sampling rule", "create-group": "the group"}
    return " and ".join(names[operation] for operation in operations)
