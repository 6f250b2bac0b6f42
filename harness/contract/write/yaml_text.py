"""Plain values as YAML text, the same text for the same value on every machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SAFE = re.compile(r"[A-Za-z_/](?:[\w /.,@<>%+$=\[\]()-]|:(?=\S))*(?<! )", re.ASCII)
_RESOLVED = re.compile(r"(?i)(true|false|null|yes|no|on|off|\.inf|\.nan)\Z")
_INDENT = "  "
DIFFERS = "differs"
WRITTEN_COMMENT = re.compile(rf"# (?:\d+ values, such as .*|more than \d+ values|{DIFFERS})")
"""What `Said` puts behind a value: it goes when the value does."""


@dataclass(frozen=True)
class Said:
    """A value with a comment behind it, of which only printable characters stay: YAML refuses others."""

    value: Any
    comment: str

    def __post_init__(self) -> None:
        printable = "".join(char if char.isprintable() else "�" for char in self.comment)
        object.__setattr__(self, "comment", printable)


class Verbatim(dict[str, Any]):
    """An item of a list as a file has it.

    Args:
        lines: From its dash on.
    """

    def __init__(self, value: Mapping[str, Any], lines: Sequence[str]) -> None:
        super().__init__(value)
        self.lines = lines


def yaml_lines(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the lines of a mapping or a list, one item a line.

    >>> list(yaml_lines({"a": [1, {"b": "x: y"}], "c": {}}))
    ['a:', '  - 1', "  - b: 'x: y'", 'c: {}']
    """
    pad = _INDENT * depth
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(f"{pad}{scalar_text(key)}:", item, depth)
    else:
        for item in value:
            plain, comment = _split(item)
            if isinstance(plain, Verbatim):
                yield from (f"{pad}{line}" if line else "" for line in plain.lines)
            elif isinstance(plain, dict | list) and plain:
                lines = list(yaml_lines(plain, depth + 1))
                yield f"{pad}- {lines[0].lstrip()}{comment}"
                yield from lines[1:]
            else:
                yield f"{pad}- {scalar_text(plain)}{comment}"


def _entry(start: str, item: Any, depth: int) -> Iterator[str]:
    plain, comment = _split(item)
    if isinstance(plain, dict | list) and plain:
        yield f"{start}{comment}"
        yield from yaml_lines(plain, depth + 1)
    else:
        yield f"{start} {scalar_text(plain)}{comment}"


def _split(item: Any) -> tuple[Any, str]:
    return (item.value, f"  # {item.comment}") if isinstance(item, Said) else (item, "")


def scalar_text(value: Any) -> str:
    r"""Return a scalar, or an empty container, as YAML.

    >>> scalar_text("GET /"), scalar_text("12"), scalar_text(True), scalar_text("it's")
    ('GET /', "'12'", 'true', '"it\'s"')
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if _SAFE.fullmatch(value) and not _RESOLVED.match(value):
        return value
    if value.isprintable() and "'" not in value:
        return f"'{value}'"
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
