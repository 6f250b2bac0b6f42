"""Files of variables: ``.env``, and a service's ``env_file``.

Source: the Compose file reference, "Environment variables", "Env file syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from harness.doctor.checks import finding
from harness.doctor.interpolation import interpolate
from harness.doctor.text import shown_path
from harness.model import Finding, Site

_ENTRY = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?P<name>[\w.-]+)[ \t]*[=:]
    (?:[ \t]*'(?P<single>[^']*)' | [ \t]*"(?P<double>(?:\\.|[^"\\])*)" | (?P<plain>[^\n]*))""",
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
_NOTHING = re.compile(r"(?:export[ \t]+)?[\w.-]*[ \t]*(?:#.*)?")
"""A comment, nothing at all, or a name alone, which takes its value from the environment."""
_MAX_SHOWN = 40
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class Entry(NamedTuple):
    """One variable.

    Attributes:
        raw: Its value as it is written, without quotes.
        value: With variables put in.
    """

    name: str
    raw: str
    value: str
    line: int


def entries_of(text: str, environ: Mapping[str, str]) -> Iterator[Entry]:
    r"""Yield the variables of a file.

    Args:
        environ: What its ``${…}`` may take besides the variables before them; it wins over those.

    >>> [(e.name, e.value) for e in entries_of("export A=1 # one\nB=\"x${A}\"\nC='x${A}'", {})]
    [('A', '1'), ('B', 'x1'), ('C', 'x${A}')]
    """
    known: dict[str, str] = {}
    for match in _ENTRY.finditer(text):
        line = text.count("\n", 0, match.start("name")) + 1
        raw = value = match["single"]
        if raw is None:
            raw = _unescaped(match["double"]) if match["double"] is not None else _bare(match["plain"])
            value = interpolate(raw, {**known, **environ})
        known[match["name"]] = value
        yield Entry(match["name"], raw, value, line)


def malformed_lines(text: str, file: Path) -> Iterator[Finding]:
    """Yield what Compose refuses of a file; a value may be a secret, and is not shown."""
    for match in _ENTRY.finditer(text):
        plain = match["plain"] or ""
        if plain.lstrip()[:1] in ("'", '"'):
            yield _malformed(
                file,
                text.count("\n", 0, match.start("name")) + 1,
                f"{match['name']} has a quote that does not close",
            )
    rest = _ENTRY.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(rest.split("\n"), 1):
        if not _NOTHING.fullmatch(line.strip()):
            name = re.split("[=:]", line.strip(), maxsplit=1)[0][:_MAX_SHOWN]
            yield _malformed(file, number, f"{name!r} is no name of a variable")


def _malformed(file: Path, line: int, what: str) -> Finding:
    return finding(
        "env_file_malformed",
        Site(shown_path(file), line),
        f"{what}: Compose reads nothing of the file, and starts nothing; write NAME=value",
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)


def _bare(text: str) -> str:
    """Return a value without quotes; a comment begins after a blank."""
    return re.split(r"\s#", text, maxsplit=1)[0].strip()
