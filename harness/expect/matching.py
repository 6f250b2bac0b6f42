"""Maximum bipartite matching: one captured node per expectation.

Kuhn's algorithm with a breadth-first search for each augmenting path, so it
neither recurses nor asks for more comparisons than it needs. An expectation
that was matched stays matched: of equal ones, the last are left over.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence


def assign(
    count: int,
    candidates: Callable[[int], Sequence[int]],
    fits: Callable[[int, int], bool],
) -> list[int | None]:
    """Return for each expectation its own candidate, None when there is none left.

    Args:
        count: The number of expectations.
        candidates: Index of an expectation → candidates worth comparing, best first.
        fits: Whether an expectation and a candidate match.

    Example:
        >>> likes = [{0, 1}, {0}]
        >>> assign(2, lambda i: [0, 1], lambda i, c: c in likes[i])
        [1, 0]
    """
    chosen: list[int | None] = [None] * count
    owner: dict[int, int] = {}
    for start in range(count):
        came = _search(start, owner, candidates, fits)
        if came is not None:
            _flip(start, came, chosen, owner)
    return chosen


def _search(
    start: int,
    owner: dict[int, int],
    candidates: Callable[[int], Sequence[int]],
    fits: Callable[[int, int], bool],
) -> dict[int, int] | None:
    """Return how each candidate was reached, the free one last; None without a free one."""
    came: dict[int, int] = {}
    queue = deque([start])
    while queue:
        expectation = queue.popleft()
        taken = []
        for candidate in candidates(expectation):
            if candidate in came:
                continue
            if candidate in owner:
                taken.append(candidate)
            elif fits(expectation, candidate):
                came[candidate] = expectation
                return came
        for candidate in taken:
            if fits(expectation, candidate):
                came[candidate] = expectation
                queue.append(owner[candidate])
    return None


def _flip(start: int, came: dict[int, int], chosen: list[int | None], owner: dict[int, int]) -> None:
    """Give each expectation on the path the candidate it was reached for."""
    candidate: int | None = next(reversed(came))
    while candidate is not None:
        expectation = came[candidate]
        previous = chosen[expectation]
        chosen[expectation], owner[candidate] = candidate, expectation
        if expectation == start:
            return
        candidate = previous
