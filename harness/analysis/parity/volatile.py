"""Text that names a moment, an id or a port: it differs in any two runs."""

from __future__ import annotations

from typing import Any

from harness.contract.forms import template_of


def same_form(first: Any, second: Any) -> bool:
    """Return True when two values have one type, and differ in moments, ids and ports at most.

    >>> same_form("at 2026-03-01T12:00:00+00:00", "at 2026-03-02T07:30:11+00:00")
    True
    >>> same_form("3 rows", "4 rows")
    False
    """
    if type(first) is not type(second):
        return False
    if isinstance(first, str):
        return template_of(first) == template_of(second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same_form(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same_form, first, second))
    return bool(first == second)
