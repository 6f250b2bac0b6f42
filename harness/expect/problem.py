"""A problem: a finding that does not yet know where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.closest import closest
from harness.expect.compare import Difference, Path, first_difference
from harness.expect.render import short, some
from harness.model.secrets import is_secret_key, without_literals


@dataclass(frozen=True)
class Problem:
    """What does not hold for one captured value.

    Attributes:
        id: The id of the finding it becomes.
        about: What it is about, whatever value was captured; the message where that says all.
    """

    id: str
    message: str
    about: str = ""


def about(difference: Difference, name: str) -> str:
    """Return what problems share whose captured values differ, and not their types.

    Args:
        name: Of the place that differs.
    """
    return f"{name} {difference.kind} {type(difference.captured).__name__}"


def mismatch(name: str, expected: Any, captured: Any, reason: str = "") -> str:
    """Return ``name: expected …, captured … (reason)``, without the values of a secret's name.

    Example:
        >>> mismatch("retries", 3, "3", "int expected, str captured")
        "retries: expected 3, captured '3' (int expected, str captured)"
    """
    if is_secret_key(name):
        reason = without_literals(reason) or _where_secrets_differ(expected, captured)
    why = f" ({reason})" if reason else ""
    return f"{name}: expected {short(expected, key=name)}, captured {short(captured, key=name)}{why}"


def _where_secrets_differ(expected: Any, captured: Any) -> str:
    """Return what tells two texts apart of which neither is shown."""
    if isinstance(expected, str) and isinstance(captured, str):
        return f"first difference at character {first_difference(expected, captured)}"
    return ""


def dotted(path: Path, prefix: str = "") -> str:
    """Return a path as text: ``response.headers[0]``."""
    text = prefix
    for part in map(str, path):  # a log record's body may have keys of any type
        text += part if part.startswith("[") or not text else f".{part}"
    return text


def missing(noun: str, prefix: str, difference: Difference, hint: Callable[[Path], str]) -> str:
    """Return ``no attribute 'x'; closest: 'y' = 3``.

    Args:
        noun: What a key of this mapping is called.
        prefix: What shown paths start with.
        hint: Path of the missing key → where else its value was captured, or empty.
    """
    text = f"no {noun} {dotted(difference.path, prefix)!r}"
    if elsewhere := hint(difference.path):
        return f"{text}; {elsewhere}"
    siblings, above = difference.siblings, difference.siblings_path
    if not siblings:
        return f"{text}; none was captured"
    if near := closest(difference.path[len(above)], siblings):
        return f"{text}; closest: {dotted((*above, near), prefix)!r} = {short(siblings[near], key=near)}"
    return f"{text}; captured: {some(repr(dotted((*above, key), prefix)) for key in siblings)}"
