"""What was reparented: gone in one place of a tree, and there in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.analysis.diff.edits import Edit, Key, Loose, Unpaired, path_text
from harness.analysis.diff.pairing import Outline, Scores
from harness.analysis.diff.shape import Shape

_MOST_LOOSE = 5_000
"""Below what was added or removed, so many nodes are looked at for what was reparented."""
_NEAREST_LOOSE = 64
"""So many of them once much was looked at."""
_MOST_OF_A_NAME = 12
"""So many of them are weighed for each node; one that is equal is always among them."""
_REPARENTED = 0.5
_PARTS = frozenset({"event", "link"})
"""What belongs to its span, and does not move alone."""

Allowed = Callable[[Loose, Loose], bool]


@dataclass
class Budget:
    """How much is looked at in one comparison.

    Attributes:
        pairs: Of two trees, that are weighed; beyond, what is left is gone, and new.
        nodes: Below what was added or removed; beyond, only the nearest.
    """

    pairs: int = 20_000
    nodes: int = 50_000

    def most(self, loose: int) -> int:
        """Return how many nodes are looked at once, where so many were added or removed."""
        return _MOST_LOOSE if self.nodes > 0 else loose + _NEAREST_LOOSE


def reparented(
    unpaired: Unpaired, allowed: Allowed, scores: Scores, budget: Budget
) -> Iterator[tuple[Loose, Loose, int]]:
    """Yield what is gone in one place and there in another, and take it out.

    Args:
        allowed: Whether two nodes of one name may be the same node.
    """
    moves = enumerate(_moves(unpaired, allowed, scores, budget))
    ranked = [(rank, number, old, new) for number, (rank, old, new) in moves]
    for _, _, old, new in sorted(ranked):
        if old.is_free() and new.is_free():
            times = min(old.times, new.times)
            old.times -= times
            new.times -= times
            yield old, new, times


def _moves(
    unpaired: Unpaired, allowed: Allowed, scores: Scores, budget: Budget
) -> Iterator[tuple[tuple[Any, ...], Loose, Loose]]:
    """Yield what may have been reparented with its rank: the topmost, then the most alike first."""
    added = _Added(loose_nodes(unpaired.added, budget), scores)
    for old in loose_nodes(unpaired.removed, budget):
        for new in added.candidates(old.shape):
            if not allowed(old, new):
                continue
            budget.pairs -= 1
            if budget.pairs < 0:
                return
            shape, other = old.shape, new.shape
            likeness = 2.0 if shape is other else scores.similarity(shape, other)
            if likeness >= _REPARENTED:
                # Ties are broken alike in both directions.
                ties = sorted((shape.order, other.order))
                yield (old.depth + new.depth, -likeness, *ties), old, new


class _Added:
    """What was added, to look for what a removed node may be now."""

    def __init__(self, added: Iterable[Loose], scores: Scores) -> None:
        self._scores = scores
        self._by_key: dict[Key, list[Loose]] = {}
        self._by_shape: dict[Shape, list[Loose]] = {}
        self._known: dict[tuple[Key, Outline], bool] = {}
        for loose in added:
            if loose.shape.noun not in _PARTS:
                self._by_key.setdefault(loose.shape.key, []).append(loose)
                self._by_shape.setdefault(loose.shape, []).append(loose)

    def candidates(self, shape: Shape) -> list[Loose]:
        """Return nodes of the name of a removed one; none when none can be similar enough."""
        named, equal = self._by_key.get(shape.key, []), self._by_shape.get(shape, [])
        if not equal and not self._may_be_in(named, shape):
            return []
        if len(named) <= _MOST_OF_A_NAME:
            return named
        return [*equal[:_MOST_OF_A_NAME], *named[:_MOST_OF_A_NAME]][:_MOST_OF_A_NAME]

    def _may_be_in(self, named: list[Loose], shape: Shape) -> bool:
        asked = shape.key, self._scores.outline(shape)
        known = self._known.get(asked)
        if known is None:
            most, outline = self._scores.most_similar, self._scores.outline
            others = {outline(loose.shape) for loose in named[:_MOST_OF_A_NAME]}
            known = self._known[asked] = any(most(asked[1], other) >= _REPARENTED for other in others)
        return known


def moved_edit(old: Loose, new: Loose, times: int) -> Edit:
    """Return the edit that says under which parent a node was and is."""
    shape = new.shape
    before, after = (path_text(loose.parent) or "no parent" for loose in (old, new))
    return Edit("reparented", shape.noun, new.path, "", before, after, shape.scope, times)


def loose_nodes(group: Iterable[Loose], budget: Budget) -> Iterator[Loose]:
    """Yield loose nodes and those below them, the topmost first."""
    pending = [loose for loose in group if loose.times > 0]
    most, done = budget.most(len(pending)), 0
    while done < len(pending):
        loose = pending[done]
        done += 1
        yield loose
        budget.nodes -= 1
        if not loose.shape.children or loose.times <= 0 or len(pending) >= most:
            continue
        if not loose.children:
            loose.children = [
                Loose(child, count * loose.times, loose.path, under=loose)
                for child, count in loose.shape.children
            ]
        pending += [child for child in loose.children if child.times > 0]


def one_is_topmost(old: Loose, new: Loose) -> bool:
    """Return whether nothing loose is above one of two nodes."""
    return old.under is None or new.under is None


def anything(_old: Loose, _new: Loose) -> bool:
    """Return True: any two nodes of a name may be one."""
    return True
