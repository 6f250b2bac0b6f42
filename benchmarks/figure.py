"""One measured figure and the target it is held to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple


class Target(NamedTuple):
    """A bound on a figure's value."""

    relation: str
    bound: float

    def holds(self, value: float) -> bool:
        return value <= self.bound if self.relation == "<=" else value >= self.bound

    def __str__(self) -> str:
        return f"{self.relation} {self.bound:g}"


def at_most(bound: float) -> Target:
    """Return a target for what must stay small."""
    return Target("<=", bound)


def at_least(bound: float) -> Target:
    """Return a target for what must stay large."""
    return Target(">=", bound)


class Figure(NamedTuple):
    """A figure: ours beside the peer's, in words, and the value that the target bounds.

    Attributes:
        value: The ratio of medians, or what `unit` says.
        spread: Smallest and largest value of a single round; of hundreds, their middle half.
    """

    name: str
    ours: str
    peer: str
    value: float
    target: Target
    spread: tuple[float, float]
    unit: str = "x"


def ratio_of(ours: Sequence[float], peer: Sequence[float]) -> tuple[float, tuple[float, float]]:
    """Return the ratio of the medians, and the spread of the rounds' own ratios."""
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    return statistics.median(ours) / statistics.median(peer), (min(ratios), max(ratios))
