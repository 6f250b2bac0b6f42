"""`regex`: text that a pattern is found in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from harness.expect.matcher import Matcher


@dataclass(frozen=True)
class Regex(Matcher):
    """Matches text in which the pattern is found."""

    pattern: str
    flags: int = 0

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, str):
            return f"str expected, {type(value).__name__} captured"
        return None if _compiled(self.pattern, self.flags).search(value) else "the pattern is not found"

    def __repr__(self) -> str:
        if not self.flags:
            return f"regex({self.pattern!r})"
        return f"regex({self.pattern!r}, {re.RegexFlag(self.flags)!r})"


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    return re.compile(pattern, flags)


def regex(pattern: str, flags: int = 0) -> Regex:
    r"""Match text in which the pattern is found anywhere, as `re.search` does.

    Anchor it with ``^`` and ``$`` to match the whole text.

    Raises:
        ValueError: The pattern is not a regular expression.

    Example:
        >>> regex(r"^GET /users/\d+$").matches("GET /users/7")
        True
    """
    try:
        _compiled(pattern, int(flags))
    except re.error as error:
        raise ValueError(f"regex: {pattern!r} is not a regular expression: {error}") from error
    return Regex(pattern, int(flags))
