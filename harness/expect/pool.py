"""Pools: the captured values of one signal, indexed by name and by place in the tree."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from harness.model.site import Site


class Entry(msgspec.Struct, frozen=True):
    """One captured value and what expectations ask of it.

    Attributes:
        value: The span, segment, log event, …
        noun: What it is called in messages; one pool may hold several
            (segments and subsegments).
        name: What identifies it: a name, a log message, a path.
        key: Its key within the pool, for parents and links.
        parent: The key of its parent; None for a root.
        node_id: As `Match.node_id`.
    """

    value: Any
    noun: str
    name: Any
    node_id: str
    key: Hashable = None
    parent: Hashable = None
    trace_id: str | None = None
    site: Site | None = None


class Pool:
    """Entries in depth-first order, so that what is below an entry is a range.

    An entry whose parent is not among them is a root. A cycle of parents
    (only forged input has one) is cut at its first entry.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        given = list(entries)
        self._below = _children_of(given)
        order = _depth_first(given, self._below)
        self.entries: list[Entry] = [given[index] for index, _ in order]
        self._parents: list[int | None] = [parent for _, parent in order]
        self._ends = _subtree_ends(self._parents)
        self._children: dict[int, list[int]] = {}
        self._by_key: dict[Hashable, int] = {}
        self._by_noun: dict[str, list[int]] = {}
        self._by_name: dict[tuple[str, Hashable], list[int]] = {}
        for index, entry in enumerate(self.entries):
            self._file(index, entry)

    def _file(self, index: int, entry: Entry) -> None:
        parent = self._parents[index]
        if parent is not None:
            self._children.setdefault(parent, []).append(index)
        self._by_key.setdefault(entry.key, index)
        self._by_noun.setdefault(entry.noun, []).append(index)
        if isinstance(entry.name, str):
            self._by_name.setdefault((entry.noun, entry.name), []).append(index)

    def named(self, noun: str, name: str | None) -> Sequence[int]:
        """Return the entries of a noun, all or those of a name."""
        if name is None:
            return self._by_noun.get(noun, ())
        return self._by_name.get((noun, name), ())

    def children(self, index: int, noun: str, name: str | None) -> Sequence[int]:
        """Return an entry's children of a noun, all or those of a name."""
        below = self.descendants(index, noun, name)
        children = self._children.get(index, ())
        if len(below) < len(children):
            return [item for item in below if self._parents[item] == index]
        return [item for item in children if self._is(item, noun, name)]

    def _is(self, index: int, noun: str, name: str | None) -> bool:
        entry = self.entries[index]
        return entry.noun == noun and (name is None or entry.name == name)

    def descendants(self, index: int, noun: str, name: str | None) -> Sequence[int]:
        """Return what is below an entry, all of a noun or those of a name."""
        items = self.named(noun, name)
        return items[bisect_left(items, index + 1) : bisect_left(items, self._ends[index])]

    def keyed(self, key: Hashable) -> int | None:
        """Return the entry with this key."""
        return self._by_key.get(key)

    def roots(self) -> Iterator[int]:
        """Yield the entries without a parent among the others."""
        return (index for index, parent in enumerate(self._parents) if parent is None)

    def path(self, index: int) -> Iterator[Entry]:
        """Yield an entry and those above it, up to the root."""
        at: int | None = index
        while at is not None:
            yield self.entries[at]
            at = self._parents[at]


def _children_of(entries: list[Entry]) -> dict[int, list[int]]:
    """Return position → positions of its children, and -1 → those of the roots."""
    by_key: dict[Hashable, int] = {}
    for index, entry in enumerate(entries):
        by_key.setdefault(entry.key, index)
    below: dict[int, list[int]] = {}
    for index, entry in enumerate(entries):
        parent = -1 if entry.parent is None else by_key.get(entry.parent, -1)
        below.setdefault(-1 if parent == index else parent, []).append(index)
    return below


def _depth_first(entries: list[Entry], below: dict[int, list[int]]) -> list[tuple[int, int | None]]:
    """Return (position, place of its parent in this order) of every entry."""
    order: list[tuple[int, int | None]] = []
    seen: set[int] = set()
    for start in [*below.get(-1, ()), *range(len(entries))]:
        pending: list[tuple[int, int | None]] = [(start, None)]
        while pending:
            index, parent = pending.pop()
            if index in seen:
                continue
            seen.add(index)
            place = len(order)
            order.append((index, parent))
            pending += [(child, place) for child in reversed(below.get(index, ()))]
    return order


def _subtree_ends(parents: list[int | None]) -> list[int]:
    """Return for each entry the place after the last one below it."""
    ends = list(range(1, len(parents) + 1))
    for index in range(len(parents) - 1, -1, -1):
        parent = parents[index]
        if parent is not None:
            ends[parent] = max(ends[parent], ends[index])
    return ends
