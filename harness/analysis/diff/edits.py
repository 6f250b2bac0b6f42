"""Edits: what has to be done to one tree to make it another."""

from __future__ import annotations

from typing import Any, NamedTuple

from harness.analysis.diff.shape import Shape
from harness.analysis.diff.values import Value

Path = tuple[Any, str, int] | None
"""A place in a tree: (path of the parent or None, name, how many of its children did not change).

It is linked, so that deep trees stay cheap.
"""


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
        counts: How many of its name its parent has, before and after, where it has some in both.
    """

    __slots__ = ("children", "counts", "parent", "shape", "times", "under")

    def __init__(
        self, shape: Shape, times: int, parent: Path, *, under: Loose | None = None, counts: Any = None
    ) -> None:
        self.shape = shape
        self.times = times
        self.parent = parent
        self.under = under
        self.counts: tuple[int, int] | None = counts
        self.children: list[Loose] = []

    @property
    def path(self) -> Path:
        """Where the node itself is."""
        return (self.parent, self.shape.name, 0)

    def is_free(self) -> bool:
        """Return whether neither it nor one above has found a partner."""
        at: Loose | None = self
        while at is not None:
            if at.times <= 0:
                return False
            at = at.under
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


def path_steps(path: Path) -> tuple[tuple[str, int], ...]:
    """Return (name, unchanged children) from the root to a place."""
    steps: list[tuple[str, int]] = []
    while path is not None:
        path, name, unchanged = path
        steps.append((name, unchanged))
    return tuple(reversed(steps))


def path_text(path: Path) -> str:
    """Return ``GET /x › child``."""
    return " › ".join(name for name, _ in path_steps(path))
