"""Which subsegment of the one form is which of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from harness.analysis.parity.requests import request_name
from harness.closest import closest, shared_words
from harness.contract.renames import ALIKE
from harness.model import Segment, Subsegment

Document = Segment | Subsegment
CALLING = ("remote", "aws")
"""Namespaces of calls to other services: X-Ray infers a service from each."""
_MOST = 100
"""Candidates that are looked at for one document."""


@dataclass(eq=False)
class Place:
    """A document in its tree.

    Attributes:
        partner: What it was paired with in the other tree.
        depth: How far it is from its root.
    """

    document: Document
    parent: Place | None = None
    children: list[Place] = field(default_factory=list)
    partner: Place | None = None
    depth: int = 0

    @property
    def path(self) -> tuple[str, ...]:
        """Names from the root down to it, the root's left out."""
        names: list[str] = []
        place = self
        while place.parent is not None:
            names.append(place.document.name)
            place = place.parent
        return tuple(reversed(names))

    @property
    def anchor(self) -> Place | None:
        """The nearest place above it that has a partner."""
        place = self.parent
        while place is not None and place.partner is None:
            place = place.parent
        return place

    @property
    def moved(self) -> bool:
        """True when its partner is not below the partner of what is above it."""
        if self.partner is None or self.anchor is None:
            return False
        return self.anchor.partner is not self.partner.anchor


def paired(xray: Segment, otel: Segment) -> tuple[list[Place], list[Place]]:
    """Return the places of both trees, depth first, with their partners.

    Siblings are paired by name in order of start. What is left is looked for by name in the whole
    tree, then among its siblings: by what it calls, else by the closest name, else by what it has.
    """
    first, second = _places(xray), _places(otel)
    _pair(first[0], second[0])
    while _pair_moved(first, second) or _pair_renamed(first):
        pass
    return first, second


def _places(root: Document) -> list[Place]:
    """Return a place for each document, without recursion."""
    found: list[Place] = []
    pending = [Place(root)]
    while pending:
        place = pending.pop()
        found.append(place)
        ordered = sorted(place.document.subsegments, key=lambda child: child.start_time)
        place.children = [Place(child, place, depth=place.depth + 1) for child in ordered]
        pending += reversed(place.children)
    return found


def _pair(xray: Place, otel: Place) -> None:
    """Pair two places, and below them the siblings with the same names."""
    pending = [(xray, otel)]
    while pending:
        first, second = pending.pop()
        first.partner, second.partner = second, first
        named: dict[str, list[Place]] = {}
        for child in _free(second.children):
            named.setdefault(child.document.name, []).append(child)
        pending += [
            (child, named[child.document.name].pop(0))
            for child in _free(first.children)
            if named.get(child.document.name)
        ]


def _free(places: list[Place]) -> Iterator[Place]:
    return (place for place in places if place.partner is None)


def _pair_moved(first: list[Place], second: list[Place]) -> bool:
    """Pair what has the same name elsewhere; return True when anything was."""
    named: dict[str, list[Place]] = {}
    for place in _free(second):
        named.setdefault(place.document.name, []).append(place)
    changed = False
    for place in _free(first):
        namesakes = list(islice(_free(named.get(place.document.name, [])), _MOST))
        if namesakes:
            above = place.anchor and place.anchor.partner
            _pair(place, min(namesakes, key=lambda each: each.anchor is not above))
            changed = True
    return changed


def _pair_renamed(first: list[Place]) -> bool:
    """Pair what has a likely sibling; return True when anything was."""
    changed = False
    for place in _free(first):
        partner = place.parent and place.parent.partner
        candidates = list(islice(_free(partner.children), _MOST)) if partner else []
        if candidates and (likely := _likely(place.document, candidates)):
            _pair(place, likely)
            changed = True
    return changed


def _likely(document: Document, candidates: list[Place]) -> Place | None:
    if _namespace(document) in CALLING:
        calls = [each for each in candidates if _namespace(each.document) == _namespace(document)]
        if calls:
            return min(calls, key=lambda each: request_name(each.document) != request_name(document))
    alike = closest(document.name, [each.document.name for each in candidates])
    if alike is not None:
        return next(each for each in candidates if each.document.name == alike)
    words = {each: shared_words(document.name, each.document.name) for each in candidates}
    near = max(candidates, key=words.__getitem__)
    if words[near] >= ALIKE:
        return near
    own = _content(document)
    same = {each: len(own & _content(each.document)) for each in candidates}
    near = max(candidates, key=same.__getitem__)
    return near if 2 * same[near] > len(own) else None


def _content(document: Document) -> set[str]:
    """Return the keys that a document has, and the names below it."""
    keys = {key.replace("-", "_") for key in document.annotations}
    for values in document.metadata.values():
        keys |= (
            {key.replace("-", "_").replace(".", "_") for key in values} if isinstance(values, dict) else set()
        )
    return keys | {child.name for child in document.subsegments}


def _namespace(document: Document) -> str | None:
    return document.namespace if isinstance(document, Subsegment) else None
