"""The finding for an expectation that no captured entry answers to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from harness.closest import closest
from harness.expect.checker import Checker, Member
from harness.expect.evidence import evidence
from harness.expect.expectation import Expectation, Relation
from harness.expect.pool import Entry, Pool
from harness.expect.render import plain, short, shorten, some
from harness.model.finding import Finding

_WORDS = {Relation.CHILD: "child ", Relation.DESCENDANT: "descendant ", Relation.LINK: "linked "}
_PLACES = {
    Relation.CHILD: "as a child of",
    Relation.DESCENDANT: "below",
    Relation.SUBSEGMENT: "as a subsegment of",
}
_NAME = 80
"""Characters of a name that are shown."""
_MOST = 2_000
"""So many candidates are tried for one that is as expected in all but its identity."""


def missing_finding(checker: Checker, member: Member, where: str, takers: Mapping[int, str]) -> Finding:
    """Return the finding for a member that no unclaimed entry answers to.

    Args:
        takers: Claimed entry → the expectation that has it.
    """
    item = member.expectation
    if answering := [i for i in checker.candidates(member) if item.identifies(checker.entry(item, i))]:
        count = len(answering)
        taken = "the 1 captured is" if count == 1 else f"the {count} captured are"
        names = Counter(takers[i] for i in answering if i in takers)
        by = some(name if number == 1 else f"{number} × {name}" for name, number in names.items())
        text = f"no further {item.describe()} was captured; {taken} taken by {by or 'other expectations'}"
        return _finding(item, f"{item.STEM}_missing", text + evidence(item, checker.telemetry), where)
    if member.parent is not None and (elsewhere := _answering(checker.pool(item), item)):
        return _not_there(checker, member, elsewhere, where)
    # It has no line: that of its parent is where it should have begun.
    parent = None if member.parent is None else checker.pool(item).entries[member.parent]
    return _finding(item, f"{item.STEM}_missing", _nowhere(checker, member), where, parent)


def _finding(
    item: Expectation[Any], finding_id: str, message: str, where: str, entry: Entry | None = None
) -> Finding:
    return Finding(
        id=finding_id,
        signal=item.SIGNAL,
        message=message,
        where=where,
        site=entry.site if entry else None,
        trace_id=entry.trace_id if entry else None,
    )


def _answering(pool: Pool, item: Expectation[Any], noun: str | None = None) -> list[int]:
    """Return all entries of the pool, wherever, that the expectation identifies."""
    found = pool.named(noun or item.NOUN, item.exact_name())
    return [index for index in found if item.identifies(pool.entries[index])]


def _not_there(checker: Checker, member: Member, elsewhere: Sequence[int], where: str) -> Finding:
    """Say where a node is that was captured in another place than was expected."""
    item, pool = member.expectation, checker.pool(member.expectation)
    assert member.parent is not None  # noqa: S101 - only related members are misplaced
    parent = pool.entries[member.parent]
    index = next((i for i in elsewhere if pool.entries[i].trace_id == parent.trace_id), elsewhere[0])
    entry = pool.entries[index]
    if member.relation is Relation.LINK:
        text = f"{item.describe()} was captured, but no link of {parent.name!r} points to it; "
        text += _links(pool, parent)
        return _finding(item, "link_missing", text, where, entry)
    place = _PLACES[member.relation or Relation.CHILD]
    text = f"{item.describe()} was captured, but not {place} {short(parent.name, _NAME)}; "
    text += _place(pool, index, parent.trace_id)
    if len(elsewhere) > 1:
        text += f" (and {len(elsewhere) - 1} more elsewhere)"
    return _finding(item, f"{item.STEM}_not_under_parent", text, where, entry)


def _place(pool: Pool, index: int, trace_id: str | None) -> str:
    """Return where an entry is: its path, its trace when that is another one."""
    entry = pool.entries[index]
    path = path_of(pool, index)
    other = "" if entry.trace_id == trace_id else f" of another trace, {entry.trace_id}"
    if " › " in path:
        return f"it is at {path}{other}"
    if entry.parent is None:
        return f"it is a root{other}"
    parent_id = getattr(entry.value, "parent_span_id", None)
    return f"it is a root{other}: its parent {parent_id} was not captured"


def path_of(pool: Pool, index: int, most: int = 6) -> str:
    """Return ``GET / › query``, the middle of a long path left out."""
    names = [plain(str(entry.name), _NAME) for entry in pool.path(index)][::-1]
    if len(names) > most:
        names = [*names[:2], "…", *names[-(most - 3) :]]
    return " › ".join(names)


def _nowhere(checker: Checker, member: Member) -> str:
    """Return that nothing of the name was captured, what comes closest and what may explain it."""
    item, pool = member.expectation, checker.pool(member.expectation)
    word = _WORDS.get(member.relation, "") if member.relation else ""
    text = f"no {word}{item.describe()} was captured"
    why = evidence(item, checker.telemetry)
    if not pool.entries:
        return text + (why or f"; no {item.NOUN} was captured at all")
    for noun in sorted({entry.noun for entry in pool.entries} - {item.NOUN}):
        if found := _answering(pool, item, noun):
            return f"{text}; a {noun} of that name was: {path_of(pool, found[0])}{why}"
    return f"{text}; {_closest(pool, member)}{why}"


def instead_of(checker: Checker, member: Member) -> str:
    """Return what was captured in place of a member of whose name nothing was."""
    text = _nowhere(checker, member)
    return text.removeprefix(f"no {member.expectation.describe()} was captured").removeprefix("; ")


def _closest(pool: Pool, member: Member) -> str:
    """Name the closest candidate: one in the expected place before one elsewhere."""
    item = member.expectation
    everything = pool.named(item.NOUN, None)
    near = everything if member.parent is None else _in_place(pool, member)
    for indexes in (near, everything):
        names = [shorten(str(pool.entries[i].name), _NAME) for i in indexes]
        if found := closest(str(item.exact_name() or ""), names):
            index = indexes[names.index(found)]
            place = "" if indexes is near else f" at {path_of(pool, index)}"
            return f"closest: {found!r}{place}{_line(pool, index)}"
    if not near:
        return _nothing_there(pool, member)
    if (same := _same_details(pool, item, near)) is not None:
        name = short(pool.entries[same].name, _NAME)
        return f"closest: {name}{_line(pool, same)}, as expected in all but its {item.IDENTITY}"
    return f"captured: {some(dict.fromkeys(short(pool.entries[i].name, _NAME) for i in near))}"


def _line(pool: Pool, index: int) -> str:
    """Return the line of the app at which an entry began, where that is known."""
    site = pool.entries[index].site
    return f" ({site})" if site else ""


def _same_details(pool: Pool, item: Expectation[Any], indexes: Sequence[int]) -> int | None:
    """Return the entry of another name in which every named detail holds: probably a rename."""
    if not item.details:
        return None
    return next((i for i in indexes[:_MOST] if item.holds(pool.entries[i])), None)


def _nothing_there(pool: Pool, member: Member) -> str:
    """Return that the place where the member is expected is empty."""
    if member.parent is None:
        return f"no {member.expectation.NOUN} was captured at all"
    parent = pool.entries[member.parent]
    name = short(parent.name, _NAME)
    if member.relation is not Relation.LINK:
        return f"{name} has none"
    return _links(pool, parent)


def _links(pool: Pool, parent: Entry) -> str:
    """Return what a span does link to: by name where that was captured, else by its ids."""
    name = short(parent.name, _NAME)
    targets = [pool.keyed((link.trace_id, link.span_id)) for link in parent.value.links]
    texts = [
        f"{link.trace_id}/{link.span_id}" if found is None else repr(path_of(pool, found))
        for link, found in zip(parent.value.links, targets, strict=True)
    ]
    return f"{name} links to {some(texts)}" if texts else f"{name} has no links"


def _in_place(pool: Pool, member: Member) -> Sequence[int]:
    """Return the entries of any name in the place where the member is expected."""
    noun, parent = member.expectation.NOUN, member.parent or 0
    if member.relation is Relation.LINK:
        return ()
    if member.relation is Relation.DESCENDANT:
        return pool.descendants(parent, noun, None)
    return pool.children(parent, noun, None)
