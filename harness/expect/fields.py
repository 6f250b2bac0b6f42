"""Fields: what an expectation can name of a captured value, and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.expect.argument import ANYTHING, MAPPING, Taken
from harness.expect.compare import Difference, Path, differences, equal
from harness.expect.presence import Absent, Present
from harness.expect.problem import Problem, about, dotted, mismatch, missing


@dataclass(frozen=True)
class Field:
    """A field with one value.

    Attributes:
        name: The expectation's argument and the path that a match records.
        read: Captured value → the field's value.
        finding: The stem of its finding id, when that is not the name.
        takes: What may be expected of it, besides a matcher.
    """

    name: str
    read: Callable[[Any], Any]
    takes: Taken = field(default=ANYTHING, kw_only=True)
    finding: str = field(default="", kw_only=True)

    def holds(self, expected: Any, value: Any) -> bool:
        """Return True when `problems` would return none: the fast way to compare."""
        return equal(expected, self.read(value))

    def problems(self, expected: Any, value: Any) -> list[Problem]:
        """Return what does not hold for this field of a captured value."""
        found = differences(expected, self.read(value))
        return [
            Problem(
                f"{self.finding or self.name}_mismatch",
                mismatch(dotted(d.path, self.name), d.expected, d.captured, d.reason),
                about(d, dotted(d.path, self.name)),
            )
            for d in found
        ]

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the findings it can make."""
        return (f"{self.finding or self.name}_mismatch",)

    def paths(self, expected: Any) -> Iterator[str]:  # noqa: ARG002 - a mapping's paths depend on it
        """Yield the paths that are checked, as `Match.fields` records them."""
        yield self.name


class ToldField(Field):
    """A field that is compared in one way, fast or not."""

    def holds(self, expected: Any, value: Any) -> bool:
        """Return True when `problems` returns none."""
        return not self.problems(expected, value)


@dataclass(frozen=True)
class MappingField(Field):
    """A field that is a mapping, matched by subset.

    Attributes:
        stem: The stem of the finding ids: ``attribute`` for ``attributes``.
        noun: What a key is called in messages.
        prefix: What its shown paths start with: ``http`` or nothing.
        depth: How many levels of keys a path names.
        hint: Captured value, path of a missing key → where else it was captured.
    """

    stem: str
    noun: str
    prefix: str = ""
    depth: int = 1
    hint: Callable[[Any, Path], str] = lambda _value, _path: ""
    takes: Taken = field(default=MAPPING, kw_only=True)

    def holds(self, expected: Any, value: Any) -> bool:
        """Return True when `problems` would return none: the fast way to compare."""
        return equal(expected, self._captured(expected, value))

    def problems(self, expected: Any, value: Any) -> list[Problem]:
        """Return what does not hold for this field of a captured value."""
        return [self._problem(d, value) for d in differences(expected, self._captured(expected, value))]

    def _captured(self, expected: Any, value: Any) -> Any:
        captured = self.read(value)
        if isinstance(expected, (Present, Absent)):  # an empty mapping was not captured
            return captured or None
        return captured

    def _problem(self, difference: Difference, value: Any) -> Problem:
        name = dotted(difference.path, self.prefix) or self.name
        if difference.kind == "missing":
            text = missing(self.noun, self.prefix, difference, lambda path: self.hint(value, path))
        else:
            text = mismatch(name, difference.expected, difference.captured, difference.reason)
        return Problem(f"{self.stem}_{difference.kind}", text, about(difference, name))

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the findings it can make."""
        return tuple(f"{self.stem}_{kind}" for kind in ("mismatch", "missing", "unexpected"))

    def paths(self, expected: Any) -> Iterator[str]:
        """Yield the path of each key that is named, down to `depth`."""
        return _paths(self.name, expected, self.depth)


def _paths(path: str, expected: Any, depth: int) -> Iterator[str]:
    if depth == 0 or not isinstance(expected, (dict, Mapping)):
        yield path
        return
    for key, value in expected.items():
        yield from _paths(f"{path}.{key}", value, depth - 1)
