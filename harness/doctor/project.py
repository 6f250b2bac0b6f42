"""Everything that the checks look at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.doctor.commands import Command, read_commands
from harness.doctor.compose import Service, read_services
from harness.doctor.source import Source, read_source
from harness.doctor.text import line_of, parse_yaml, read_text, shown_path
from harness.errors import ConfigurationError
from harness.model import Site

_COMMAND_FILES = ("*.sh", "*.md")
_SKIPPED = frozenset({"node_modules", ".venv", ".git"})


class WorkspacePort(msgspec.Struct, frozen=True):
    """A port of a Gitpod file."""

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
    """

    directory: Path
    services: dict[str, Service] = {}
    source: Source = Source()
    commands: tuple[Command, ...] = ()
    workspace_ports: tuple[WorkspacePort, ...] = ()


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
        env_files: Files of variables for the compose file's ``${…}``; ``.env`` beside it is read anyway.
        environ: This process's environment by default.

    Raises:
        ConfigurationError: A file cannot be read, or is not what it should be.
    """
    directory = compose.parent
    beside = directory / ".env"
    variables: dict[str, str] = {}
    for file in (*([beside] if beside.exists() else []), *env_files):
        variables.update(_env_file(file))
    variables.update(os.environ if environ is None else environ)
    return Project(
        directory=directory,
        services=read_services(compose, variables),
        source=read_source(directory),
        commands=tuple(command for file in _command_files(directory) for command in read_commands(file)),
        workspace_ports=tuple(_workspace_ports(gitpod)) if gitpod else (),
    )


def _env_file(file: Path) -> Iterator[tuple[str, str]]:
    for line in read_text(file).splitlines():
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if equals:  # a name alone is taken from the environment, as Compose does
            yield name.strip(), value.strip().strip("'\"")


def _command_files(directory: Path) -> list[Path]:
    found = (file for pattern in _COMMAND_FILES for file in directory.rglob(pattern))
    return sorted(file for file in found if not _SKIPPED & set(file.relative_to(directory).parts))


def _workspace_ports(file: Path) -> Iterator[WorkspacePort]:
    document: Any = parse_yaml(file)
    ports = document.get("ports") if isinstance(document, dict) else None
    if ports is not None and not isinstance(ports, list):
        raise ConfigurationError(f"{shown_path(file)}: ports is {ports!r}, expected a list")
    for index, item in enumerate(ports or ()):
        if isinstance(item, dict) and str(item.get("port", "")).isdecimal():
            line = line_of(item, "visibility") if "visibility" in item else line_of(ports, index)
            yield WorkspacePort(
                int(item["port"]),
                str(item.get("name", "")),
                str(item.get("visibility", "private")),
                Site(shown_path(file), line),
            )
