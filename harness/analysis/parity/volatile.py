"""Text that names a moment, an id or a port: it differs in any two runs."""

from __future__ import annotations

import re
from typing import Any

_PARTS = re.compile(
    r"""(?i:\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)
    |\b1-[0-9a-f]{8}-[0-9a-f]{24}\b
    |\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?
    |\b0x[0-9a-f]+\b
    |\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b
    |(?<=:)\d{2,5}(?![\d.:])
    |(?<=port=)\d{2,5}\b""",
    re.VERBOSE,
)


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
        return _PARTS.sub("*", first) == _PARTS.sub("*", second)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same_form(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same_form, first, second))
    return bool(first == second)
