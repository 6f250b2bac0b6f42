"""Rebuilding a record: the fields of every struct in it through one function."""

from __future__ import annotations

import enum
import functools
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
Change = Callable[[str, Any], Any]

ALL: frozenset[Any] = frozenset({Any, dict, str, bytes, int, float, bool, enum.Enum, type(None)})


def rebuild(value: T, change: Change, kinds: frozenset[Any] = ALL) -> T:
    """Return the struct with its plain field values passed through `change`.

    Structs, and tuples in their fields, are walked; `change` gets (field name,
    value) for everything else that is not empty, whole dicts included. What does not
    change is shared with the original, and so is a part that occurs more than once.

    Args:
        kinds: Only fields whose annotation may hold one of these: `Any`, `dict`, `str`, …

    >>> from harness.model import Site
    >>> rebuild(Site("a.py", 1), lambda name, value: 2 if name == "line" else value)
    Site(file='a.py', line=2, function='')
    """
    return cast("T", _Rebuild(change, kinds).of("", value))


class _Rebuild:
    def __init__(self, change: Change, kinds: frozenset[Any]) -> None:
        self._change = change
        self._kinds = kinds
        # Keyed by id: the original record outlives the walk.
        self._known: dict[int, Any] = {}

    def of(self, name: str, value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            known = self._known.get(id(value))
            if known is None:
                known = self._known[id(value)] = self._struct(value)
            return known
        if type(value) is tuple:
            items = tuple([self.of(name, item) for item in value])
            return value if all(map(_is, items, value)) else items
        return self._change(name, value)

    def _struct(self, value: msgspec.Struct) -> Any:
        changes = {}
        for name in _fields(type(value), self._kinds):
            before = getattr(value, name)
            if before:
                after = self.of(name, before)
                if after is not before:
                    changes[name] = after
        return msgspec.structs.replace(value, **changes) if changes else value


@functools.cache
def _fields(struct: type[msgspec.Struct], kinds: frozenset[Any]) -> tuple[str, ...]:
    """Return the fields that hold structs, or may hold one of these kinds."""
    hints = typing.get_type_hints(struct)
    return tuple(
        name
        for name in struct.__struct_fields__
        if any(_kind(leaf) in kinds | {msgspec.Struct} for leaf in _leaves(hints[name]))
    )


def _leaves(hint: Any) -> Iterator[Any]:
    """Yield the types in an annotation: of unions and tuples their parts, of a dict itself."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union, tuple):
        for argument in typing.get_args(hint):
            if argument is not Ellipsis:
                yield from _leaves(argument)
    else:
        yield origin or hint


def _kind(leaf: Any) -> Any:
    for kind in (msgspec.Struct, enum.Enum):
        if isinstance(leaf, type) and issubclass(leaf, kind):
            return kind
    return leaf


def _is(one: object, other: object) -> bool:
    return one is other
