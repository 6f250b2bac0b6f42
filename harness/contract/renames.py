"""Which key another one became: without evidence, one is missing and the other is undeclared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from harness.closest import likeness
from harness.expect.matcher import Matcher
from harness.expect.matchers.combine import AnyOf
from harness.expect.matchers.regex import Regex
from harness.expect.matchers.text import EndsWith, HexId, StartsWith
from harness.expect.matchers.time import Iso8601
from harness.expect.presence import Absent

ALIKE = 0.6
"""How alike the names of what was renamed are at least."""
_FORMS = (EndsWith, HexId, Iso8601, Regex, StartsWith)
_DISTINCTIVE_LENGTH = 3
_DISTINCTIVE_NUMBER = 10


def successor(name: str, expected: Any, fitting: Collection[str]) -> str | None:
    """Return which key another one became, None where nothing says so: that the type fits says nothing.

    Args:
        expected: What is said of the value.
        fitting: Keys that nothing was said of, and of whose value the same holds.

    >>> successor("coupon", 3, ["rows", "coupon_id"]), successor("coupon", 3, ["rows"])
    ('coupon_id', None)
    >>> successor("coupon", "SPRING", ["promotion"])
    'promotion'
    """
    if not fitting:
        return None
    near = max(sorted(fitting), key=lambda other: likeness(name, other))
    return near if likeness(name, near) >= ALIKE or _is_telling(expected) else None


def _is_telling(expected: Any) -> bool:
    """Return whether it is no coincidence that what is said of one key holds of another."""
    if isinstance(expected, AnyOf):
        return all(_is_telling(one) for one in expected.parts if not isinstance(one, Absent))
    if isinstance(expected, Matcher):
        return isinstance(expected, _FORMS)
    return bool(expected) if isinstance(expected, Mapping) else is_distinctive(expected)


def is_distinctive(value: Any) -> bool:
    """Return whether the same value under two keys is no coincidence.

    >>> is_distinctive(True), is_distinctive(3), is_distinctive("SPRING")
    (False, False, True)
    """
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return abs(value) >= _DISTINCTIVE_NUMBER
    return not isinstance(value, str | tuple | list) or len(value) >= _DISTINCTIVE_LENGTH
