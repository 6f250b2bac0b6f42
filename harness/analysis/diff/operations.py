"""The operations of one signal in one scenario: roots paired by name and best match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator

from harness.analysis.diff.canonical import Operations
from harness.analysis.diff.edits import Edit, Loose, Unpaired
from harness.analysis.diff.facts import CALLED
from harness.analysis.diff.own import own_text
from harness.analysis.diff.pairing import MESSAGES, RENAMED, Scores, best_pairs
from harness.analysis.diff.reparented import Budget, moved_edit, reparented
from harness.analysis.diff.shape import Shape
from harness.analysis.diff.trees import TreeDiff, only_renamed, open_edits, rename_score
from harness.analysis.diff.values import Value

_EXACTLY = 10
"""Up to so many roots of one name are counted; more vary, as those of a sampled app do."""
_MORE = 1.5
_TREES = frozenset({"span", "segment"})
_UNCOUNTED = frozenset({"metric", "export_request", "resource"})
_MOST_RENAMES = 20_000

Known = dict[tuple[str, int, int], list[Edit]]


class OperationsDiff:
    """Compares the operations of one signal; `edits` is what was found, and how many times."""

    def __init__(self, signal: str, known: Known, scores: Scores, kept: Container[str] = frozenset()) -> None:
        """Compare one signal.

        Args:
            kept: Names of messages that both runs have somewhere: none of them was reworded.
            known: Edits of pairs of shapes that were compared before; it is added to.
            scores: Of pairs of shapes, likewise.
        """
        self.edits: list[tuple[list[Edit], int]] = []
        self._signal = signal
        self._known = known
        self._scores = scores
        self._kept = kept if signal in MESSAGES else ()
        self._unpaired = Unpaired([], [])
        self._elsewhere: frozenset[tuple[str, str]] = frozenset()

    def compare(self, before: Operations, after: Operations) -> None:
        """Find what changed."""
        gone = {name: shapes for name, shapes in before.items() if name not in after}
        new = {name: shapes for name, shapes in after.items() if name not in before}
        roots = Unpaired(_roots(gone), _roots(new))
        pairs = [
            pair
            for name in before
            if name in after
            for pair in self._paired(before[name], after[name], roots)
        ]
        if self._signal in _TREES:
            self._elsewhere = frozenset(loose.shape.key for group in roots for loose in group)
        for a, b, times in pairs:
            self._tree(a, b, times)
        if self._elsewhere:
            self._renamed(roots, alone=True)
            self._changed_places(roots)
            while self._became_roots(roots):
                pass  # below what became a root, others may have, too
        self._renamed(roots)
        self.edits += [([edit], 1) for edit in open_edits(self._unpaired)]
        self.edits += [([edit], 1) for edit in open_edits(roots)]

    def _paired(
        self, before: Counter[Shape], after: Counter[Shape], roots: Unpaired
    ) -> list[tuple[Shape, Shape, int]]:
        """Return the trees of one operation that belong together, and how often.

        Args:
            roots: Gets those of which one run has more, by how many of the operation each run has.
        """
        if self._signal == "log_event":
            before, after = self._without_other_groups(before, after)
        paired = self._scores.best_pairs(*_excess(before, after))
        pairs = list(paired.pairs)
        if self._signal in _UNCOUNTED:
            self._unpaired.removed.extend(Loose(shape, 1, None) for shape in paired.before)
            self._unpaired.added.extend(Loose(shape, 1, None) for shape in paired.after)
            return pairs
        first, second = counts = before.total(), after.total()
        more = 0 if _as_many(first, second) else first - second
        for left, own, other, group, number in (
            (paired.before, before, after, roots.removed, max(more, 0)),
            (paired.after, after, before, roots.added, max(-more, 0)),
        ):
            for shape, times in sorted(left.items(), key=lambda item: item[0].order):
                counted = min(number, times)
                number -= counted
                if counted:
                    told = own_text(shape, own, other) if self._signal in _TREES else ""
                    group.append(Loose(shape, counted, None, counts=counts, own=told))
                if times > counted and shape not in other:
                    near = self._nearest(shape, other)
                    pair = (shape, near) if group is roots.removed else (near, shape)
                    pairs.append((*pair, times - counted))
        return pairs

    def _without_other_groups(
        self, before: Counter[Shape], after: Counter[Shape]
    ) -> tuple[Counter[Shape], Counter[Shape]]:
        """Return the log events of one form without those in log groups that only one run has.

        They are gone, or new. Where each run has a group of its own, the line went from one to the other.
        """
        old, new = _log_groups(before), _log_groups(after)
        if (old - new and new - old) or not old & new:
            return before, after
        for group, counter, only in (
            (self._unpaired.removed, before, old - new),
            (self._unpaired.added, after, new - old),
        ):
            group += (
                Loose(shape, times, None, own=f"log_group = {shape.facts['log_group']}")
                for shape, times in counter.items()
                if shape.facts["log_group"] in only
            )
        return _in_groups(before, old & new), _in_groups(after, old & new)

    def _nearest(self, shape: Shape, others: Iterable[Shape]) -> Shape:
        scores = self._scores
        return max(
            others,
            key=lambda item: (
                scores.similarity(shape, item),
                scores.similarity_below(shape, item),
                item.order,
            ),
        )

    def _tree(self, before: Shape, after: Shape, times: int) -> None:
        if self._elsewhere:
            # What is missing here may be a root now: nothing is said before all trees were compared.
            found = TreeDiff(self._scores, self._elsewhere)
            found.compare(before, after, times=times)
            self.edits.append((found.edits, 1))
            self._unpaired.removed.extend(found.unpaired.removed)
            self._unpaired.added.extend(found.unpaired.added)
            return
        key = (self._signal, id(before), id(after))
        edits = self._known.get(key)
        if edits is None:
            found = TreeDiff(self._scores)
            found.compare(before, after)
            edits = self._known[key] = [*found.edits, *open_edits(found.unpaired)]
        if edits:
            self.edits.append((edits, times))

    def _changed_places(self, roots: Unpaired) -> None:
        """Pair roots that changed places with a child."""
        found = TreeDiff(self._scores, self._elsewhere)
        if found.swap(roots):
            self.edits.append((found.edits, 1))
            self._unpaired.removed.extend(found.unpaired.removed)
            self._unpaired.added.extend(found.unpaired.added)

    def _became_roots(self, roots: Unpaired) -> bool:
        """Pair roots with nodes that have, or had, a parent; return whether there are any."""
        everything = Unpaired(
            [*roots.removed, *self._unpaired.removed], [*roots.added, *self._unpaired.added]
        )
        moved = list(reparented(everything, _one_is_a_root, self._scores, Budget()))
        for old, new, times in moved:
            found = TreeDiff(self._scores, self._elsewhere)
            found.compare(old.shape, new.shape, new.parent, times)
            # Whether a caller that is not there is named says the same once more.
            edits = [edit for edit in found.edits if edit.what != CALLED[0]]
            self.edits += [([moved_edit(old, new, times)], 1), (edits, 1)]
            self._unpaired.removed.extend(found.unpaired.removed)
            self._unpaired.added.extend(found.unpaired.added)
        return bool(moved)

    def _renamed(self, roots: Unpaired, *, alone: bool = False) -> None:
        """Pair operations that only one run has.

        Args:
            alone: Only those of which nothing changed but the name.
        """
        removed, added = (
            {loose.shape: loose for loose in _largest(group) if loose.shape.name not in self._kept}
            for group in roots
        )
        if not removed or not added or len(removed) * len(added) > _MOST_RENAMES:
            return
        score = rename_score(self._scores, [*removed.values(), *added.values()])
        score = only_renamed if alone else score
        paired = best_pairs(dict.fromkeys(removed, 1), dict.fromkeys(added, 1), score, at_least=RENAMED)
        elsewhere, self._elsewhere = self._elsewhere, frozenset()
        for a, b, _ in paired.pairs:
            before, after = _taken(roots.removed, a.name), _taken(roots.added, b.name)
            for first, second, times in self._paired(before, after, roots):
                self._tree(first, second, times)
        self._elsewhere = elsewhere


def _log_groups(shapes: Iterable[Shape]) -> set[Value]:
    return {shape.facts["log_group"] for shape in shapes}


def _in_groups(shapes: Counter[Shape], groups: set[Value]) -> Counter[Shape]:
    return Counter({shape: n for shape, n in shapes.items() if shape.facts["log_group"] in groups})


def _roots(operations: Operations) -> list[Loose]:
    return [Loose(shape, times, None) for shapes in operations.values() for shape, times in shapes.items()]


def whole_operations(removed: Operations, added: Operations) -> list[Edit]:
    """Return the edits that remove and add whole operations."""
    return list(open_edits(Unpaired(_roots(removed), _roots(added))))


def _one_is_a_root(old: Loose, new: Loose) -> bool:
    return (old.parent is None) != (new.parent is None)


def _largest(group: Iterable[Loose]) -> Iterator[Loose]:
    """Yield for each operation the tree that was captured most often."""
    by_name: dict[str, list[Loose]] = {}
    for loose in group:
        if loose.is_whole():
            by_name.setdefault(loose.shape.name, []).append(loose)
    for same in by_name.values():
        yield max(same, key=lambda loose: (loose.times, loose.shape.order))


def _taken(group: Iterable[Loose], name: str) -> Counter[Shape]:
    """Return the trees of an operation, and take them out."""
    found: Counter[Shape] = Counter()
    for loose in group:
        if loose.shape.name == name and loose.is_whole():
            found[loose.shape] += loose.times
            loose.times = 0
    return found


def _as_many(before: int, after: int) -> bool:
    """Return whether two counts of roots are the same, as far as they are the same in every run."""
    small, large = sorted((before, after))
    return small == large or (small > _EXACTLY and large <= small * _MORE)


def _excess(before: Counter[Shape], after: Counter[Shape]) -> tuple[dict[Shape, int], dict[Shape, int]]:
    """Return how many more of each tree one run has than the other."""
    left: dict[Shape, int] = {}
    right: dict[Shape, int] = {}
    for shape in before.keys() | after.keys():
        first, second = before[shape], after[shape]
        if first and second and _as_many(first, second):
            continue
        if first > second:
            left[shape] = first - second
        elif second > first:
            right[shape] = second - first
    return left, right
