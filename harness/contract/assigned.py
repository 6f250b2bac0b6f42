"""Which item takes each captured child: of one name, as many children as possible are as their items say."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from harness.contract.items import Item, Presence
from harness.contract.kinds import KINDS
from harness.contract.shares import forbids, is_forbidden, precision
from harness.expect.compare import equal
from harness.expect.pool import Entry, Pool


def assigned(items: Sequence[Item], pool: Pool, captured: Sequence[int]) -> tuple[list[list[int]], list[int]]:
    """Return the captured children of each item, and those of none.

    Of several items that identify a child, the one takes it that fits best and has room. A forbidden item
    takes none away from the others: it has all that are as it says.
    """
    taken: list[list[int]] = [[] for _ in items]
    left: list[int] = []
    contested: dict[int, dict[int, int]] = {}
    named, others, forbidden = _by_name(items)
    for index in captured:
        entry = pool.entries[index]
        forbidding = [n for n in forbidden if forbids(items[n], entry)]
        for n in forbidding:
            taken[n].append(index)
        choices = named.get(entry.name, [])
        if others:
            choices = sorted([*choices, *(n for n in others if items[n].expectation.identifies(entry))])
        if len(choices) == 1:
            taken[choices[0]].append(index)
        elif choices:
            contested[index] = {n: _distance(items[n], pool, index) for n in choices}
        elif not forbidding:
            left.append(index)
    _settle(items, taken, contested)
    return taken, left


def _distance(item: Item, pool: Pool, index: int) -> int:
    """Return how much of a captured child, and directly below it, is not as an item says."""
    number = len(item.expectation.problems(pool.entries[index])) + missing_below(item, pool, index)
    return number + sum(
        not any(child.expectation.identifies(entry) for child in item.children)
        for entry in _children(item, pool, index)
    )


def missing_below(item: Item, pool: Pool, index: int) -> int:
    """Return how many children of an item are required, and are not directly below a captured node."""
    children = _children(item, pool, index)
    return sum(
        child.presence is Presence.REQUIRED and not any(map(child.expectation.identifies, children))
        for child in item.children
    )


def _children(item: Item, pool: Pool, index: int) -> list[Entry]:
    below = KINDS[item.kind].children
    return [pool.entries[i] for i in pool.children(index, below[1], None)] if below else []


def _settle(items: Sequence[Item], taken: list[list[int]], contested: dict[int, dict[int, int]]) -> None:
    """Give each contested child to an item that it is as; else to the best that has room, or else to any."""
    rank = {n: r for r, n in enumerate(sorted(range(len(items)), key=lambda n: precision(items[n]))[::-1])}
    fitting = {
        child: sorted((n for n, distance in choices.items() if not distance), key=lambda n: rank[n])
        for child, choices in contested.items()
    }
    owner: dict[int, int] = {}
    for child in contested:
        _take(items, taken, owner, fitting, child)
    rest = [child for child in contested if child not in owner]
    choices = sorted(
        (contested[child][n], order, rank[n], n) for order, child in enumerate(rest) for n in contested[child]
    )
    placed: set[int] = set()
    for with_room in (True, False):
        for _, order, _, n in choices:
            if order not in placed and not (with_room and not _has_room(items[n], len(taken[n]))):
                placed.add(order)
                taken[n].append(rest[order])


def _take(
    items: Sequence[Item],
    taken: list[list[int]],
    owner: dict[int, int],
    fitting: dict[int, list[int]],
    child: int,
) -> None:
    """Give a child to one of the items that it is as, if need be after another child went to another item."""
    came: dict[int, int] = {}
    queue = deque([child])
    while queue:
        one = queue.popleft()
        for n in fitting[one]:
            if n in came:
                continue
            came[n] = one
            if _has_room(items[n], len(taken[n])):
                _move(taken, owner, came, n)
                return
            queue += [other for other in taken[n] if other in owner]


def _move(taken: list[list[int]], owner: dict[int, int], came: dict[int, int], last: int) -> None:
    """Give each child on the way to an item with room the item that it was looked for."""
    item: int | None = last
    while item is not None:
        child = came[item]
        previous = owner.get(child)
        if previous is not None:
            taken[previous].remove(child)
        taken[item].append(child)
        owner[child] = item
        item = previous


def _has_room(item: Item, count: int) -> bool:
    expected = 1 if item.count is None else item.count
    return not equal(expected, count) or equal(expected, count + 1)


def _by_name(items: Sequence[Item]) -> tuple[dict[str, list[int]], list[int], list[int]]:
    """Return the items of each exact name, those of several names, and those that forbid."""
    named: dict[str, list[int]] = {}
    others: list[int] = []
    forbidden: list[int] = []
    for n, item in enumerate(items):
        if is_forbidden(item):
            forbidden.append(n)
        elif (name := item.expectation.exact_name()) is not None:
            named.setdefault(name, []).append(n)
        else:
            others.append(n)
    return named, others, forbidden
