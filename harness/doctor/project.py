"""Everything that the checks look at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.doctor.commands import Command, commands_in
from harness.doctor.compose import UNREAD, read_services
from harness.doctor.env_file import entries_of, malformed_lines
from harness.doctor.ports import port_numbers
from harness.doctor.services import Service
from harness.doctor.source import Source, read_source
from harness.doctor.text import line_of, parse_yaml, read_if_possible, read_text, shown_path
from harness.errors import ConfigurationError
from harness.model import Finding, Site

_COMMAND_FILES = ("*.sh", "*.md")
_SKIPPED = frozenset({"node_modules", ".venv", ".git"})


class WorkspacePort(msgspec.Struct, frozen=True):
    """A port of a Gitpod file, one of a range."""

    number: int
    name: str
    visibility: str
    site: Site


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project's wiring.

    Attributes:
        directory: That of the compose file.
        services: By name.
        source: What the code below the directory says.
        commands: ``aws xray`` and ``aws logs`` in its scripts and documents.
        workspace_ports: Of the Gitpod file.
        profiles: That COMPOSE_PROFILES switches on.
        notes: What could not be looked at.
    """

    directory: Path
    services: dict[str, Service] = {}
    source: Source = Source()
    commands: tuple[Command, ...] = ()
    workspace_ports: tuple[WorkspacePort, ...] = ()
    profiles: frozenset[str] = frozenset()
    notes: tuple[Finding, ...] = ()

    def service_at(self, host: str) -> Service | None:
        """Return the service that the others reach by a name."""
        return next((service for service in self.services.values() if host in service.names), None)

    @property
    def has_unread_services(self) -> bool:
        """Whether services may come from a compose file that is not read."""
        return any(note.id == UNREAD for note in self.notes)


def read_project(
    compose: Path,
    *,
    gitpod: Path | None = None,
    env_files: Iterable[Path] = (),
    environ: Mapping[str, str] | None = None,
) -> Project:
    """Read a project's files.

    Args:
        compose: The compose file; scripts, documents and code are looked for below its directory.
        gitpod: The Gitpod file, if there is one.
        env_files: Files of variables for the compose file's ``${…}``, the last of which wins; ``.env``
            beside it is read first anyway.
        environ: This process's environment by default.

    Raises:
        ConfigurationError: A file cannot be read, or is not what it should be.
    """
    directory = compose.parent
    environ = os.environ if environ is None else environ
    notes: list[Finding] = []
    beside = directory / ".env"
    texts = [(beside, read_if_possible(beside, notes))] if beside.exists() else []
    texts += [(file, read_text(file)) for file in env_files]
    variables: dict[str, str] = {}
    for file, text in texts:
        notes += malformed_lines(text, file)
        variables.update({entry.name: entry.value for entry in entries_of(text, environ)})
    known = {**variables, **environ}
    switched_on = known.get("COMPOSE_PROFILES", "").split(",")
    return Project(
        directory=directory,
        profiles=frozenset(name.strip() for name in switched_on if name.strip()),
        services=read_services(compose, known, notes),
        source=read_source(directory, notes),
        commands=tuple(_commands(directory, notes)),
        workspace_ports=tuple(_workspace_ports(gitpod)) if gitpod else (),
        notes=tuple(notes),
    )


def _commands(directory: Path, notes: list[Finding]) -> Iterator[Command]:
    for file in _command_files(directory):
        yield from commands_in(read_if_possible(file, notes), file)


def _command_files(directory: Path) -> list[Path]:
    found = (file for pattern in _COMMAND_FILES for file in directory.rglob(pattern))
    return sorted(file for file in found if not _SKIPPED & set(file.relative_to(directory).parts))


def _workspace_ports(file: Path) -> Iterator[WorkspacePort]:
    document: Any = parse_yaml(file)
    ports = document.get("ports") if isinstance(document, dict) else None
    if ports is not None and not isinstance(ports, list):
        raise ConfigurationError(f"{shown_path(file)}: ports is {ports!r}, expected a list")
    for index, item in enumerate(ports or ()):
        if not isinstance(item, dict):
            continue
        line = line_of(item, "visibility") if "visibility" in item else line_of(ports, index)
        for number in port_numbers(str(item.get("port", ""))):
            yield WorkspacePort(
                number,
                str(item.get("name", "")),
                str(item.get("visibility", "private")),
                Site(shown_path(file), line),
            )
