"""`starts_with`, `ends_with` and `hex_id`: what text looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.expect.argument import TEXT, WHOLE_NUMBER
from harness.expect.matcher import Matcher

_HEX = frozenset("0123456789abcdef")


def _not_text(value: Any) -> str:
    return f"str expected, {type(value).__name__} captured"


@dataclass(frozen=True)
class StartsWith(Matcher):
    """Matches text that starts with a prefix."""

    prefix: str

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, str):
            return _not_text(value)
        return None if value.startswith(self.prefix) else f"it starts with {value[: len(self.prefix)]!r}"

    def __repr__(self) -> str:
        return f"starts_with({self.prefix!r})"


@dataclass(frozen=True)
class EndsWith(Matcher):
    """Matches text that ends with a suffix."""

    suffix: str

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, str):
            return _not_text(value)
        return None if value.endswith(self.suffix) else f"it ends with {value[-len(self.suffix) :]!r}"

    def __repr__(self) -> str:
        return f"ends_with({self.suffix!r})"


@dataclass(frozen=True)
class HexId(Matcher):
    """Matches a trace, span or segment id."""

    digits: int

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, str):
            return _not_text(value)
        if len(value) != self.digits:
            return f"{len(value)} characters"
        if not _HEX.issuperset(value):
            return "not all are lower-case hex digits"
        return None if value.strip("0") else "all zeros is the invalid id"

    def __repr__(self) -> str:
        return f"hex_id({self.digits})"


def starts_with(prefix: str) -> StartsWith:
    """Match text that starts with the prefix.

    Raises:
        TypeError: It is no text.

    Example:
        >>> starts_with("/api/").matches("/api/health")
        True
    """
    TEXT.require("starts_with", prefix)
    return StartsWith(prefix)


def ends_with(suffix: str) -> EndsWith:
    """Match text that ends with the suffix.

    Raises:
        TypeError: It is no text.

    Example:
        >>> ends_with(".html").matches("index.html")
        True
    """
    TEXT.require("ends_with", suffix)
    return EndsWith(suffix)


def hex_id(digits: int) -> HexId:
    """Match an id of so many lower-case hex digits that are not all zero.

    W3C trace context has 32 for a trace id and 16 for a span id.

    Raises:
        TypeError: The number of digits is no whole number.
        ValueError: Fewer than one digit.

    Example:
        >>> hex_id(16).matches("00f067aa0ba902b7")
        True
    """
    WHOLE_NUMBER.require("hex_id", digits)
    if digits < 1:
        raise ValueError(f"hex_id: expected at least 1 digit, {digits!r} given")
    return HexId(digits)
