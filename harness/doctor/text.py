"""Reading files for the doctor: errors that name file and line."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from harness.doctor.checks import finding
from harness.errors import ConfigurationError
from harness.model import Finding, Level, Site

_ENCODING = "utf-8-sig"
_MAX_VALUES = 100_000


def read_text(file: Path) -> str:
    """Return a file's text.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        return _text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: {_why(error)}; check the path") from error


def read_if_possible(file: Path, notes: list[Finding]) -> str:
    """Return a file's text; of one that cannot be read, nothing but a note."""
    try:
        return _text(file)
    except (OSError, UnicodeDecodeError) as error:
        notes.append(left_out(file, _why(error)))
        return ""


def read_bytes(file: Path) -> bytes:
    """Return a file's content; raise OSError when it cannot be read."""
    _refuse_pipe(file)
    return file.read_bytes()


def _text(file: Path) -> str:
    _refuse_pipe(file)
    return file.read_text(encoding=_ENCODING)


def _refuse_pipe(file: Path) -> None:
    if file.is_fifo() or file.is_socket():  # which would wait for a writer
        raise OSError(errno.EINVAL, "it is no file", str(file))


def left_out(file: Path, reason: str) -> Finding:
    """Return the note of a file that is not looked at."""
    site = Site(shown_path(file), 1)
    return finding("file_left_out", site, f"{reason}; the file is left out", level=Level.INFO)


def _why(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text: {error.reason}"
    return f"cannot be read: {error.strerror}"


def parse_yaml(file: Path) -> Any:
    """Return a YAML file's document, whose mappings and lists know their lines.

    Raises:
        ConfigurationError: It cannot be read, is not YAML, or is more than a person writes.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = read_text(file)
    try:
        document = YAML().load(text)
        _count(document, file, {})
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{file}:{line}: is not YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError, AttributeError) as error:
        # ruamel.yaml fails by AttributeError on a mapping that is merged into itself.
        raise ConfigurationError(f"{file}: is not YAML: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(
            f"{file}:{_deepest(text)}: is nested too deeply; write it flatter"
        ) from error
    return document


def _count(node: Any, file: Path, known: dict[int, int]) -> int:
    """Return how many values a node holds, those of an alias each time.

    Raises:
        ConfigurationError: So many that showing them would not end.
    """
    if not isinstance(node, dict | list):
        return 1
    if id(node) not in known:
        children = node.values() if isinstance(node, dict) else node
        known[id(node)] = 1 + sum(_count(child, file, known) for child in children)
    if known[id(node)] > _MAX_VALUES:
        raise ConfigurationError(
            f"{file}:{_first_line(node)}: aliases make more than {_MAX_VALUES:,} values of it; write it out"
        )
    return known[id(node)]


def _deepest(text: str) -> int:
    """Return the line that opens most brackets, or is indented most."""
    lines = text.splitlines()

    def depth(number: int) -> int:
        line = lines[number]
        return len(line) - len(line.lstrip(" ")) + sum(map(line.count, "[{"))

    return max(range(len(lines)), key=depth) + 1


def line_of(holder: Any, key: Any) -> int:
    """Return the line of a key of a mapping, or of an item of a list, of a document.

    A key that ``<<`` merges stands where it is merged from.
    """
    if key in (holder.lc.data or {}):
        return int(holder.lc.data[key][0]) + 1
    for item in getattr(holder, "merge", ()):
        merged = item[1] if isinstance(item, tuple) else item  # ruamel.yaml 0.18 pairs it with its position
        if key in merged:
            return line_of(merged, key)
    return _first_line(holder)


def _first_line(holder: Any) -> int:
    return int(holder.lc.line) + 1


def shown_path(file: Path) -> str:
    """Return a path as findings show it: below the working directory relative to it."""
    absolute = Path(os.path.realpath(file))  # `resolve` raises RuntimeError for a link that leads to itself
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)
