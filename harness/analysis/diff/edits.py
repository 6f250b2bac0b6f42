"""Edits: what has to be done to one tree to make it another."""

from __future__ import annotations

from typing import NamedTuple

from harness.analysis.diff.shape import Shape
from harness.analysis.diff.values import Value

_MOST_STEPS = 40
"""Of the path in a deep trace, the root and so many above the node are named."""


class Step:
    """A node's place in a tree: linked, so that deep trees stay cheap.

    Attributes:
        unchanged: How many of the node's children did not change.
    """

    __slots__ = ("depth", "name", "parent", "root", "unchanged")

    def __init__(self, parent: Step | None, name: str, unchanged: int = 0) -> None:
        self.parent = parent
        self.name = name
        self.unchanged = unchanged
        self.depth: int = parent.depth + 1 if parent else 0
        self.root: Step = parent.root if parent else self


Path = Step | None
Key = tuple[str, str]
"""Noun and name of a node."""


class Edit(NamedTuple):
    """One changed thing at one place.

    Attributes:
        kind: One of `harness.analysis.diff.severity.DEFAULTS`.
        noun: What the node is.
        path: Where: after, or before of what was removed.
        what: The fact's path, or empty when it is about the node itself.
        before: A value, a name or a count; None of what was added.
        times: How many nodes it is about.
        below: Nodes below the one that was removed or added.
        unit: ``ms → s``.
    """

    kind: str
    noun: str
    path: Path
    what: str
    before: Value | str | int | None
    after: Value | str | int | None
    scope: str
    times: int
    below: int = 0
    unit: str = ""


class Loose:
    """A node of one tree that has no partner in the other yet.

    Attributes:
        parent: Where it hangs.
        under: The loose node above, of one that is not the topmost.
        depth: How many loose nodes are above it.
        counts: How many of its name its parent has, before and after, where it has some in both.
        own: What it has, and none of those in the other tree: ``attributes.step = 'save'``.
    """

    __slots__ = ("children", "counts", "depth", "own", "parent", "shape", "times", "under")

    def __init__(
        self,
        shape: Shape,
        times: int,
        parent: Path,
        *,
        under: Loose | None = None,
        counts: tuple[int, int] | None = None,
        own: str = "",
    ) -> None:
        self.shape = shape
        self.times = times
        self.parent = parent
        self.under = under
        self.depth: int = under.depth + 1 if under else 0
        self.counts = counts
        self.own = own
        self.children: list[Loose] = []

    @property
    def path(self) -> Path:
        """Where the node itself is."""
        return Step(self.parent, self.shape.name)

    def is_free(self) -> bool:
        """Return whether neither it nor one above has found a partner."""
        at: Loose | None = self
        while at is not None:
            if at.times <= 0:
                return False
            at = at.under
        return True

    def is_whole(self) -> bool:
        """Return whether it is free, and so is everything below it: nothing of it is elsewhere now."""
        pending = [self]
        while pending:
            item = pending.pop()
            if item.times <= 0:
                return False
            pending += item.children
        return True

    def size_below(self) -> int:
        """Return how many nodes below have no partner either, for one of its times."""
        pending, total = list(self.children), 0
        while pending:
            item = pending.pop()
            if item.times > 0:
                total += item.times
                pending += item.children
        return total // max(self.times, 1) if self.children else self.shape.size - 1


class Unpaired(NamedTuple):
    """What of two trees has no partner."""

    removed: list[Loose]
    added: list[Loose]


def path_steps(path: Path) -> tuple[tuple[str, int], ...]:
    """Return (name, unchanged children) from the root to a place; of a long path, its middle is counted."""
    steps: list[tuple[str, int]] = []
    at = path
    while at is not None and len(steps) < _MOST_STEPS:
        steps.append((at.name, at.unchanged))
        at = at.parent
    if path is not None and at is not None:
        if at is not path.root:
            steps.append((f"… {at.depth:,} more", 0))
        steps.append((path.root.name, path.root.unchanged))
    return tuple(reversed(steps))


def path_text(path: Path) -> str:
    """Return ``GET /x › child``."""
    return " › ".join(name for name, _ in path_steps(path))
