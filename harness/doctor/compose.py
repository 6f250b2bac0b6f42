"""A compose file as services, with the line of each value."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.doctor.checks import finding
from harness.doctor.env_file import entries_of, malformed_lines
from harness.doctor.interpolation import interpolate, is_malformed
from harness.doctor.ports import port_numbers
from harness.doctor.text import line_of, parse_yaml, read_if_possible, shown_path
from harness.errors import ConfigurationError
from harness.model import Finding, Level, Site


class Setting(msgspec.Struct, frozen=True):
    """A value of a file.

    Attributes:
        raw: As it is written.
        value: With variables put in.
    """

    raw: str
    value: str
    site: Site


class Port(msgspec.Struct, frozen=True):
    """A published port, one of a range; `host` is empty for every interface."""

    target: int
    protocol: str
    host: str
    site: Site


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One service.

    Attributes:
        names: By which the others reach it.
        context: The directory that its image is built from; None without a build.
        environment: Of `environment`, and of the files of `env_file`, which the site tells.
        command: Its arguments, each as PID 1 gets it.
        log_group: Where Docker's awslogs driver writes its output; None for another driver.
        network: Its `network_mode`: ``host``, ``service:NAME``, ``container:NAME``; empty for its own.
        extra_hosts: Name → address that its container knows besides.
    """

    name: str
    site: Site
    names: frozenset[str] = frozenset()
    image: str = ""
    context: Path | None = None
    environment: dict[str, Setting] = {}
    ports: tuple[Port, ...] = ()
    command: tuple[Setting, ...] = ()
    log_group: Setting | None = None
    network: str = ""
    extra_hosts: dict[str, str] = {}

    @property
    def shares_network(self) -> bool:
        """Whether its network is the machine's, or another container's."""
        return self.network.startswith(("host", "service:", "container:"))


def read_services(file: Path, variables: Mapping[str, str], notes: list[Finding]) -> dict[str, Service]:
    """Return name → service.

    Args:
        variables: For its ``${…}``.
        notes: Gets what is left out.

    Raises:
        ConfigurationError: The file cannot be read, or is no compose file.
    """
    document = parse_yaml(file)
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        raise ConfigurationError(f"{file}: has no services; give a compose file")
    notes += _malformed(services, file)
    reader = _Reader(file, variables, notes)
    return {str(name): reader.service(str(name), services, name) for name in services}


def _malformed(node: Any, file: Path) -> Iterator[Finding]:
    """Yield each value below a node that Compose does not interpolate."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from _malformed(value, file)
        elif isinstance(value, str) and is_malformed(value):
            yield finding(
                "interpolation_invalid",
                Site(shown_path(file), line_of(node, key)),
                f"{value!r} has a $ that begins no variable: Compose answers invalid interpolation format, "
                "and starts nothing; write ${NAME}, or $$ for a dollar",
            )


_SHAPES = {"dict": "a mapping", "list": "a list", "str": "a string"}


class _Reader:
    def __init__(self, file: Path, variables: Mapping[str, str], notes: list[Finding]) -> None:
        self._file = file
        self._variables = variables
        self._notes = notes

    def service(self, name: str, services: Any, key: Any) -> Service:
        body = services[key]
        site = self._site(services, key)
        if not isinstance(body, dict):
            raise ConfigurationError(f"{site}: service {name!r} is not a mapping")
        build = body.get("build")
        context = build.get("context", ".") if isinstance(build, dict) else build
        return Service(
            name=name,
            site=site,
            names=frozenset(self._names(name, body)),
            image=str(body.get("image", "")),
            context=None if context is None else self._file.parent / str(context),
            environment={
                **dict(self._env_files(body, self._block(body, "env_file", str, list))),
                **dict(self._environment(self._block(body, "environment", dict, list) or {})),
            },
            ports=tuple(self._ports(self._block(body, "ports", list) or [])),
            command=tuple(self._command(body, self._block(body, "command", str, list))),
            log_group=self._log_group(body.get("logging")),
            network=interpolate(str(body.get("network_mode", "")), self._variables),
            extra_hosts=dict(self._extra_hosts(self._block(body, "extra_hosts", dict, list))),
        )

    def _site(self, holder: Any, key: Any) -> Site:
        return Site(shown_path(self._file), line_of(holder, key))

    def _block(self, body: Any, key: str, *kinds: type) -> Any:
        """Return a member of a service, None when it has none."""
        value = body.get(key)
        if value is None or isinstance(value, kinds):
            return value
        words = " or ".join(_SHAPES[kind.__name__] for kind in kinds)
        raise ConfigurationError(f"{self._site(body, key)}: {key} is {value!r}, expected {words}")

    def _setting(self, raw: Any, site: Site) -> Setting:
        text = "" if raw is None else str(raw).lower() if isinstance(raw, bool) else str(raw)
        return Setting(text, interpolate(text, self._variables), site)

    def _names(self, name: str, body: Any) -> Iterator[str]:
        yield name
        for key in ("container_name", "hostname"):
            if key in body:
                yield interpolate(str(body[key]), self._variables)
        networks = body.get("networks")
        for network in networks.values() if isinstance(networks, dict) else ():
            aliases = network.get("aliases") if isinstance(network, dict) else None
            yield from map(str, aliases if isinstance(aliases, list) else ())

    def _extra_hosts(self, block: Any) -> Iterator[tuple[str, str]]:
        if isinstance(block, dict):
            yield from ((str(name), str(address)) for name, address in block.items())
        else:
            for item in block or ():  # name=address, or name:address
                name, _, address = str(item).replace("=", ":", 1).partition(":")
                yield name.strip(), interpolate(address.strip(), self._variables)

    def _env_files(self, body: Any, block: Any) -> Iterator[tuple[str, Setting]]:
        for index, item in enumerate([block] if isinstance(block, str) else block or ()):
            site = self._site(body, "env_file") if isinstance(block, str) else self._site(block, index)
            options = item if isinstance(item, dict) else {"path": item}
            name = interpolate(str(options.get("path", "")), self._variables)
            file = self._file.parent / name
            if file.exists():
                text = read_if_possible(file, self._notes)
                self._notes += malformed_lines(text, file)
                for entry in entries_of(text, self._variables):
                    yield entry.name, Setting(entry.raw, entry.value, Site(shown_path(file), entry.line))
            elif options.get("required", True):
                self._notes.append(
                    finding(
                        "env_file_missing",
                        site,
                        f"env_file {name!r} is not there, so what it sets is not known here, and Compose "
                        "does not start without it; make it, or write required: false",
                        level=Level.WARNING,
                    )
                )

    def _environment(self, block: Any) -> Iterator[tuple[str, Setting]]:
        if isinstance(block, dict):
            for key, raw in block.items():
                # A key without a value takes the one of the environment.
                text = f"${{{key}}}" if raw is None else raw
                yield str(key), self._setting(text, self._site(block, key))
        else:
            for index, item in enumerate(block):
                key, equals, raw = str(item).partition("=")
                yield key, self._setting(raw if equals else f"${{{key}}}", self._site(block, index))

    def _ports(self, block: Any) -> Iterator[Port]:
        for index, item in enumerate(block):
            site = self._site(block, index)
            if isinstance(item, dict):
                target, host, protocol = (
                    interpolate(str(item.get(key, "")), self._variables)
                    for key in ("target", "host_ip", "protocol")
                )
            else:
                text, _, protocol = interpolate(str(item), self._variables).partition("/")
                host, _, target = text.rpartition(":")
                host = host.rpartition(":")[0].strip("[]")
            for number in port_numbers(target):
                yield Port(number, protocol or "tcp", host, site)

    def _log_group(self, logging: Any) -> Setting | None:
        options = logging.get("options") if isinstance(logging, dict) else None
        if not isinstance(options, dict) or "awslogs-group" not in options:
            return None
        return self._setting(options["awslogs-group"], self._site(options, "awslogs-group"))

    def _command(self, body: Any, command: Any) -> Iterator[Setting]:
        if isinstance(command, str):
            site = self._site(body, "command")
            try:
                words = shlex.split(command)
            except ValueError as error:
                raise ConfigurationError(f"{site}: command is {command!r}: {error}") from error
            yield from (self._setting(word, site) for word in words)
        elif command is not None:
            for index, item in enumerate(command):
                yield self._setting(item, self._site(command, index))
