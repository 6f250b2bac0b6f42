"""`instance_of`: values of a type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.expect.matcher import Matcher


@dataclass(frozen=True)
class InstanceOf(Matcher):
    """Matches values of one of the types; a bool is not an int."""

    types: tuple[type, ...]

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if any(_is(value, kind) for kind in self.types):
            return None
        names = " or ".join(kind.__name__ for kind in self.types)
        return f"{names} expected, {type(value).__name__} captured"

    def __repr__(self) -> str:
        return f"instance_of({', '.join(kind.__name__ for kind in self.types)})"


def _is(value: Any, kind: type) -> bool:
    if isinstance(value, bool) and kind in (int, float):
        return False
    if kind in (list, tuple):  # a captured sequence may be either
        return isinstance(value, list | tuple)
    return isinstance(value, kind)


def instance_of(*types: type) -> InstanceOf:
    """Match values of one of the types; a bool is not an int, a list is a tuple.

    Raises:
        TypeError: No type, or something that is not one.

    Example:
        >>> instance_of(int).matches(True)
        False
    """
    if not types:
        raise TypeError("instance_of: expected at least one type, none given")
    for kind in types:
        if not isinstance(kind, type):
            raise TypeError(f"instance_of: expected a type, {kind!r} given")
    return InstanceOf(types)
