"""``aws`` commands in scripts and documents."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.doctor.text import shown_path
from harness.model import Site

_OPEN_JSON = re.compile(r"--cli-input-json[\s=]+'[^']*\Z")
_MAX_LINES = 500
_START = re.compile(r"^\s*(?:\$\s+)?aws\s+(?:xray|logs)\s+\S")


class Command(msgspec.Struct, frozen=True):
    """One ``aws xray …`` or ``aws logs …``.

    Attributes:
        service: ``xray`` or ``logs``.
        operation: ``create-group``.
        options: Option without its dashes → value; empty for a flag.
        file: Where it stands.
    """

    service: str
    operation: str
    options: dict[str, str]
    file: Path
    site: Site


def commands_in(text: str, file: Path) -> Iterator[Command]:
    """Yield the commands of a script or document, continued lines and those of its JSON joined.

    Args:
        file: Where the text is from.
    """
    number = 0
    lines = iter(text.splitlines())
    for line in lines:
        number += 1
        start, whole = number, line
        while (whole.endswith("\\") or _OPEN_JSON.search(whole)) and number - start < _MAX_LINES:
            number += 1
            whole = whole.removesuffix("\\") + " " + next(lines, "")
        if _START.match(whole):
            yield from _parsed(whole, file, Site(shown_path(file), start))


def _parsed(text: str, file: Path, site: Site) -> Iterator[Command]:
    try:
        words = shlex.split(text.strip().removeprefix("$"), comments=True)
    except ValueError:
        return  # quotes that do not close: prose, not a command
    if len(words) < 3:
        return  # aws xray # and a comment
    _, service, operation, *rest = words
    options: dict[str, str] = {}
    name = ""
    for word in rest:
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            options[name] = value
        elif name:
            options[name] = f"{options[name]} {word}".strip()
    yield Command(service, operation, options, file, site)
