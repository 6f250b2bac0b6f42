"""From expectations that are not met to findings: all of them, against the closest candidate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.expect.checker import Checker, Member, groups
from harness.expect.expectation import Expectation
from harness.expect.missing import missing_finding
from harness.expect.render import short
from harness.model.finding import Finding

_MOST = 100
"""Candidates that are tried for the closest one."""
_TAKER = 80
"""Characters of an expectation that another one's finding names."""


def explain(checker: Checker, members: Sequence[Member], where: str = "") -> list[Finding]:
    """Return the findings of members that are not met, and nothing for those that are.

    An entry that answers to the name explains at most one member, the one
    it is closest to.

    Args:
        members: Expectations on entries of one pool.
        where: The path of the node that the members are related to.
    """
    chosen = checker.assign(members)
    unmet = [i for i, choice in enumerate(chosen) if choice is None]
    claimed = {choice for choice in chosen if choice is not None}
    takers = {
        choice: short(member.expectation, _TAKER)
        for member, choice in zip(members, chosen, strict=True)
        if choice is not None
    }
    closest: dict[int, int] = {}
    for _, index, candidate in sorted(_pairs(checker, members, unmet, claimed)):
        if index not in closest and candidate not in claimed:
            closest[index] = candidate
            claimed.add(candidate)
            takers[candidate] = f"{short(members[index].expectation, _TAKER)} (not met either)"
    found: list[Finding] = []
    for index in unmet:
        member, here = members[index], place(members[index], where)
        if index in closest:
            found += findings_against(checker, member, closest[index], here)
        else:
            found.append(missing_finding(checker, member, here, takers))
    return found


def _pairs(
    checker: Checker, members: Sequence[Member], unmet: list[int], claimed: set[int]
) -> Iterator[tuple[int, int, int]]:
    """Yield (distance, member, candidate) of unmet members and entries of their name that are free."""
    for index in unmet:
        item = members[index].expectation
        free = [c for c in checker.candidates(members[index]) if c not in claimed]
        same = [c for c in free if item.identifies(checker.entry(item, c))]
        for candidate in same[:_MOST]:
            yield _distance(checker, item, candidate), index, candidate


def _distance(checker: Checker, item: Expectation[Any], candidate: int) -> int:
    """Return how many details and related nodes do not hold for an entry."""
    related = [checker.assign(group).count(None) for group in groups(item, candidate)]
    return len(checker.problems(item, candidate)) + sum(related)


def findings_against(checker: Checker, member: Member, candidate: int, where: str) -> list[Finding]:
    """Return what does not hold when the member is compared with one entry."""
    item, entry = member.expectation, checker.entry(member.expectation, candidate)
    found = [
        Finding(
            id=problem.id,
            signal=item.SIGNAL,
            message=problem.message,
            where=where,
            site=entry.site,
            trace_id=entry.trace_id,
        )
        for problem in checker.problems(item, candidate)
    ]
    for group in groups(item, candidate):
        found += explain(checker, group, where)
    return found


def place(member: Member, where: str) -> str:
    """Return the path of what a member expects."""
    if member.parent is None:
        return member.expectation.where()
    return f"{where} › {member.expectation.short_name()}"
