"""What every expectation is: an immutable value that checks telemetry."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from harness.expect.argument import ANYTHING, Taken, require_arguments
from harness.expect.compare import equal
from harness.expect.fields import Field
from harness.expect.omitted import OMITTED
from harness.expect.pool import Entry, Pool
from harness.expect.problem import Problem
from harness.expect.render import call, plain, short, source
from harness.model.finding import Verdict
from harness.model.telemetry import Telemetry

T = TypeVar("T")
SHORT_NAME = 60


class Relation(enum.Enum):
    """How a captured node relates to the one whose expectation names it.

    The value is the method that says so.
    """

    CHILD = "with_child"
    DESCENDANT = "with_descendant"
    SUBSEGMENT = "with_subsegment"
    LINK = "linked_to"


@dataclass(frozen=True)
class Related:
    """An expectation on a related node."""

    relation: Relation
    expectation: Expectation[Any]


def related(relation: Relation, items: Sequence[Any], kind: type[Expectation[Any]]) -> tuple[Related, ...]:
    """Return expectations on related nodes, all of one kind.

    Raises:
        TypeError: There is none, or one of them is not of this kind.
    """
    if not items:
        raise TypeError(f"{relation.value}: expected at least one {kind.BUILDER}(…), none given")
    for item in items:
        if not isinstance(item, kind):
            raise TypeError(f"{relation.value}: expected {kind.BUILDER}(…), {item!r} given")
    return tuple(Related(relation, item) for item in items)


class Expectation(ABC, Generic[T]):
    """An immutable value that says what must have been captured.

    A new kind is a frozen dataclass in one file: what identifies a captured
    value (`identity`), the details that may be named (`FIELDS`, an attribute
    each) and where the captured values are (`POOL`).

    Attributes:
        SIGNAL: As `Finding.signal`.
        NOUN: What one captured value is called in messages.
        STEM: The stem of its finding ids: ``span`` in ``span_missing``.
        BUILDER: The function that makes it.
        IDENTITY: The path of its identity in `Match.fields`.
        IDENTITY_TAKES: What its identity may be, besides a matcher.
        PART_FIELDS: Details, an attribute each, that must hold for one part of a captured value.
        CHANNELS: Channels whose rejected input and incidents could explain that it is missing.
    """

    SIGNAL: ClassVar[str]
    NOUN: ClassVar[str]
    STEM: ClassVar[str]
    BUILDER: ClassVar[str]
    IDENTITY: ClassVar[str] = "name"
    IDENTITY_TAKES: ClassVar[Taken] = ANYTHING
    CHANNELS: ClassVar[tuple[str, ...]]
    FIELDS: ClassVar[tuple[Field, ...]]
    PART_FIELDS: ClassVar[tuple[Field, ...]] = ()
    POOL: ClassVar[Callable[[Telemetry], Pool]]
    _TAKEN: ClassVar[Mapping[str, Taken]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        fields = (*getattr(cls, "FIELDS", ()), *cls.PART_FIELDS)
        taken = {cls.IDENTITY: cls.IDENTITY_TAKES, **{field.name: field.takes for field in fields}}
        cls._TAKEN = {name: takes for name, takes in taken.items() if takes is not ANYTHING}

    def __post_init__(self) -> None:
        require_arguments(self.BUILDER, self._TAKEN, vars(self))

    @property
    @abstractmethod
    def identity(self) -> Any:
        """The value or matcher that finds candidates, or `OMITTED` when all are."""

    @property
    def relations(self) -> tuple[Related, ...]:
        """Expectations on related nodes."""
        return ()

    def check(self, telemetry: Telemetry) -> Verdict:
        """Return whether one captured value is as expected, without side effects.

        Example:
            >>> from harness import span
            >>> from harness.model import Telemetry
            >>> span("GET /").check(Telemetry()).findings[0].message
            "no span 'GET /' was captured; no span was captured at all"
        """
        from harness.expect.checks import check_all

        return check_all((self,), telemetry)

    def exact_name(self) -> str | None:
        """Return the identity when it is plain text, so that candidates can be looked up."""
        return self.identity if isinstance(self.identity, str) else None

    def identifies(self, entry: Entry) -> bool:
        """Return True when a captured value is the one meant, whatever its details."""
        return self.identity is OMITTED or equal(self.identity, entry.name)

    @cached_property
    def details(self) -> tuple[tuple[Field, Any], ...]:
        """Each field that is named, with what is expected of it."""
        pairs = ((field, getattr(self, field.name)) for field in self.FIELDS)
        return tuple((field, expected) for field, expected in pairs if expected is not OMITTED)

    def holds(self, entry: Entry) -> bool:
        """Return True when every detail holds: `problems` without the messages."""
        return all(field.holds(expected, entry.value) for field, expected in self.details)

    def problems(self, entry: Entry) -> list[Problem]:
        """Return which of the details do not hold for a captured value."""
        return [p for field, expected in self.details for p in field.problems(expected, entry.value)]

    def paths(self) -> tuple[str, ...]:
        """Return the paths that a match has checked."""
        identity = () if self.identity is OMITTED else (self.IDENTITY,)
        return (*identity, *(path for field, expected in self.details for path in field.paths(expected)))

    def short_name(self) -> str:
        """Return the short text that stands for this expectation in a finding's `where`."""
        text = self.identity if isinstance(self.identity, str) else source(self.identity)
        if self.identity is OMITTED:
            text = repr(self)
        return plain(text, SHORT_NAME)

    def where(self) -> str:
        """Return the short name as the start of a path, saying which signal it is of."""
        return f"{self.NOUN} {self.short_name()}"

    def describe(self, limit: int = SHORT_NAME) -> str:
        """Return how messages call what is expected: ``span 'GET /'``.

        Args:
            limit: Most characters of the name.
        """
        if self.identity is OMITTED:
            return f"{self.NOUN} matching {self!r}"
        name = short(self.identity, limit)
        return f"{self.NOUN} {name}" if isinstance(self.identity, str) else f"{self.NOUN} matching {name}"

    def describe_whole(self) -> str:
        """Return what messages call all that is expected; the name alone only where that is all."""
        fields = (*self.FIELDS, *self.PART_FIELDS)
        if self.relations or any(getattr(self, field.name) is not OMITTED for field in fields):
            return f"{self.NOUN} matching {short(self)}"
        return self.describe()

    def __repr__(self) -> str:
        given = {field.name: expected for field, expected in self.details}
        text = call(self.BUILDER, self.identity, **given)
        if not self.relations:
            return text
        for relation in Relation:
            parts = [r.expectation for r in self.relations if r.relation is relation]
            if parts:
                text += "." + call(relation.value, *parts)
        return text
