"""Rebuilding a record: every field of every struct in it through one function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
Change = Callable[[str, Any], Any]


def rebuild(value: T, change: Change) -> T:
    """Return the struct with each plain field value passed through `change`.

    Structs, and tuples in their fields, are walked; `change` gets (field name,
    value) for everything else, whole dicts included. What does not change is
    shared with the original, and so is a part that occurs more than once.

    >>> from harness.model import Site
    >>> rebuild(Site("a.py", 1), lambda name, value: 2 if name == "line" else value)
    Site(file='a.py', line=2, function='')
    """
    return cast("T", _Rebuild(change).of("", value))


class _Rebuild:
    def __init__(self, change: Change) -> None:
        self._change = change
        # Keyed by id: the original record outlives the walk.
        self._known: dict[int, Any] = {}

    def of(self, name: str, value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            if id(value) not in self._known:
                self._known[id(value)] = self._struct(value)
            return self._known[id(value)]
        if isinstance(value, tuple):
            items = tuple(self.of(name, item) for item in value)
            return value if all(map(_is, items, value)) else items
        return self._change(name, value)

    def _struct(self, value: msgspec.Struct) -> Any:
        changes = {}
        for name in value.__struct_fields__:
            before = getattr(value, name)
            after = self.of(name, before)
            if after is not before:
                changes[name] = after
        return msgspec.structs.replace(value, **changes) if changes else value


def _is(one: object, other: object) -> bool:
    return one is other
