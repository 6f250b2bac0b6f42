"""The smallest edit between two trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator

from harness.analysis.diff.attributes import FactChange, fact_changes
from harness.analysis.diff.edits import Edit, Key, Loose, Path, Step, Unpaired
from harness.analysis.diff.json_lines import told_by_key
from harness.analysis.diff.own import own_text
from harness.analysis.diff.pairing import (
    BODY,
    MESSAGES,
    RENAMED,
    Scores,
    are_events,
    best_pairs,
    without_equal,
)
from harness.analysis.diff.reparented import (
    Allowed,
    Budget,
    anything,
    loose_nodes,
    moved_edit,
    one_is_topmost,
    reparented,
)
from harness.analysis.diff.services import SERVICE, SERVICE_CHANGED
from harness.analysis.diff.shape import Shape
from harness.analysis.diff.swaps import below, swapped_edit, swaps


class TreeDiff:
    """Compares trees, pair by pair; `edits` is what was found."""

    def __init__(self, scores: Scores, elsewhere: frozenset[Key] = frozenset()) -> None:
        """Compare trees.

        Args:
            scores: What is known of how alike shapes are.
            elsewhere: Noun and name of nodes that may be partners in another tree, so that a
                node of that name is not taken for one that was renamed.
        """
        self.edits: list[Edit] = []
        self.unpaired = Unpaired([], [])
        self._scores = scores
        self._budget = Budget()
        self._elsewhere = elsewhere
        self._shared: set[Key] = set()
        self._pending: list[tuple[Shape, Shape, Path, int]] = []

    def compare(self, before: Shape, after: Shape, parent: Path = None, times: int = 1) -> None:
        """Compare two nodes and what is below them."""
        self._pending.append((before, after, parent, times))
        self._run()
        if self.unpaired.removed and self.unpaired.added:
            self._shared |= _keys_of(before) & _keys_of(after)
        # A wrapper around a node, or none any more, comes before a rename; whatever is left comes last.
        while (
            self._rename(alone=True)
            or self.swap(self.unpaired)
            or self._reparent(one_is_topmost)
            or self._rename()
            or self._reparent(anything)
        ):
            self._run()

    def swap(self, unpaired: Unpaired) -> bool:
        """Pair nodes that changed places with their child; return whether there are any."""
        found = list(swaps(*unpaired))
        for swap in found:
            above = Step(swap.new.parent, swap.new.shape.name)
            under = Step(above, swap.parent.name)
            left = below(swap)
            self.edits.append(swapped_edit(swap, above))
            self.edits += own_edits(swap.child, swap.new.shape, above, swap.times)
            self.edits += own_edits(swap.old.shape, swap.parent, under, swap.times)
            self._children(swap.child, swap.new.shape, above, swap.times, *left.of_child)
            self._children(swap.old.shape, swap.parent, under, swap.times, *left.of_parent)
            self._run()
        return bool(found)

    def _run(self) -> None:
        while self._pending:
            before, after, parent, times = self._pending.pop()
            left, right = without_equal(dict(before.children), dict(after.children))
            path = Step(parent, after.name, sum(after.names.values()) - sum(right.values()))
            self.edits += own_edits(before, after, path, times)
            self._children(before, after, path, times, left, right)

    def _children(
        self,
        before: Shape,
        after: Shape,
        path: Path,
        times: int,
        left: dict[Shape, int],
        right: dict[Shape, int],
    ) -> None:
        by_key = _by_key(right)
        for key, shapes in _by_key(left).items():
            paired = self._scores.best_pairs(shapes, by_key.pop(key, {}))
            self._pending += [(a, b, path, count * times) for a, b, count in paired.pairs]
            counts = _counts(before, after, key)
            self.unpaired.removed.extend(_loosened(paired.before, path, times, counts, before, after))
            self.unpaired.added.extend(_loosened(paired.after, path, times, counts, after, before))
        for key, shapes in by_key.items():
            counts = _counts(before, after, key)
            self.unpaired.added.extend(_loosened(shapes, path, times, counts, after, before))

    def _reparent(self, allowed: Allowed) -> bool:
        unpaired = self.unpaired if self._shared else Unpaired([], [])
        found = list(reparented(unpaired, allowed, self._scores, self._budget))
        for old, new, times in found:
            self.edits.append(moved_edit(old, new, times))
            self._pending.append((old.shape, new.shape, new.parent, times))
        return bool(found)

    def _rename(self, *, alone: bool = False) -> bool:
        """Pair what was removed with what was added below the same node.

        Args:
            alone: Only nodes of which nothing changed but the name.
        """
        places: dict[int, tuple[dict[Shape, Loose], dict[Shape, Loose]]] = {}
        for side, (group, taken) in enumerate(zip(self.unpaired, self._taken(), strict=True)):
            for loose in group:
                if (loose.counts or loose.shape.key not in taken) and loose.is_whole():
                    places.setdefault(id(loose.parent), ({}, {}))[side][loose.shape] = loose
        found = False
        for removed, added in places.values():
            score = rename_score(self._scores, [*removed.values(), *added.values()])
            paired = best_pairs(
                _bag(removed), _bag(added), only_renamed if alone else score, at_least=RENAMED
            )
            for a, b, times in paired.pairs:
                found = True
                removed[a].times -= times
                added[b].times -= times
                self._pending.append((a, b, added[b].parent, times))
        return found

    def _taken(self) -> tuple[Collection[Key], Collection[Key]]:
        """Return what of the removed, and of the added, may all be elsewhere: none of it was renamed then."""
        if not self._shared:
            return self._elsewhere, self._elsewhere
        gone, new = (Counter[Key](), Counter[Key]())
        for counter, group in zip((gone, new), self.unpaired, strict=True):
            for loose in loose_nodes(group, self._budget):
                counter[loose.shape.key] += loose.times
        both = gone.keys() & new.keys()
        return (
            self._elsewhere | {key for key in both if gone[key] <= new[key]},
            self._elsewhere | {key for key in both if new[key] <= gone[key]},
        )


def only_renamed(before: Shape, after: Shape) -> float:
    """Return 1.0 of two nodes that differ in nothing but their name, and have something besides it."""
    is_one = (before.noun, before.kind, before.scope, before.status) == (
        after.noun,
        after.kind,
        after.scope,
        after.status,
    )
    is_same = is_one and before.facts == after.facts and before.children == after.children
    return 1.0 if is_same and (before.facts or before.children) else 0.0


def _keys_of(root: Shape) -> set[Key]:
    """Return noun and name of all nodes below a root: what is in both trees may have moved."""
    seen: set[int] = set()
    keys: set[Key] = set()
    pending = [root]
    while pending:
        for child, _ in pending.pop().children:
            keys.add(child.key)
            if id(child) not in seen:
                seen.add(id(child))
                pending.append(child)
    return keys


def rename_score(scores: Scores, loose: Iterable[Loose]) -> Callable[[Shape, Shape], float]:
    """Return how likely two nodes are one that was renamed; of several of a name if all else is equal."""
    counted = {one.shape for one in loose if one.counts}

    def score(before: Shape, after: Shape) -> float:
        is_counted = before in counted or after in counted
        return 0.0 if is_counted and before.facts != after.facts else scores.rename_similarity(before, after)

    return score


def _loosened(
    shapes: dict[Shape, int], path: Path, times: int, counts: tuple[int, int] | None, own: Shape, other: Shape
) -> Iterator[Loose]:
    """Yield children that found no partner.

    Args:
        own: The node whose children they are.
        other: The other tree's node, whose children of the name have partners, all but the same ones.
    """
    for shape, count in shapes.items():
        told = own_text(shape, _of_key(own, shape.key), _of_key(other, shape.key)) if counts else ""
        yield Loose(shape, count * times, path, counts=counts, own=told)


def _of_key(node: Shape, key: Key) -> list[Shape]:
    return [child for child, _ in node.children if child.key == key]


def own_edits(before: Shape, after: Shape, path: Path, times: int) -> Iterator[Edit]:
    """Yield what changed of a node itself."""
    noun, scope = after.noun, after.scope
    skipped: set[str] = set()
    changes = list(fact_changes(before.facts, after.facts))
    is_message = noun in MESSAGES and not are_events(before, after)
    is_told = False
    if before.name != after.name and is_message:
        is_told, changes = told_by_key(changes)
    if before.name != after.name and not is_told:
        kind = "log_format_changed" if is_message else "renamed"
        unit = _metric_units(before, after)
        skipped |= {"unit", "explicit_bounds"} if unit else set()
        yield Edit(kind, noun, path, "", before.name, after.name, scope, times, unit=unit)
    for kind, what, old, new in (
        ("kind_changed", _KIND_WORDS.get(noun, "kind"), before.kind, after.kind),
        ("scope_changed", "namespace" if noun == "subsegment" else "scope", before.scope, after.scope),
        ("status_changed", "status", before.status, after.status),
    ):
        if old != new:
            skipped |= _SAID_BY.get(what, set())
            skipped |= _of_its_type(before, after) if what == "type" else set()
            yield Edit(kind, noun, path, what, old or "none", new or "none", scope, times)
    for change in changes:
        if change.path not in skipped:
            yield _fact_edit(change, noun, path, scope, times)


def _fact_edit(change: FactChange, noun: str, path: Path, scope: str, times: int) -> Edit:
    if change.new_path:
        names = change.path, change.new_path
        return Edit(change.kind, noun, path, "", *names, scope, times, unit=change.unit)
    kind = SERVICE_CHANGED if change.path == SERVICE else _FACT_KINDS.get((noun, change.path), change.kind)
    if change.path == BODY and change.kind == "value_changed":
        kind = "log_format_changed"
    return Edit(kind, noun, path, change.path, change.before, change.after, scope, times)


def _of_its_type(before: Shape, after: Shape) -> set[str]:
    """Return what changes of a metric because its type does; a gauge has no temporality."""
    temporalities = {str(shape.facts["temporality"].argument) for shape in (before, after)}
    return {"is_monotonic", "explicit_bounds"} | (
        {"temporality"} if "unspecified" in temporalities else set()
    )


def _metric_units(before: Shape, after: Shape) -> str:
    """Return ``ms → s`` when a metric's unit changed."""
    old, new = before.facts.get("unit"), after.facts.get("unit")
    if before.noun != "metric" or old is None or new is None or old == new:
        return ""
    return f"{old.argument or 'no unit'} → {new.argument or 'no unit'}"


_SAID_BY = {"status": {"status.description"}, "severity": {"severity_number"}}
"""What changes together with another detail, and is not told besides."""
_FACT_KINDS = {
    ("log_event", "log_group"): "log_group_changed",
    ("metric", "unit"): "unit_changed",
    ("metric", "is_monotonic"): "kind_changed",
}
_KIND_WORDS = {"metric": "type", "log_record": "severity"}


def open_edits(unpaired: Unpaired) -> Iterator[Edit]:
    """Yield what was added or removed, or occurs more or less often below the same parent."""
    counted: dict[tuple[int, Key], Edit] = {}
    for kind, group in (("removed", unpaired.removed), ("added", unpaired.added)):
        for loose in group:
            if loose.times <= 0:
                continue
            shape = loose.shape
            if loose.counts is None or loose.own:
                name = f"{shape.name} ({loose.own})" if loose.own else shape.name
                before, after = (name, None) if kind == "removed" else (None, name)
                below = loose.size_below()
                yield Edit(kind, shape.noun, loose.path, "", before, after, shape.scope, loose.times, below)
                continue
            # The parent's path is one object for all below it.
            key = (id(loose.parent), shape.key)
            times = loose.times + (counted[key].times if key in counted else 0)
            counted[key] = Edit(
                "count_changed", shape.noun, loose.path, "count", *loose.counts, shape.scope, times
            )
    yield from counted.values()


def _by_key(shapes: dict[Shape, int]) -> dict[Key, dict[Shape, int]]:
    groups: dict[Key, dict[Shape, int]] = {}
    for shape, count in shapes.items():
        groups.setdefault(shape.key, {})[shape] = count
    return groups


def _bag(group: dict[Shape, Loose]) -> dict[Shape, int]:
    return {shape: loose.times for shape, loose in group.items()}


def _counts(before: Shape, after: Shape, key: Key) -> tuple[int, int] | None:
    """Return how many children of a name there are before and after, if there are any in both."""
    first, second = before.names.get(key, 0), after.names.get(key, 0)
    return (first, second) if first and second else None
