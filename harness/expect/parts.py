"""Parts: the events and links of a span, each expected one its own captured one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.closest import closest
from harness.expect.fields import MappingField, ToldField
from harness.expect.matching import assign
from harness.expect.omitted import OMITTED
from harness.expect.problem import Problem
from harness.expect.render import some
from harness.model.span import Link, SpanEvent

ATTRIBUTES = MappingField("attributes", lambda e: e.attributes, stem="attribute", noun="attribute")


class Part(ABC):
    """An immutable value that says what one event or link must be.

    Attributes:
        attributes: Those that must be there, or `OMITTED`.
        optional: It may be missing; one that is there is as it says.
    """

    attributes: Any
    optional: bool

    @abstractmethod
    def identifies(self, captured: Any) -> bool:
        """Return True when the captured part is the one meant, whatever its details."""

    def problems(self, captured: Any) -> list[Problem]:
        """Return which attributes are not as expected."""
        return [] if self.attributes is OMITTED else ATTRIBUTES.problems(self.attributes, captured)

    @abstractmethod
    def describe(self) -> str:
        """Return how messages call it: ``event 'exception'``."""

    @abstractmethod
    def paths(self) -> Iterator[str]:
        """Yield the paths that it checks."""

    def fits(self, captured: Any) -> bool:
        """Return True when identity and details hold."""
        return self.identifies(captured) and not self.problems(captured)


@dataclass(frozen=True)
class PartsField(ToldField):
    """A field of parts: those expected must be among those captured, in any order.

    Attributes:
        noun: What one part is called, and the stem of the finding id.
    """

    noun: str

    def problems(self, expected: Any, value: Any) -> list[Problem]:
        """Return what does not hold for the parts of a captured value."""
        captured = self.read(value)
        expected = sorted(expected, key=lambda part: part.optional)  # what must be there is found first
        everything = range(len(captured))
        chosen = assign(len(expected), lambda _: everything, lambda i, c: expected[i].fits(captured[c]))
        left = [c for c in everything if c not in chosen]
        found: list[Problem] = []
        known = [c for c in left if any(part.fits(captured[c]) for part in expected)]
        for part, choice in zip(expected, chosen, strict=True):
            if choice is None:
                # One more of another kind is no optional one that is otherwise.
                of_others = known if part.optional else ()
                found += self._unmet(part, captured, left, of_others)
        return found

    def chosen(self, expected: Sequence[Part], value: Any) -> list[Part]:
        """Return the parts that each have one of those of a captured value as their own.

        What must be there has one first, then what says most of it.
        """
        captured = self.read(value)
        ordered = sorted(expected, key=lambda part: (part.optional, -_said(part)))
        everything = range(len(captured))
        chosen = assign(len(ordered), lambda _: everything, lambda i, c: ordered[i].fits(captured[c]))
        return [part for part, choice in zip(ordered, chosen, strict=True) if choice is not None]

    def _unmet(self, part: Part, captured: Any, left: list[int], of_others: Collection[int]) -> list[Problem]:
        """Explain a part by the captured one it is closest to, which then explains no other.

        Args:
            of_others: Captured ones that explain nothing.
        """
        same = [c for c in left if part.identifies(captured[c]) and c not in of_others]
        if not same and part.optional:
            return []
        if not same:
            return [Problem(f"{self.noun}_missing", self._missing(part, captured), part.describe())]
        best = min(same, key=lambda c: len(part.problems(captured[c])))
        left.remove(best)
        name = part.describe()
        return [
            Problem(p.id, f"{name}: {p.message}", f"{name}: {p.about or p.message}")
            for p in part.problems(captured[best])
        ]

    def _missing(self, part: Part, captured: Any) -> str:
        text = f"no {part.describe()} was captured"
        if not captured:
            return f"{text}; the span has no {self.noun}s"
        if any(part.identifies(item) for item in captured):
            return f"no further {part.describe()} was captured"
        names = [part_name(item) for item in captured]
        if near := closest(str(getattr(part, "name", "")), names):
            return f"{text}; closest: {near!r}"
        return f"{text}; captured: {some(map(repr, names))}"

    def ids(self) -> tuple[str, ...]:
        """Return the ids of the findings it can make, besides those of attributes."""
        return (f"{self.noun}_missing",)

    def paths(self, expected: Any) -> Iterator[str]:
        """Yield the paths of every expected part."""
        for part in expected:
            yield from part.paths()


def _said(part: Part) -> int:
    return len(part.attributes) if isinstance(part.attributes, Mapping) else 0


def part_name(item: SpanEvent | Link) -> str:
    """Return what stands for a captured part in a message: a link has the ids of its target."""
    return item.name if isinstance(item, SpanEvent) else f"{item.trace_id}/{item.span_id}"
