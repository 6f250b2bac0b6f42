"""`/regex`: a pattern that the standard library reads, matched within a time limit."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from harness.expect.matcher import Matcher

LIMIT_S = 0.25


@dataclass(frozen=True)
class BoundedRegex(Matcher):
    """Matches text in which the pattern is found; one that backtracks without end is stopped."""

    pattern: str

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, str):
            return f"str expected, {type(value).__name__} captured"
        try:
            found = _compiled(self.pattern).search(value, timeout=LIMIT_S)
        except TimeoutError:
            return f"the pattern ran longer than {LIMIT_S} s on {len(value)} characters; simplify it"
        return None if found else "not found"

    def __repr__(self) -> str:
        return f"regex({self.pattern!r})"


@functools.cache
def _compiled(pattern: str) -> Any:
    # The standard library's engine cannot be stopped.
    import regex

    return regex.compile(pattern)


def bounded_regex(pattern: str) -> BoundedRegex:
    """Match text in which a pattern is found.

    Raises:
        TypeError: The pattern is no text.
        ValueError: The pattern is not a regular expression.

    >>> bounded_regex("^[a-z]+$").matches("abc")
    True
    """
    import regex

    if not isinstance(pattern, str):
        raise TypeError(f"expected a pattern, {pattern!r} given")
    try:
        re.compile(pattern)
        _compiled(pattern)
    except (re.error, regex.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return BoundedRegex(pattern)
