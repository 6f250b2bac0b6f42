"""Which shape before is which after: equal ones first, then the best match."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, NamedTuple

from harness.analysis.diff.json_lines import json_likeness
from harness.analysis.diff.shape import Shape
from harness.closest import likeness, text_likeness
from harness.contract.units import are_times

RENAMED = 0.5
"""From this similarity on, two nodes of different names are one that was renamed."""
_METRIC_ALIKE = 0.6
MESSAGES = frozenset({"log_event", "log_record"})
BODY = "body"
"""The fact that is the form of an event's body: a text without an event is named by it."""
_ALL_PAIRS = 20_000
_SHORT, _SPELLED, _SPELLED_ALIKE = 40, 4, 0.8
"""Of messages of few words: longest length, most characters that one has more, how much is the same."""
_RAREST = 6
_CANDIDATES = 8
_NEIGHBOURS = 5
_REMEMBERED = 131_072
_MOST_TIES = 1_000
_MOST_BELOW = 64

Bag = Mapping[Shape, int]


class Pairing(NamedTuple):
    """What belongs together, how many times each, and what is left."""

    pairs: list[tuple[Shape, Shape, int]]
    before: dict[Shape, int]
    after: dict[Shape, int]


def similarity(before: Shape, after: Shape) -> float:
    """Return from 0 to 1 how much two nodes have in common, their names aside."""
    shared, total = _shared(before, after)
    return shared / total


def _shared(before: Shape, after: Shape) -> tuple[float, int]:
    """Return what two nodes have in common, and how much either has."""
    score = 0.0 + (before.kind == after.kind)
    score += (before.scope == after.scope) + (before.status == after.status)
    first, second = before.facts, after.facts
    both = first.keys() & second.keys()
    equal = sum(first[path] == second[path] for path in both)
    total = 3 + len(first) + len(second) - len(both)
    shared, children = _shared_children(before, after)
    return score + equal + 0.6 * (len(both) - equal) + shared, total + children


def _shared_children(before: Shape, after: Shape) -> tuple[float, int]:
    """Return the score of the children in common, and how many there are in either."""
    total = sum(before.names.values()) + sum(after.names.values())
    both = before.names.keys() & after.names.keys()
    if not both:
        return 0.0, total
    named = sum(min(before.names[key], after.names[key]) for key in both)
    equal = dict(after.children)
    same = sum(min(count, equal.get(child, 0)) for child, count in before.children)
    return same + 0.7 * (named - same), total - named


class Outline(NamedTuple):
    """Of a node, what bounds how similar to another it can be."""

    keys: frozenset[str]
    children: int


def outline(shape: Shape) -> Outline:
    """Return the outline of a node; many nodes have the same."""
    return Outline(frozenset(shape.facts), sum(shape.names.values()))


def most_similar(before: Outline, after: Outline) -> float:
    """Return what `similarity` of two nodes is at most: as if all were equal that both have."""
    both = len(before.keys & after.keys)
    few, many = sorted((before.children, after.children))
    return (3 + both + few) / (3 + len(before.keys) + len(after.keys) - both + many)


def rename_similarity(before: Shape, after: Shape) -> float:
    """Return how likely two nodes of different names are one; for messages, how many words they share."""
    if before.noun != after.noun:
        return 0.0
    if before.noun in MESSAGES and not are_events(before, after):
        words = max(text_likeness(before.name, after.name), json_likeness(before, after))
        return words if words >= RENAMED else _spelled_alike(before.name, after.name)
    shared, total = _shared(before, after)
    alike = max(likeness(before.name, after.name), text_likeness(before.name, after.name))
    score = (shared + 2 * alike) / (total + 2)
    return max(score, alike) if alike >= _METRIC_ALIKE and _are_one_measure(before, after) else score


def _spelled_alike(before: str, after: str) -> float:
    """Return how much of two short messages is the same letter for letter, where that is nearly all."""
    if max(len(before), len(after)) > _SHORT or abs(len(before) - len(after)) > _SPELLED:
        return 0.0
    first, second = sorted((before, after))  # in one order: it may find less the other way round
    alike = SequenceMatcher(None, first, second, autojunk=False).ratio()
    return alike if alike >= _SPELLED_ALIKE else 0.0


def are_events(before: Shape, after: Shape) -> bool:
    """Return whether two log records have names of events, and their bodies besides."""
    bodies = (shape.facts.get(BODY) for shape in (before, after))
    return all(body is not None and body.type == "str" for body in bodies)


def _are_one_measure(before: Shape, after: Shape) -> bool:
    """Return whether two metrics differ in name, time unit and attributes only: a migration renames all."""
    if before.noun != "metric" or (before.kind, before.scope) != (after.kind, after.scope):
        return False
    old, new = (str(shape.facts["unit"].argument) for shape in (before, after))
    return old == new or are_times(old, new)


def similarity_below(
    before: Shape, after: Shape, score: Callable[[Shape, Shape], float] = similarity
) -> float:
    """Return how much the children have in common that are not equal, and those below them.

    `similarity` looks at the node: two trees may differ from a third in as many places of it.
    """
    total = 0.0
    # The same in both directions.
    pending = [(before, after) if before.order < after.order else (after, before)]
    for first, second in islice(pending, _MOST_BELOW):  # grows while it is walked
        left, right = without_equal(dict(first.children), dict(second.children))
        for child in left:
            others = [other for other in right if other.key == child.key]
            if others:
                nearest = max(others, key=lambda other, child=child: (score(child, other), other.order))  # type: ignore[misc]  # of a lambda with a default
                total += score(child, nearest)
                pending.append((child, nearest))
    return total


class Scores:
    """How alike two shapes are, remembered during one diff: the same pairs come up in many trees."""

    def __init__(self) -> None:
        self.similarity = lru_cache(maxsize=_REMEMBERED)(similarity)
        self.rename_similarity = lru_cache(maxsize=_REMEMBERED)(rename_similarity)
        self.similarity_below = lru_cache(maxsize=_REMEMBERED)(
            lambda before, after: similarity_below(before, after, self.similarity)
        )
        self.outline = lru_cache(maxsize=_REMEMBERED)(outline)
        self.most_similar = lru_cache(maxsize=_REMEMBERED)(most_similar)

    def best_pairs(self, before: Bag, after: Bag) -> Pairing:
        """Pair shapes of one name."""
        return best_pairs(before, after, self.similarity, ties=self.similarity_below)


def without_equal(before: Bag, after: Bag) -> tuple[dict[Shape, int], dict[Shape, int]]:
    """Return what is left of both when equal shapes have been taken away one for one."""
    first = {shape: count - after.get(shape, 0) for shape, count in before.items()}
    second = {shape: count - before.get(shape, 0) for shape, count in after.items()}
    return ({s: n for s, n in first.items() if n > 0}, {s: n for s, n in second.items() if n > 0})


def best_pairs(
    before: Bag,
    after: Bag,
    score: Callable[[Shape, Shape], float] = similarity,
    *,
    ties: Callable[[Shape, Shape], float] = similarity_below,
    at_least: float = 0.0,
) -> Pairing:
    """Pair shapes, the most similar first.

    Args:
        ties: Which of pairs with equal scores comes first.
        at_least: Pairs that score less stay apart.
    """
    left, right = dict(before), dict(after)
    pairs: list[tuple[Shape, Shape, int]] = []
    if not left or not right:
        return Pairing(pairs, left, right)
    scored = ((score(a, b), a, b) for a, b in _candidates(list(left), list(right)))
    ranked = _ranked([item for item in scored if item[0] >= at_least], ties)
    for _, a, b in ranked:
        _take(pairs, left, right, a, b)
    if at_least <= 0:
        _pair_the_rest(pairs, left, right)
    return Pairing(pairs, left, right)


def _ranked(
    scored: list[tuple[float, Shape, Shape]], ties: Callable[[Shape, Shape], float]
) -> Iterator[tuple[float, Shape, Shape]]:
    """Yield pairs, the most similar first; the rest of ties is broken alike in both directions."""
    scored.sort(key=lambda item: (-item[0], *sorted((item[1].order, item[2].order))))
    for _, group in groupby(scored, key=lambda item: item[0]):
        equal = list(group)
        if 1 < len(equal) <= _MOST_TIES:
            equal.sort(key=lambda item: -ties(item[1], item[2]))
        yield from equal


def _take(
    pairs: list[tuple[Shape, Shape, int]], left: dict[Shape, int], right: dict[Shape, int], a: Shape, b: Shape
) -> None:
    times = min(left.get(a, 0), right.get(b, 0))
    if times:
        pairs.append((a, b, times))
        for bag, shape in ((left, a), (right, b)):
            bag[shape] -= times
            if not bag[shape]:
                del bag[shape]


def _pair_the_rest(
    pairs: list[tuple[Shape, Shape, int]], left: dict[Shape, int], right: dict[Shape, int]
) -> None:
    """Pair what no candidate was found for, in an order that is always the same."""
    firsts, seconds = (sorted(bag, key=lambda shape: shape.order, reverse=True) for bag in (left, right))
    while firsts and seconds:
        a, b = firsts[-1], seconds[-1]
        _take(pairs, left, right, a, b)
        if a not in left:
            firsts.pop()
        if b not in right:
            seconds.pop()


def _candidates(before: Sequence[Shape], after: Sequence[Shape]) -> Iterator[tuple[Shape, Shape]]:
    """Yield the pairs worth scoring: all, or of many shapes those that share something rare, or are near.

    Those in the same place of the order of names are, and those between whose names a name would be.
    """
    if len(before) * len(after) <= _ALL_PAIRS:
        yield from ((a, b) for a in before for b in after)
        return
    others = sorted(after, key=_by_name)
    names = [shape.name for shape in others]
    holders: dict[Any, list[Shape]] = {}
    for shape in others:
        for feature in _features(shape):
            holders.setdefault(feature, []).append(shape)
    for number, a in enumerate(sorted(before, key=_by_name)):
        share = number / len(before)
        shared = sorted((holders[f] for f in _features(a) if f in holders), key=len)[:_RAREST]
        found = Counter(b for group in shared for b in _around(group, int(share * len(group)), _CANDIDATES))
        near = _around(others, bisect.bisect_left(names, a.name), _NEIGHBOURS)
        beside = _around(others, int(share * len(others)), _NEIGHBOURS)
        chosen = (b for b, _ in found.most_common(_CANDIDATES))
        yield from ((a, b) for b in dict.fromkeys((*near, *beside, *chosen)))


def _by_name(shape: Shape) -> tuple[str, bytes]:
    return shape.name, shape.order


def _around(shapes: Sequence[Shape], place: int, number: int) -> Sequence[Shape]:
    """Return so many shapes, those around a place."""
    start = min(max(place - number // 2, 0), max(len(shapes) - number, 0))
    return shapes[start : start + number]


def _features(shape: Shape) -> Iterable[Any]:
    yield "name", shape.name
    yield from shape.facts.items()
    yield from (child for child, _ in shape.children)
