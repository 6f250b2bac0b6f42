"""`regex`: text that a pattern is found in, within a time limit."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import Any

from harness.errors import PatternTimeout
from harness.expect.matcher import Matcher
from harness.expect.render import short

_BRACE = re.compile(r"\\N\{[^}]*\}|\\.|\{(?:\d+|\d*,\d*)\}|\{", re.DOTALL)
LIMIT_S = 0.25
"""For one search; what backtracks without end is stopped then."""


@dataclass(frozen=True)
class Regex(Matcher):
    """Matches text in which the pattern is found.

    Attributes:
        place: ``file:line:column`` of the contract that says so; empty for Python's.
    """

    pattern: str
    flags: int = 0
    place: str = field(default="", compare=False)

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does.

        Raises:
            PatternTimeout: The search takes too long: whether it matches is not known.
        """
        if not isinstance(value, str):
            return f"str expected, {type(value).__name__} captured"
        try:
            found = _compiled(self.pattern, self.flags).search(value, timeout=LIMIT_S)
        except TimeoutError as error:
            raise PatternTimeout(
                f"{self.place}{': ' if self.place else ''}{self!r} ran longer than {LIMIT_S} s on"
                f" {len(value)} characters, {short(value)}; anchor it, and repeat nothing that repeats"
            ) from error
        return None if found else "the pattern is not found"

    def __repr__(self) -> str:
        if not self.flags:
            return f"regex({self.pattern!r})"
        return f"regex({self.pattern!r}, {re.RegexFlag(self.flags)!r})"


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str, flags: int) -> Any:
    # The standard library's engine cannot be stopped. Imported late: few scenarios have a pattern.
    import regex as engine

    ascii_only = engine.ASCII if flags & re.ASCII else 0  # the one flag that has another number there
    return engine.compile(_without_fuzziness(pattern), flags & ~(re.ASCII | re.DEBUG) | ascii_only)


def _without_fuzziness(pattern: str) -> str:
    """Return the pattern with each brace escaped that counts nothing: `re` takes it for text.

    The engine takes ``a{e}`` for an ``a`` with any number of errors. Source: regex on PyPI, "Approximate
    (fuzzy) matching".
    """
    return _BRACE.sub(lambda found: "\\{" if found[0] == "{" else found[0], pattern)


def regex(pattern: str, flags: int = 0) -> Regex:
    r"""Match text in which the pattern is found anywhere, as `re.search` does.

    Anchor it with ``^`` and ``$`` to match the whole text. A search that takes
    longer than 0.25 s is an error (`PatternTimeout`), and no mismatch.

    Raises:
        TypeError: The pattern is no text.
        ValueError: It is not a regular expression.

    Example:
        >>> regex(r"^GET /users/\d+$").matches("GET /users/7")
        True
    """
    import regex as engine

    if not isinstance(pattern, str):
        raise TypeError(f"regex: expected text, {pattern!r} given; a compiled pattern is a matcher by itself")
    try:
        re.compile(pattern, flags)
        _compiled(pattern, int(flags))
    except (re.error, engine.error, OverflowError, RecursionError) as error:
        raise ValueError(f"regex: {pattern!r} is not a regular expression: {error}") from error
    return Regex(pattern, int(flags))
