"""Walking a record: every field of every struct in it, to look at or to rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from enum import Enum
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

T = TypeVar("T")
Change = Callable[[Any], Any]
# No walk changes these, and most fields hold one.
SETTLED: frozenset[type] = frozenset({int, bool, type(None)})
# What holds nothing else.
FLAT = SETTLED | {float, str, bytes}
# Python has one; most fields that hold a tuple hold this one.
_EMPTY: tuple[Any, ...] = ()


def rebuild(
    value: T,
    change: Change,
    settled: frozenset[type] = SETTLED,
    typed: frozenset[type] = frozenset(),
    *,
    unchanged: AbstractSet[str] = frozenset(),
) -> T:
    """Return the struct with each plain field value passed through `change`.

    Structs, and tuples in their fields, are walked; `change` gets everything
    else, whole dicts included. What does not change is shared with the
    original, and so is a part that occurs more than once.

    Args:
        settled: Types whose values stay as they are, without a call.
        typed: Types whose values do in fields of that type, and nowhere else.
        unchanged: Texts that `change` leaves as they are; it may add to them.

    >>> from harness.model import Site
    >>> rebuild(Site("a.py", 1), str.upper)
    Site(file='A.PY', line=1, function='')
    """
    return cast("T", _Rebuild(change, settled, settled | typed, unchanged)[type(value)](value))


def containers(value: Struct) -> Iterator[Any]:
    """Yield each dict that holds something, and what else can, in the fields of a struct and of those in it.

    >>> from harness.model import RunRecord
    >>> list(containers(RunRecord(packages={"msgspec": "0.20"})))
    [{'msgspec': '0.20'}]
    """
    pending: list[Any] = [value]
    while pending:
        item = pending.pop()
        if type(item) is dict:
            if item:
                yield item
            continue
        if isinstance(item, Struct):
            item = _reader_of(type(item), FLAT)(item)
        if isinstance(item, tuple):
            pending += [below for below in item if below is not _EMPTY and type(below) not in FLAT]
        else:
            yield item


class _Rebuild(dict[type, Change]):
    """Type → what is done to a value of it."""

    def __init__(
        self, change: Change, settled: frozenset[type], fields: frozenset[type], unchanged: AbstractSet[str]
    ) -> None:
        super().__init__()
        self._change = change
        self._unchanged = unchanged
        self._settled = settled
        self._fields = fields
        # Keyed by id: the original record outlives the walk.
        self._known: dict[int, Any] = {}

    def __missing__(self, kind: type) -> Change:
        if issubclass(kind, Struct):
            way: Change = self._way_of(kind)
        else:
            way = self._tuple if issubclass(kind, tuple) else self._change
        self[kind] = way
        return way

    def _tuple(self, value: tuple[Any, ...]) -> tuple[Any, ...]:
        settled, unchanged = self._settled, self._unchanged
        items: list[Any] | None = None
        for position, item in enumerate(value):
            kind = type(item)
            if kind in settled or item is _EMPTY or (kind is str and item in unchanged):
                continue
            new = self[kind](item)
            if new is not item:
                items = items or list(value)
                items[position] = new
        return value if items is None else tuple(items)

    def _way_of(self, kind: type[Struct]) -> Change:
        names = changing_fields(kind, self._fields)
        if not names:
            return lambda value: value
        read = _reader_of(kind, self._fields)
        if _is_flat(kind):
            return self._way_of_flat(names, read)
        trees = _trees_in(kind)
        known = self._known

        def rebuilt(value: Struct) -> Struct:
            found: Struct | None = known.get(id(value))
            if found is not None:
                return found
            if trees:
                for item in _innermost_first(value, trees):
                    self[type(item)](item)
            before = read(value)
            after = self._tuple(before)
            found = value if after is before else _changed(value, names, before, after)
            known[id(value)] = found
            return found

        return rebuilt

    def _way_of_flat(self, names: Iterable[str], read: Change) -> Change:
        """Return how to rebuild a status, a site, …: many that are equal, and most do not change."""
        unchanged: set[Struct] = set()

        def rebuilt(value: Struct) -> Struct:
            if value in unchanged:
                return value
            before = read(value)
            after = self._tuple(before)
            if after is not before:
                return _changed(value, names, before, after)
            unchanged.add(value)
            return value

        return rebuilt


def _changed(value: Struct, names: Iterable[str], before: Iterable[Any], after: Iterable[Any]) -> Struct:
    changes = zip(names, before, after, strict=True)
    return replace(value, **{name: new for name, old, new in changes if new is not old})


@cache
def _reader_of(kind: type[Struct], settled: frozenset[type]) -> Callable[[Struct], tuple[Any, ...]]:
    """Return a function from a struct to the values of its changing fields."""
    names = changing_fields(kind, settled)
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda _: ()
    read = attrgetter(*names)
    return lambda value: (read(value),)


@cache
def _hints_of(kind: type[Struct]) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def changing_fields(kind: type[Struct], settled: frozenset[type]) -> tuple[str, ...]:
    """Return the fields whose type lets a walk change them."""
    hints = _hints_of(kind)
    return tuple(name for name in kind.__struct_fields__ if _may_change(hints[name], settled))


def _may_change(hint: Any, settled: frozenset[type]) -> bool:
    """Return False for what is settled, for enumerations, and for what consists of nothing else."""
    if parts := get_args(hint):
        inner = [part for part in parts if part is not ...]
        return get_origin(hint) is dict or any(_may_change(part, settled) for part in inner)
    if not isinstance(hint, type):
        return True
    if hint in settled or issubclass(hint, Enum):
        return False
    return not issubclass(hint, Struct) or _has_changing_fields(hint, settled)


@cache
def _is_flat(kind: type[Struct]) -> bool:
    """Return True for a struct of nothing but texts, numbers and enumerations: it can be looked up."""
    return all(map(_holds_nothing, _hints_of(kind).values()))


def _holds_nothing(hint: Any) -> bool:
    if parts := get_args(hint):
        return get_origin(hint) in (Union, UnionType) and all(map(_holds_nothing, parts))
    return isinstance(hint, type) and (hint in FLAT or issubclass(hint, Enum))


@cache
def _trees_in(kind: type[Struct]) -> tuple[str, ...]:
    """Return the fields that hold structs of another kind, which hold themselves."""
    kinds = {name: get_args(hint)[:1] for name, hint in _hints_of(kind).items()}
    return tuple(name for name, of in kinds.items() if of != (kind,) and any(map(_holds_itself, of)))


def _holds_itself(kind: Any) -> bool:
    return (
        isinstance(kind, type)
        and issubclass(kind, Struct)
        and any(get_args(hint)[:1] == (kind,) for hint in _hints_of(kind).values())
    )


def _innermost_first(value: Struct, trees: tuple[str, ...]) -> Iterator[Struct]:
    """Yield what is in the trees of a struct, which may be deeper than Python's stack."""
    found = [item for name in trees for item in getattr(value, name)]
    for item in found:  # grows while it is walked
        found += (below for name in trees for below in getattr(item, name, ()))
    yield from reversed(found)


@cache
def _has_changing_fields(kind: type[Struct], settled: frozenset[type]) -> bool:
    """Return False for a struct of settled fields; one that holds itself changes by its other fields."""
    hints = _hints_of(kind)
    return any(_may_change(hints[name], settled | {kind}) for name in kind.__struct_fields__)
