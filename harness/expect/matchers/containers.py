"""`contains`, `each` and `length`: what is inside text, lists and mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Any

from harness.expect.argument import WHOLE_NUMBER
from harness.expect.compare import differences, equal
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Matcher
from harness.expect.render import call, short
from harness.model.secrets import is_secret_key, without_literals


@dataclass(frozen=True)
class Contains(Matcher):
    """Matches text with a part, a list with an element, a mapping with a key."""

    item: Any

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if isinstance(value, str):
            return self._in_text(value)
        if isinstance(value, Mapping):
            return None if any(equal(self.item, key) for key in value) else "no such key"
        if isinstance(value, list | tuple):
            return None if any(equal(self.item, element) for element in value) else "no such element"
        return f"str, list or dict expected, {type(value).__name__} captured"

    def _in_text(self, value: str) -> str | None:
        if not isinstance(self.item, str):
            return "text contains text only"
        return None if self.item in value else "it is not in the text"

    def __repr__(self) -> str:
        return call("contains", self.item)


@dataclass(frozen=True)
class Each(Matcher):
    """Matches a list whose elements, or a mapping whose values, all match."""

    item: Any

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if isinstance(value, Mapping):
            pairs = list(value.items())
        elif isinstance(value, list | tuple):
            pairs = list(enumerate(value))
        else:
            return f"list or dict expected, {type(value).__name__} captured"
        for key, element in pairs:
            if found := differences(self.item, element):
                reason = f": {found[0].reason}" if found[0].reason else ""
                text = f"[{key!r}] is {short(element, key=key)}"
                return text + (without_literals(reason) if is_secret_key(key) else reason)
        return None

    def __repr__(self) -> str:
        return call("each", self.item)


@dataclass(frozen=True)
class Length(Matcher):
    """Matches text, lists and mappings of a length."""

    size: Any

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, Sized):
            return f"{type(value).__name__} has no length"
        return None if equal(self.size, len(value)) else f"its length is {len(value)}"

    def __repr__(self) -> str:
        return call("length", self.size)


def contains(item: Any) -> Contains:
    """Match text with this part, a list with this element, a mapping with this key.

    An element may be a matcher, or a mapping that is matched by subset.

    Example:
        >>> contains({"type": "TypeError"}).matches([{"type": "TypeError", "message": "x"}])
        True
    """
    return Contains(freeze(item))


def each(item: Any) -> Each:
    """Match a list whose elements all match, or a mapping whose values do.

    An empty one matches; `all_of(each(…), not_(length(0)))` wants more.

    Example:
        >>> from harness import instance_of
        >>> each(instance_of(int)).matches([1, "2"])
        False
    """
    return Each(freeze(item))


def length(size: int | AnyMatcher) -> Length:
    """Match text, lists and mappings of this length, or of a length that matches.

    Raises:
        TypeError: It is neither a whole number nor a matcher.

    Example:
        >>> length(2).matches(["a", "b"])
        True
    """
    wanted = freeze(size)
    WHOLE_NUMBER.require_frozen("length", "size", wanted)
    return Length(wanted)
