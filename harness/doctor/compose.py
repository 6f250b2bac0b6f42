"""A compose file as services, with the line of each value."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.doctor.interpolation import interpolate
from harness.doctor.text import line_of, parse_yaml, shown_path
from harness.errors import ConfigurationError
from harness.model import Site


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
    """A published port; `host` is empty for every interface."""

    target: int
    protocol: str
    host: str
    site: Site


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One service.

    Attributes:
        context: The directory that its image is built from; None without a build.
        command: Its arguments, each as PID 1 gets it.
        log_group: Where Docker's awslogs driver writes its output; None for another driver.
    """

    name: str
    site: Site
    image: str = ""
    context: Path | None = None
    environment: dict[str, Setting] = {}
    ports: tuple[Port, ...] = ()
    command: tuple[Setting, ...] = ()
    log_group: Setting | None = None


def read_services(file: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """Return name → service.

    Raises:
        ConfigurationError: The file cannot be read, or is no compose file.
    """
    document = parse_yaml(file)
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        raise ConfigurationError(f"{file}: has no services; give a compose file")
    reader = _Reader(file, variables)
    return {str(name): reader.service(str(name), services, name) for name in services}


_SHAPES = {"dict": "a mapping", "list": "a list", "str": "a string"}


class _Reader:
    def __init__(self, file: Path, variables: Mapping[str, str]) -> None:
        self._file = file
        self._variables = variables

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
            image=str(body.get("image", "")),
            context=None if context is None else self._file.parent / str(context),
            environment=dict(self._environment(self._block(body, "environment", dict, list) or {})),
            ports=tuple(self._ports(self._block(body, "ports", list) or [])),
            command=tuple(self._command(body, self._block(body, "command", str, list))),
            log_group=self._log_group(body.get("logging")),
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
                target, host = str(item.get("target", "")), str(item.get("host_ip", ""))
                if target.isdecimal():
                    yield Port(int(target), str(item.get("protocol", "tcp")), host, site)
                continue
            text, _, protocol = interpolate(str(item), self._variables).partition("/")
            host, _, target = text.rpartition(":")
            host = host.rpartition(":")[0]
            if target.isdecimal():
                yield Port(int(target), protocol or "tcp", host, site)

    def _log_group(self, logging: Any) -> Setting | None:
        options = logging.get("options") if isinstance(logging, dict) else None
        if not isinstance(options, dict) or "awslogs-group" not in options:
            return None
        return self._setting(options["awslogs-group"], self._site(options, "awslogs-group"))

    def _command(self, body: Any, command: Any) -> Iterator[Setting]:
        if isinstance(command, str):
            site = self._site(body, "command")
            yield from (self._setting(word, site) for word in shlex.split(command))
        elif command is not None:
            for index, item in enumerate(command):
                yield self._setting(item, self._site(command, index))
