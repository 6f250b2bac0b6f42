"""A compose file, and those that it includes and extends, as services.

Source: the Compose file reference, "include", "extends" and "merge".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from harness.doctor.checks import finding
from harness.doctor.env_file import entries_of, malformed_lines
from harness.doctor.interpolation import interpolate, is_malformed, required_in
from harness.doctor.service_reader import ServiceReader
from harness.doctor.services import Service
from harness.doctor.text import line_of, parse_yaml, read_if_possible, shown_path
from harness.errors import ConfigurationError
from harness.model import Finding, Level, Site

UNREAD = "compose_file_unread"
_REMOTE = re.compile(r"[\w+.-]+://|[\w.-]+@[\w.-]+:|github\.com/")
"""What Compose clones or pulls. Source: docker/compose, `pkg/remote`."""
_NOT_THERE = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_MOST_EXTENDED = 100
"""Services one above the other. Compose knows no limit; nobody reads so many."""


def read_services(file: Path, variables: Mapping[str, str], notes: list[Finding]) -> dict[str, Service]:
    """Return name → service, those of included files, too.

    Args:
        variables: For its ``${…}``.
        notes: Gets what is left out.

    Raises:
        ConfigurationError: The file cannot be read, or is no compose file.
    """
    return _Files(notes).services(file, file.parent, variables, ())


class _File(NamedTuple):
    """A compose file; its paths are relative to the directory."""

    path: Path
    directory: Path
    variables: Mapping[str, str]
    document: dict[Any, Any]

    def site(self, holder: Any, key: Any) -> Site:
        return Site(shown_path(self.path), line_of(holder, key))


class _Files:
    def __init__(self, notes: list[Finding]) -> None:
        self._notes = notes
        self._known: set[Path] = set()

    def services(
        self, path: Path, directory: Path, variables: Mapping[str, str], including: tuple[Path, ...]
    ) -> dict[str, Service]:
        """Return the services of a file.

        Args:
            including: The files by which it is included, the first of them first.
        """
        self._known.add(path.resolve())
        including = (*including, path.resolve())
        file = _file(path, directory, variables)
        found: dict[str, Service] = {}
        for name, service in self._included(file, including):
            found[name] = service.over(found[name]) if name in found else service
        return found | {
            str(name): self._service(file, name, ()) for name in file.document.get("services") or ()
        }

    def _included(self, file: _File, including: tuple[Path, ...]) -> Iterator[tuple[str, Service]]:
        for site, options in self._include_items(file):
            names = _texts(file, options["path"])
            homes, env_files = (
                [file.directory / text for text in _texts(file, options.get(key))]
                for key in ("project_directory", "env_file")
            )
            for name in names:
                path = file.directory / name
                home = homes[0] if homes else (file.directory / names[0]).parent
                variables = {
                    **self._variables(env_files or [home / ".env"], file.variables),
                    **file.variables,
                }
                if path.resolve() in including:
                    self._notes.append(_circle(name, site, including[including.index(path.resolve()) :]))
                    continue
                try:
                    if path.resolve() not in self._known:
                        yield from self.services(path, home, variables, including).items()
                except ConfigurationError as error:
                    self._leave_out(site, name, error)

    def _include_items(self, file: _File) -> Iterator[tuple[Site, dict[Any, Any]]]:
        """Yield the options of each item of `include`, and where it stands; note those that are none."""
        items = file.document.get("include")
        if items is not None and not isinstance(items, list):
            self._notes.append(_no_include(items, file.site(file.document, "include"), "a list of files"))
            return
        for index, item in enumerate(items or ()):
            options = item if isinstance(item, dict) else {"path": item}
            path = options.get("path")
            if path and all(isinstance(text, str) for text in (path if isinstance(path, list) else [path])):
                yield file.site(items, index), options
            else:
                self._notes.append(
                    _no_include(item, file.site(items, index), "a file, or a mapping with path")
                )

    def _variables(self, env_files: list[Path], environ: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for file in filter(Path.exists, env_files):
            text = read_if_possible(file, self._notes)
            self._notes += malformed_lines(text, file)
            found.update({entry.name: entry.value for entry in entries_of(text, environ)})
        return found

    def _leave_out(self, site: Site, name: str, error: ConfigurationError) -> None:
        """Note a file that is named and not read."""
        unknown = "what it says of services is not known here, and a host may be one of them"
        if not isinstance(error.__cause__, _NOT_THERE):
            self._notes.append(finding(UNREAD, site, f"{error}; {unknown}", level=Level.WARNING))
        elif _REMOTE.match(name):
            words = f"{name!r} is no local file, and nothing is fetched; {unknown}"
            self._notes.append(finding(UNREAD, site, words, level=Level.WARNING))
        else:
            words = f"there is no file {name!r}: Compose starts nothing; make it, or correct its path"
            self._notes.append(finding(UNREAD, site, words))

    def _service(self, file: _File, name: Any, extending: tuple[tuple[Path, str], ...]) -> Service:
        """Return a service, over the one that it extends.

        Args:
            extending: File and name of those that extend it.
        """
        services = file.document["services"]
        reader = ServiceReader(
            file.path,
            file.variables,
            self._notes,
            directory=file.directory,
            networks=file.document.get("networks"),
        )
        service = reader.service(str(name), services, name)
        self._notes += _refused(services[name], file)
        extends = services[name].get("extends")
        if extends is None:
            return service
        site = file.site(services[name], "extends")
        options = extends if isinstance(extends, dict) else {"service": extends}
        base, other = str(options.get("service")), file
        extending = (*extending, (file.path.resolve(), str(name)))
        if len(extending) > _MOST_EXTENDED:
            raise ConfigurationError(
                f"{site}: {extending[0][1]!r} extends more than {_MOST_EXTENDED} services, each by way of "
                "the one before; let it extend one of the last of them directly"
            )
        if options.get("file") is not None:
            (named,) = _texts(file, str(options["file"]))
            path = file.directory / named
            try:
                other = _file(path, path.parent, file.variables)
            except ConfigurationError as error:
                self._leave_out(site, named, error)
                return service
        if base not in (other.document.get("services") or ()):
            raise ConfigurationError(
                f"{site}: {name!r} extends {base!r}, which is no service of {other.path}"
            )
        if (other.path.resolve(), base) in extending:
            raise ConfigurationError(f"{site}: {name!r} extends itself, by way of {base!r}")
        return service.over(self._service(other, base, extending))


def _file(path: Path, directory: Path, variables: Mapping[str, str]) -> _File:
    document = parse_yaml(path)
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict) and not (services is None and "include" in (document or ())):
        raise ConfigurationError(f"{path}: has no services; give a compose file")
    return _File(path, directory, variables, document)


def _texts(file: _File, value: Any) -> list[str]:
    """Return the texts of a member that is one, or a list of them, with variables put in."""
    texts = value if isinstance(value, list) else [] if value is None else [value]
    return [interpolate(str(text), file.variables) for text in texts]


def _no_include(given: Any, site: Site, expected: str) -> Finding:
    words = f"include has {given!r:.80}, expected {expected}: Compose starts nothing"
    return finding("include_invalid", site, words)


def _circle(name: str, site: Site, files: tuple[Path, ...]) -> Finding:
    """Return the finding of files of which each includes the next, and the last the first."""
    way = "".join(f", by way of {shown_path(file)}" for file in files[1:])
    words = f"include has {name!r}, which includes itself{way}: Compose starts nothing; take one of them out"
    return finding("include_invalid", site, words)


def _refused(node: Any, file: _File) -> Iterator[Finding]:
    """Yield each value below a node for which Compose starts nothing."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from _refused(value, file)
        elif isinstance(value, str) and is_malformed(value):
            yield finding(
                "interpolation_invalid",
                file.site(node, key),
                f"{value!r} has a $ that begins no variable: Compose answers invalid interpolation format, "
                "and starts nothing; write ${NAME}, or $$ for a dollar",
            )
        elif isinstance(value, str):
            for place in required_in(value, file.variables):
                yield finding(
                    "variable_required",
                    file.site(node, key),
                    f"{place.name} is required ({place.word or 'no reason is given'}), and is not set: "
                    "Compose starts nothing; set it in .env or the environment",
                )
