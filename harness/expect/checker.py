"""The checker: which captured entry matches which expectation, in one telemetry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from harness.expect.expectation import Expectation, Related, Relation
from harness.expect.matching import assign
from harness.expect.pool import Entry, Pool
from harness.expect.problem import Problem
from harness.model.finding import Match
from harness.model.telemetry import Telemetry


class Member(msgspec.Struct, frozen=True):
    """An expectation among others that compete for the same captured entries.

    Attributes:
        relation: How its entry relates to `parent`; None for a top-level one.
        parent: The place in the pool of the entry it must be related to.
    """

    expectation: Expectation[Any]
    relation: Relation | None = None
    parent: int | None = None


class Checker:
    """Compares expectations with one telemetry, each pair at most once.

    The recursion follows nested expectations, never captured data.
    """

    def __init__(self, telemetry: Telemetry) -> None:
        self.telemetry = telemetry
        self._pools: dict[Callable[[Telemetry], Pool], Pool] = {}
        self._problems: dict[tuple[int, int], list[Problem]] = {}
        self._fits: dict[tuple[int, int], bool] = {}

    def pool(self, expectation: Expectation[Any]) -> Pool:
        """Return the captured entries among which the expectation looks."""
        build = type(expectation).POOL
        if build not in self._pools:
            self._pools[build] = build(self.telemetry)
        return self._pools[build]

    def entry(self, expectation: Expectation[Any], index: int) -> Entry:
        """Return an entry of the expectation's pool."""
        return self.pool(expectation).entries[index]

    def candidates(self, member: Member) -> Sequence[int]:
        """Return the entries in the right place and, when the name is plain text, with the right name."""
        item = member.expectation
        pool, noun, name = self.pool(item), item.NOUN, item.exact_name()
        if member.parent is None:
            return pool.named(noun, name)
        if member.relation is Relation.LINK:
            return self._linked(pool, member.parent, name)
        if member.relation is Relation.DESCENDANT:
            return pool.descendants(member.parent, noun, name)
        return pool.children(member.parent, noun, name)

    def _linked(self, pool: Pool, index: int, name: str | None) -> list[int]:
        links = pool.entries[index].value.links
        found = dict.fromkeys(pool.keyed((link.trace_id, link.span_id)) for link in links)
        return [i for i in found if i is not None and name in (None, pool.entries[i].name)]

    def problems(self, expectation: Expectation[Any], index: int) -> list[Problem]:
        """Return which details do not hold for an entry that was identified."""
        key = (id(expectation), index)
        if key not in self._problems:
            self._problems[key] = expectation.problems(self.entry(expectation, index))
        return self._problems[key]

    def fits(self, expectation: Expectation[Any], index: int) -> bool:
        """Return True when identity, details and related nodes all hold for a candidate."""
        key = (id(expectation), index)
        if key not in self._fits:
            self._fits[key] = self._holds(expectation, self.entry(expectation, index)) and all(
                None not in self.assign(group) for group in groups(expectation, index)
            )
        return self._fits[key]

    @staticmethod
    def _holds(expectation: Expectation[Any], entry: Entry) -> bool:
        looked_up = expectation.exact_name() is not None  # candidates have that name already
        return (looked_up or expectation.identifies(entry)) and expectation.holds(entry)

    def assign(self, members: Sequence[Member]) -> list[int | None]:
        """Return for each member its own entry, None when there is none left."""
        if len(members) == 1:
            (member,) = members
            return [next((c for c in self.candidates(member) if self.fits(member.expectation, c)), None)]
        looked_up = [self.candidates(member) for member in members]
        return assign(len(members), looked_up.__getitem__, lambda i, c: self.fits(members[i].expectation, c))

    def matches(self, expectation: Expectation[Any], index: int) -> Iterator[Match]:
        """Yield the match of an entry that fits, and those of its related nodes."""
        entry = self.entry(expectation, index)
        yield Match(signal=expectation.SIGNAL, node_id=entry.node_id, fields=expectation.paths())
        for group in groups(expectation, index):
            for member, choice in zip(group, self.assign(group), strict=True):
                if choice is not None:
                    yield from self.matches(member.expectation, choice)


def groups(expectation: Expectation[Any], index: int) -> list[list[Member]]:
    """Return the expectations on nodes related to an entry, by what they compete for.

    Children and descendants compete: one captured node for each. The span
    that a link points to may also be one of them.
    """
    relations = expectation.relations
    if not relations:
        return []
    below: list[Related] = [r for r in relations if r.relation is not Relation.LINK]
    linked = [r for r in relations if r.relation is Relation.LINK]
    return [[Member(r.expectation, r.relation, index) for r in part] for part in (below, linked) if part]
