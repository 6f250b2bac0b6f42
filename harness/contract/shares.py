"""Which of several items takes what was captured, where more than one could; and what an item forbids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.contract.items import Item, Presence
from harness.expect.compare import equal
from harness.expect.matcher import Matcher
from harness.expect.matching import assign
from harness.expect.pool import Entry


def is_forbidden(item: Item) -> bool:
    """Return whether an item says what must not be captured."""
    return item.presence is Presence.FORBIDDEN


def forbids(item: Item, entry: Entry) -> bool:
    """Return whether an item says of a captured value, as it is, that it must not be."""
    return is_forbidden(item) and item.expectation.identifies(entry) and item.expectation.holds(entry)


def precision(item: Item) -> tuple[bool, int, int]:
    """Return how much an item says of what it takes; where all else is equal, the most precise takes it."""
    identity = item.expectation.identity
    return not isinstance(identity, Matcher), len(item.expectation.details), len(repr(identity))


def shared(items: Sequence[Item], held: Mapping[tuple[int, ...], int]) -> list[int]:
    """Return how many captured values each item takes, so that as many items as possible take one.

    Args:
        held: Indices of the items that a captured value is as → how many there are of these values.
    """
    counts = [0] * len(items)
    contested: dict[tuple[int, ...], int] = {}
    for holding, number in held.items():
        if len(holding) == 1:
            counts[holding[0]] += number
        else:
            contested[holding] = number
    _give_one_each(items, contested, counts)
    for holding, number in contested.items():
        best = sorted(holding, key=lambda n: precision(items[n]), reverse=True)
        for _ in range(number):
            counts[next((n for n in best if _has_room(items[n], counts[n])), best[0])] += 1
    return counts


def _give_one_each(items: Sequence[Item], contested: dict[tuple[int, ...], int], counts: list[int]) -> None:
    needy = [n for n, item in enumerate(items) if not counts[n] and _needs_one(item)]
    needy.sort(key=lambda n: (items[n].presence is Presence.REQUIRED, precision(items[n])), reverse=True)
    units = [holding for holding, number in contested.items() for _ in range(min(number, len(holding)))]
    by_item: dict[int, list[int]] = {}
    for unit, holding in enumerate(units):
        for n in holding:
            by_item.setdefault(n, []).append(unit)
    chosen = assign(len(needy), lambda i: by_item.get(needy[i], []), lambda _, __: True)
    for n, own in zip(needy, chosen, strict=True):
        if own is not None:
            counts[n] += 1
            contested[units[own]] -= 1


def _needs_one(item: Item) -> bool:
    return item.count is None or not equal(item.count, 0)


def _has_room(item: Item, count: int) -> bool:
    return item.count is None or not equal(item.count, count) or equal(item.count, count + 1)
