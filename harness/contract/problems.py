"""What is wrong with a contract file: all of it at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.closest import closest
from harness.errors import ContractError

_MOST = 50


@dataclass(frozen=True, order=True)
class Place:
    """Where in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and where."""

    place: Place
    message: str


class Problems:
    """Collects what is wrong with one file.

    Args:
        file: As messages name it.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Problem] = []

    def add(self, place: Place, message: str) -> None:
        """Remember a problem."""
        self._found.append(Problem(place, message))

    def __len__(self) -> int:
        return len(self._found)

    def at(self, place: Place) -> str:
        """Return a place with its file."""
        return f"{self.file}:{place.line}:{place.column}"

    def raise_any(self) -> None:
        """Raise what was found.

        Raises:
            ContractError: Something was; every place is named, in order.
        """
        if not self._found:
            return
        lines = [f"{self.at(p.place)}: {p.message}" for p in sorted(set(self._found))]
        if len(lines) > _MOST:
            more = len(lines) - _MOST
            lines[_MOST:] = [f"{self.file}: and {more} more problems; these are the first {_MOST}"]
        raise ContractError(lines)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'regex'?`` or, when nothing is near, what is known.

    >>> did_you_mean("formatt", ["format", "type"])
    "; did you mean 'format'?"
    """
    names = sorted(known)
    near = closest(word, names)
    return f"; did you mean {near!r}?" if near else f"; expected one of {', '.join(names)}"
