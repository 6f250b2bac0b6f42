"""A child that became the parent of its parent: one change, and not two nodes that moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from harness.analysis.diff.edits import Edit, Loose, Step
from harness.analysis.diff.pairing import without_equal
from harness.analysis.diff.shape import Shape

Bag = dict[Shape, int]


class Swap(NamedTuple):
    """Two nodes that changed places.

    Attributes:
        old: The parent before, which nothing is paired with.
        new: The parent after: the child of before.
        child: The child before.
        parent: The former parent, now the child.
        times: How often.
    """

    old: Loose
    new: Loose
    child: Shape
    parent: Shape
    times: int


def swaps(removed: Iterable[Loose], added: Iterable[Loose]) -> Iterator[Swap]:
    """Yield the nodes that changed places with a child, and take them out."""
    there: dict[tuple[int, tuple[str, str]], list[Loose]] = {}
    for loose in added:
        if loose.counts is None and loose.is_whole():
            there.setdefault((id(loose.parent), loose.shape.key), []).append(loose)
    for old in removed if there else ():
        if old.counts is not None or not old.is_whole():
            continue
        for child, number in old.shape.children:
            found = there.get((id(old.parent), child.key), ()) if number == 1 else ()
            for new in found:
                parent = _only(new.shape, old.shape.key)
                times = min(old.times, new.times)
                if parent is not None and times > 0:
                    old.times -= times
                    new.times -= times
                    yield Swap(old, new, child, parent, times)


def _only(shape: Shape, key: tuple[str, str]) -> Shape | None:
    """Return the child of a name, where there is one."""
    return next((child for child, number in shape.children if child.key == key and number == 1), None)


def swapped_edit(swap: Swap, path: Step) -> Edit:
    """Return the edit that says which of two nodes was, and is, above the other.

    Args:
        path: Of the parent after.
    """
    before, after = swap.old.shape, swap.new.shape
    names = f"{before.name} › {swap.child.name}", f"{after.name} › {swap.parent.name}"
    return Edit("reparented", after.noun, path, "", *names, after.scope, swap.times)


class Below(NamedTuple):
    """What is below the two nodes before and after, but for what is equal."""

    of_parent: tuple[Bag, Bag]
    of_child: tuple[Bag, Bag]


def below(swap: Swap) -> Below:
    """Return what differs below nodes that changed places: what is there went with its node, or stayed."""
    of_parent = without_equal(_but(swap.old.shape, swap.child), dict(swap.parent.children))
    of_child = without_equal(dict(swap.child.children), _but(swap.new.shape, swap.parent))
    inner = without_equal(of_child[0], of_parent[1])
    outer = without_equal(of_parent[0], of_child[1])
    return Below((outer[0], inner[1]), (inner[0], outer[1]))


def _but(shape: Shape, child: Shape) -> Bag:
    return {other: number for other, number in shape.children if other is not child}
