"""Captured children that no item knows: an optional child that is gone may have become one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from harness.contract.assigned import missing_below
from harness.contract.forms import pattern_of, template_of
from harness.contract.items import Item, Presence
from harness.contract.operators import OPERATORS
from harness.contract.renames import Newcomer, renamed_items
from harness.expect.pool import Entry, Pool

_COMPARED = 20
"""So many of one name are compared with what is said of an item that is gone."""


class Stranger(NamedTuple):
    """One of them, and where it was."""

    pool: Pool
    number: int
    where: str

    @property
    def entry(self) -> Entry:
        """The captured value."""
        return self.pool.entries[self.number]


class Strangers:
    """Those below each item that has optional children."""

    def __init__(self) -> None:
        self._below: dict[int, dict[str, list[Stranger]]] = {}
        self._places: dict[int, dict[str, dict[tuple[str, str], Entry]]] = {}

    def see(self, item: Item, pool: Pool, index: int, where: str) -> None:
        """Take note of a captured node below an item that none of its children takes."""
        if any(child.presence is Presence.OPTIONAL for child in item.children):
            one = Stranger(pool, index, where)
            name = str(one.entry.name)
            form = pattern_of(name) or name
            alike = self._below.setdefault(id(item), {}).setdefault(form, [])
            if len(alike) < _COMPARED:
                alike.append(one)
            self._places.setdefault(id(item), {}).setdefault(form, {}).setdefault((where, name), one.entry)

    def places(self, item: Item, form: str) -> Iterator[tuple[str, Entry]]:
        """Yield where those of a form were, and one of each name there."""
        for (where, _), entry in self._places[id(item)][form].items():
            yield where, entry

    def renamed(self, item: Item, exercised: set[int]) -> dict[int, tuple[str, str]]:
        """Return the `id` of each optional child that is gone → the form that it became, and its name.

        Args:
            exercised: `id` of each item that was captured.
        """
        below = self._below.get(id(item))
        if not below:
            return {}
        gone = [
            child
            for child in item.children
            if child.presence is Presence.OPTIONAL and id(child) not in exercised
        ]
        new = [_newcomer(form, alike) for form, alike in below.items()]
        return {
            id(child): (one.name, template_of(str(one.captured[0].entry.name)))
            for child, one in renamed_items(gone, new, _is_as)
        }


def _newcomer(form: str, alike: list[Stranger]) -> Newcomer[str, Stranger]:
    is_one = alike[0].entry.name == form
    identity = form if is_one else OPERATORS["regex"].make(rf"\A{form}\Z")
    return Newcomer(form, identity, alike)


def _is_as(item: Item, one: Stranger) -> bool:
    """Return whether all holds that is said of an item but its name, and what it must have below is there."""
    return item.expectation.holds(one.entry) and not missing_below(item, one.pool, one.number)
