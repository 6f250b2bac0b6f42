"""Keys that are others in each run: one expected key stands for all that match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self


class KeyPattern(str):
    """An expected key that stands for each captured one which matches and is not named itself.

    Attributes:
        pattern: What the whole key must match.
    """

    __slots__ = ("pattern",)
    pattern: re.Pattern[str]

    def __new__(cls, text: str, pattern: str) -> Self:
        """Return the key that messages call by a text.

        >>> KeyPattern("user ‹number›", "user [0-9]+").among({"user 1": 3, "users": 1}, {})
        ['user 1']
        """
        key = super().__new__(cls, text)
        key.pattern = re.compile(pattern)
        return key

    def among(self, captured: Iterable[str], expected: Mapping[str, Any]) -> list[str]:
        """Return the captured keys that it stands for: not those that are expected by name."""
        return [key for key in captured if key not in expected and self.pattern.fullmatch(str(key))]


def declared_as(key: str, expected: Mapping[str, Any]) -> str | None:
    """Return the expected key that a captured one is, or is one of; None when there is none."""
    if key in expected:
        return key
    patterns = (one for one in expected if type(one) is KeyPattern)
    return next((one for one in patterns if one.pattern.fullmatch(str(key))), None)
