"""`between`, `approx`, `gt`, `ge`, `lt` and `le`: where a number lies."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Any

from harness.expect.matcher import Matcher

_ORDERS = {
    "gt": ("greater than", operator.gt),
    "ge": ("at least", operator.ge),
    "lt": ("less than", operator.lt),
    "le": ("at most", operator.le),
}


def _not_number(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return None
    return f"int or float expected, {type(value).__name__} captured"


@dataclass(frozen=True)
class Order(Matcher):
    """Matches numbers on one side of a bound."""

    name: str
    bound: float

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        words, holds = _ORDERS[self.name]
        return _not_number(value) or (None if holds(value, self.bound) else f"not {words} {self.bound!r}")

    def __repr__(self) -> str:
        return f"{self.name}({self.bound!r})"


@dataclass(frozen=True)
class Between(Matcher):
    """Matches numbers in a closed interval."""

    low: float
    high: float

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if reason := _not_number(value):
            return reason
        if value < self.low:
            return f"less than {self.low!r}"
        return None if value <= self.high else f"not between {self.low!r} and {self.high!r}"

    def __repr__(self) -> str:
        return f"between({self.low!r}, {self.high!r})"


@dataclass(frozen=True)
class Approx(Matcher):
    """Matches numbers near a value."""

    value: float
    rel: float | None
    abs: float | None

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if reason := _not_number(value):
            return reason
        # As pytest.approx: an absolute tolerance alone switches the relative one off.
        default = 1e-6 if self.abs is None else 0.0
        rel = self.rel if self.rel is not None else default
        tolerance = max(rel * abs(self.value), self.abs if self.abs is not None else 1e-12)
        if value == self.value or math.fabs(value - self.value) <= tolerance:
            return None
        return f"further away than {tolerance!r}"

    def __repr__(self) -> str:
        tolerances = {"rel": self.rel, "abs": self.abs}
        given = [f", {name}={value!r}" for name, value in tolerances.items() if value is not None]
        return f"approx({self.value!r}{''.join(given)})"


def _require_numbers(name: str, *values: Any) -> None:
    """Refuse what could only fail when it is compared."""
    for value in values:
        if _not_number(value):
            raise TypeError(f"{name}: expected an int or a float, {value!r} given")


def gt(bound: float) -> Order:
    """Match numbers greater than the bound.

    Example:
        >>> gt(0).matches(0)
        False
    """
    _require_numbers("gt", bound)
    return Order("gt", bound)


def ge(bound: float) -> Order:
    """Match numbers that are at least the bound.

    Example:
        >>> ge(0).matches(0)
        True
    """
    _require_numbers("ge", bound)
    return Order("ge", bound)


def lt(bound: float) -> Order:
    """Match numbers less than the bound.

    Example:
        >>> lt(0.5).matches(0.25)
        True
    """
    _require_numbers("lt", bound)
    return Order("lt", bound)


def le(bound: float) -> Order:
    """Match numbers that are at most the bound.

    Example:
        >>> le(3).matches(4)
        False
    """
    _require_numbers("le", bound)
    return Order("le", bound)


def between(low: float, high: float) -> Between:
    """Match numbers from low to high, both included.

    Raises:
        ValueError: Low is not at most high, so that nothing could match.

    Example:
        >>> between(200, 299).matches(204)
        True
    """
    _require_numbers("between", low, high)
    if not low <= high:
        raise ValueError(f"between: expected low <= high, {low!r} and {high!r} given")
    return Between(low, high)


def approx(value: float, *, rel: float | None = None, abs: float | None = None) -> Approx:  # noqa: A002 - pytest.approx's name
    """Match numbers near the value, with the defaults of `pytest.approx`.

    Args:
        rel: Tolerance relative to the value, 1e-6 by default.
        abs: Absolute tolerance, 1e-12 by default.

    Raises:
        ValueError: A tolerance is negative.

    Example:
        >>> approx(0.3).matches(0.1 + 0.2)
        True
    """
    _require_numbers("approx", value, *(given for given in (rel, abs) if given is not None))
    for name, tolerance in (("rel", rel), ("abs", abs)):
        if tolerance is not None and not tolerance >= 0:
            raise ValueError(f"approx: expected {name} >= 0, {tolerance!r} given")
    return Approx(value, rel, abs)
