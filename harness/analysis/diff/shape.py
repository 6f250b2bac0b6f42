"""Shapes: what stays of a node and all below it when ids, times and order are taken away."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.analysis.diff.values import Value

Counted = tuple[tuple["Shape", int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A node and what is below it, once for all that are equal.

    Shapes of one `Shapes` are equal when they are the same object.

    Attributes:
        noun: ``span``, ``event``, ``link``, ``segment``, ``subsegment``, ``log_event``, …
        facts: Path → value: ``attributes.app.now``, ``metadata.<namespace>.<key>``, …
        children: Distinct shapes with how often each occurs.
        size: Nodes, this one included.
        order: The same for equal content in any run; sorts shapes.
    """

    noun: str
    name: str
    kind: str
    scope: str
    status: str
    facts: Mapping[str, Value]
    children: Counted
    size: int
    order: bytes
    names: Mapping[tuple[str, str], int] = field(repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """What siblings are paired by first: noun and name."""
        return self.noun, self.name


class Shapes:
    """A table in which every distinct shape is made once."""

    def __init__(self) -> None:
        self._known: dict[Any, Shape] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(
        self,
        noun: str,
        name: str,
        *,
        kind: str = "",
        scope: str = "",
        status: str = "",
        facts: tuple[tuple[str, Value], ...] = (),
        children: Counted = (),
    ) -> Shape:
        """Return the shape with this content.

        Args:
            facts: Sorted by path.
            children: As `counted` returns them.
        """
        key = (noun, name, kind, scope, status, facts, children)
        shape = self._known.get(key)
        if shape is None:
            shape = self._known[key] = _made(key, children)
        return shape


def counted(shapes: Sequence[Shape]) -> Counted:
    """Return distinct shapes with how often each occurs, in an order that is always the same."""
    if not shapes:
        return ()
    if len(shapes) == 1:
        return ((shapes[0], 1),)
    return tuple(sorted(Counter(shapes).items(), key=_order))


def _order(item: tuple[Shape, int]) -> bytes:
    return item[0].order


def _made(key: tuple[Any, ...], below: Counted) -> Shape:
    noun, name, kind, scope, status, facts, _ = key
    # repr() escapes a lone surrogate, which no encoding of text does.
    content = ascii((key[:-1], [(child.order, count) for child, count in below]))
    names: Counter[tuple[str, str]] = Counter()
    for child, count in below:
        names[child.key] += count
    return Shape(
        noun=noun,
        name=name,
        kind=kind,
        scope=scope,
        status=status,
        facts=dict(facts),
        children=below,
        size=1 + sum(child.size * count for child, count in below),
        order=hashlib.blake2b(content.encode(), digest_size=16).digest(),
        names=names,
    )
