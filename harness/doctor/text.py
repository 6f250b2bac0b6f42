"""Reading files for the doctor: errors that name file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import ConfigurationError


def read_text(file: Path) -> str:
    """Return a file's text.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 text: {error.reason}") from error


def parse_yaml(file: Path) -> Any:
    """Return a YAML file's document, whose mappings and lists know their lines.

    Raises:
        ConfigurationError: It cannot be read, or is not YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    text = read_text(file)
    try:
        return YAML().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{file}:{line}: is not YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError) as error:
        raise ConfigurationError(f"{file}: is not YAML: {error}") from error


def line_of(holder: Any, key: Any) -> int:
    """Return the line of a key of a mapping, or of an item of a list, of a document."""
    places = holder.lc
    place = places.item(key) if isinstance(key, int) and isinstance(holder, list) else places.key(key)
    return int(place[0]) + 1


def shown_path(file: Path) -> str:
    """Return a path as findings show it: below the working directory relative to it."""
    absolute = file.resolve()
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)
