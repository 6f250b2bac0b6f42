"""Walking a record: every field of every struct in it, to look at or to rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import is_
from typing import Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import astuple, replace

T = TypeVar("T")
Change = Callable[[Any], Any]
# No walk changes these, and most fields hold one.
SETTLED: frozenset[type] = frozenset({int, bool, type(None)})
# What holds nothing else.
FLAT = SETTLED | {float, str, bytes}


def rebuild(value: T, change: Change, settled: frozenset[type] = SETTLED) -> T:
    """Return the struct with each plain field value passed through `change`.

    Structs, and tuples in their fields, are walked; `change` gets everything
    else, whole dicts included. What does not change is shared with the
    original, and so is a part that occurs more than once.

    Args:
        settled: Types whose values stay as they are, without a call.

    >>> from harness.model import Site
    >>> rebuild(Site("a.py", 1), str.upper)
    Site(file='A.PY', line=1, function='')
    """
    return cast("T", _Rebuild(change, settled)[type(value)](value))


def containers(value: Struct) -> Iterator[Any]:
    """Yield each dict, and whatever else can hold one, in the fields of a struct and of those in it.

    >>> from harness.model import RunRecord
    >>> list(containers(RunRecord(packages={"msgspec": "0.20"})))
    [{'msgspec': '0.20'}]
    """
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, Struct):
            item = astuple(item)
        if isinstance(item, tuple):
            pending += [below for below in item if type(below) not in FLAT]
        else:
            yield item


class _Rebuild(dict[type, Change]):
    """Type → what is done to a value of it."""

    def __init__(self, change: Change, settled: frozenset[type]) -> None:
        super().__init__()
        self._change = change
        self._settled = settled
        # Keyed by id: the original record outlives the walk.
        self._known: dict[int, Any] = {}

    def __missing__(self, kind: type) -> Change:
        if issubclass(kind, Struct):
            way: Change = self._struct
        else:
            way = self._tuple if issubclass(kind, tuple) else self._change
        self[kind] = way
        return way

    def _items(self, values: Iterable[Any]) -> list[Any]:
        settled = self._settled
        return [value if (kind := type(value)) in settled else self[kind](value) for value in values]

    def _tuple(self, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if not value:
            return value
        items = self._items(value)
        return value if all(map(is_, items, value)) else tuple(items)

    def _struct(self, value: Struct) -> Any:
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = self._rebuilt(value)
        return known

    def _rebuilt(self, value: Struct) -> Struct:
        before = astuple(value)
        after = self._items(before)
        if all(map(is_, after, before)):
            return value
        fields = zip(value.__struct_fields__, before, after, strict=True)
        return replace(value, **{name: new for name, old, new in fields if new is not old})
