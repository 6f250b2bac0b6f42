"""The members of a service of a compose file.

Source: the Compose file reference, "Services".
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.doctor import environment
from harness.doctor.checks import finding
from harness.doctor.env_file import entries_of, malformed_lines
from harness.doctor.interpolation import interpolate
from harness.doctor.ports import is_port, port_numbers
from harness.doctor.services import Port, Service, Setting
from harness.doctor.text import line_of, read_if_possible, shown_path
from harness.errors import ConfigurationError
from harness.model import Finding, Level, Site

_SHAPES = {"dict": "a mapping", "list": "a list", "str": "a string"}


class ServiceReader:
    """Reads the services of one file.

    Args:
        variables: For its ``${…}``.
        notes: Gets what is left out.
        directory: To which its paths are relative.
        networks: The file's.
    """

    def __init__(
        self,
        file: Path,
        variables: Mapping[str, str],
        notes: list[Finding],
        *,
        directory: Path,
        networks: Any = None,
    ) -> None:
        self._file = file
        self._directory = directory
        self._known_networks = networks if isinstance(networks, dict) else {}
        self._variables = variables
        self._notes = notes

    def service(self, name: str, services: Any, key: Any) -> Service:
        """Return the service of a key.

        Raises:
            ConfigurationError: A member is not what it should be.
        """
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
            context=None if context is None else self._directory / str(context),
            build_args=dict(self._build_args(build)),
            of_environment=dict(self._environment(body)),
            of_env_files=dict(self._env_files(body, self._block(body, "env_file", str, list))),
            ports=tuple(self._ports(self._block(body, "ports", list) or [])),
            command=tuple(self._command(body, self._block(body, "command", str, list))),
            log_group=self._log_group(body.get("logging")),
            network_mode=self._network_mode(body),
            networks=frozenset(self._networks(body.get("networks"))),
            extra_hosts=dict(self._extra_hosts(self._block(body, "extra_hosts", dict, list))),
            profiles=frozenset(
                interpolate(str(name), self._variables) for name in self._block(body, "profiles", list) or ()
            ),
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

    def _network_mode(self, body: Any) -> Setting | None:
        if body.get("network_mode") is None:
            return None
        return self._setting(body["network_mode"], self._site(body, "network_mode"))

    def _names(self, name: str, body: Any) -> Iterator[str]:
        yield name
        for key in ("container_name", "hostname"):
            if key in body:
                yield interpolate(str(body[key]), self._variables)
        networks = body.get("networks")
        for network in networks.values() if isinstance(networks, dict) else ():
            aliases = network.get("aliases") if isinstance(network, dict) else None
            yield from map(str, aliases if isinstance(aliases, list) else ())

    def _networks(self, block: Any) -> Iterator[str]:
        """Yield the names that Docker has for the networks of a service."""
        for key in map(str, block if isinstance(block, dict | list) and block else ["default"]):
            network = self._known_networks.get(key)
            name = network.get("name", key) if isinstance(network, dict) else key
            yield interpolate(str(name), self._variables)

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
            file = self._directory / name
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

    def _environment(self, body: Any) -> Iterator[tuple[str, Setting]]:
        block = self._block(body, "environment", dict, list)
        if block is None and "environment" in body:
            self._notes.append(environment.empty(self._site(body, "environment")))
        for place, name, value, why in environment.pairs_of(block or ()):
            site = self._site(block, place)
            if why:
                self._notes.append(environment.invalid(site, why))
            else:
                yield name, self._named(name, value, site)

    def _named(self, name: str, value: Any, site: Site) -> Setting:
        """Return the setting of a name; one without a value takes that of the environment."""
        return self._setting(f"${{{name}}}" if value is None else value, site)

    def _build_args(self, build: Any) -> Iterator[tuple[str, Setting]]:
        block = build.get("args") if isinstance(build, dict) else None
        pairs = environment.pairs_of(block if isinstance(block, dict | list) else ())
        for place, name, value, why in pairs:
            if not why:
                yield name, self._named(name, value, self._site(block, place))

    def _ports(self, block: Any) -> Iterator[Port]:
        for index, item in enumerate(block):
            site = self._site(block, index)
            if isinstance(item, dict):
                target, published, host, protocol = (
                    interpolate(str(item.get(key, "")), self._variables)
                    for key in ("target", "published", "host_ip", "protocol")
                )
            else:
                text, _, protocol = interpolate(str(item), self._variables).partition("/")
                host, _, target = text.rpartition(":")
                host, _, published = host.rpartition(":")
                host = host.strip("[]")
            self._notes += (_no_port(given, site) for given in (target, published) if not is_port(given))
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


def _no_port(given: str, site: Site) -> Finding:
    return finding(
        "port_invalid",
        site,
        f"ports has {given!r}, which is no port: Compose starts nothing; expected 1 to 65535, or first-last",
    )
