"""A service's `environment` as it is written: what of it Compose refuses.

Source: compose-spec.json, `list_or_dict`; a name with white space is refused by Compose 1, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.doctor.checks import finding
from harness.model import Finding, Site

ID = "environment_invalid"
_NOTHING_STARTS = "Compose starts nothing"
_LIST = f"expected text: {_NOTHING_STARTS}; write - NAME=value"


def pairs_of(block: Any) -> Iterator[tuple[Any, str, Any, str]]:
    """Yield key or index, name, value (None for the one of the environment), and why Compose refuses it."""
    if isinstance(block, dict):
        for key, value in block.items():
            name = "" if key is None else str(key)
            yield key, name, value, _why_no_value(value) or _why_no_name(name)
    else:
        for index, item in enumerate(block):
            if isinstance(item, str):
                name, equals, value = item.partition("=")
                yield index, name, value if equals else None, _why_no_name(name)
            else:
                yield index, "", None, f"{_shown(item)}, {_LIST}"


def invalid(site: Site, why: str) -> Finding:
    """Return the finding of an item that Compose refuses."""
    return finding(ID, site, f"environment has {why}")


def empty(site: Site) -> Finding:
    """Return the finding of an `environment` with nothing below it."""
    return finding(
        ID, site, f"environment is empty, expected a mapping or a list: {_NOTHING_STARTS}; take the line out"
    )


def _why_no_value(value: Any) -> str:
    if not isinstance(value, dict | list):
        return ""
    return f"{_shown(value)} as a value, expected text, a number or true or false: {_NOTHING_STARTS}"


def _why_no_name(name: str) -> str:
    if name and not any(map(str.isspace, name)):
        return ""
    return f"{name!r} as a name, expected one without white space: {_NOTHING_STARTS}; write NAME=value"


def _shown(value: Any) -> str:
    """Return a value of a document as text of one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(item)}" for key, item in value.items())[:80] + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value))[:80] + "]"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return repr(value)
