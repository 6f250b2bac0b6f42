"""Which item each changed series is of: each item keeps one, as long as there are enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from harness.closest import likeness
from harness.contract.attributed import Owned, Taken, expected_of
from harness.contract.items import Item

Series = str
"""Attributes as text."""


def spread(items: Sequence[Item], found: Sequence[Taken]) -> list[Taken]:
    """Return what was taken, with series that are as no item says given to items that own none.

    A series that has another value now is as far from each item of its metric; so several were the first
    one's, and the others owned nothing. Where more series came than there are items, they are data.
    """
    moved: dict[tuple[Series, int], Item] = {}
    for alike in _by_name(items):
        moved |= _moved(alike, [taken for taken in found if taken.is_of_any(alike)])
    return [_given(taken, moved) for taken in found]


def _by_name(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield items of one name that each say which attributes."""
    alike: dict[str, list[Item]] = {}
    for item in items:
        if isinstance(expected_of(item), Mapping):
            alike.setdefault(repr(item.expectation.identity), []).append(item)
    return (some for some in alike.values() if len(some) > 1)


def _moved(items: Sequence[Item], found: Sequence[Taken]) -> dict[tuple[Series, int], Item]:
    """Return series and the `id` of the item that owns it → the item that it is given to."""
    owned = {(_series(own), id(own.item)): own for taken in found for own in taken.owned}
    near = {(_series(own), id(item)) for taken in found for own in taken.owned for item in taken.closest}
    moved: dict[tuple[Series, int], Item] = {}
    if len({series for series, _ in owned}) > len(items):
        return moved
    owners = [owner for _, owner in owned]
    for item in items:
        if id(item) in owners:
            continue
        fitting = [
            (series, owner)
            for (series, owner), own in owned.items()
            if owners.count(owner) > 1 and (series, id(item)) in near and own.problems()
        ]
        if fitting:
            best = max(fitting, key=lambda one: likeness(repr(expected_of(item)), one[0]))
            moved[best] = item
            owners.remove(best[1])
            del owned[best]
    return moved


def _given(taken: Taken, moved: Mapping[tuple[Series, int], Item]) -> Taken:
    owned = [replace(own, item=moved.get((_series(own), id(own.item)), own.item)) for own in taken.owned]
    return replace(taken, owned=owned)


def _series(own: Owned) -> Series:
    return repr(dict(sorted(own.captured.attributes.items())))
