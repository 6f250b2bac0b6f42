"""What is new in one place and gone in another: it comes with all that the file says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change
from harness.contract.accept.document import Document, items_of
from harness.contract.accept.moves import Gone, New
from harness.contract.items import Item, Presence
from harness.contract.kinds import KINDS
from harness.contract.operators import identity_of, split_key
from harness.contract.write.trees import Trees
from harness.expect.compare import equal

_OF_ITS_PLACE = ("when", "presence", "count")
"""What an item says of where it is, and not of what it is."""


def with_grafts(document: Document, changes: Iterable[Change], trees: Trees) -> Iterator[Change]:
    """Yield changes of a whole contract; what one adds is as the file says it where another removes it.

    A span that has a new one around it, or changed places with its parent, or is a root now, keeps its
    ``tier``, ``used_by`` and comments.

    Args:
        trees: All of the run.
    """
    found = list(changes)
    grafts = _Grafts(document, trees, found)
    for change in found:
        new = change.passing
        if isinstance(new, New):
            value = grafts.dressed(new.written, new.nodes, change.path[0])
            if value is not new.written:
                change = replace(change, apply=partial(document.add_item, new.above, new.key, value))
        yield change


class _Grafts:
    """Items that are gone, by what identifies them; a change's path begins with its operation."""

    def __init__(self, document: Document, trees: Trees, changes: Iterable[Change]) -> None:
        self._document, self._trees = document, trees
        self._gone: dict[str, list[tuple[str, Gone]]] = {}
        for change in changes:
            for gone in _whole(change.passing) if isinstance(change.passing, Gone) else ():
                identity = _identity(gone.item.kind, gone.item.expectation.identity)
                self._gone.setdefault(identity, []).append((change.path[0], gone))

    def dressed(self, written: Mapping[str, Any], nodes: Sequence[Any], operation: str) -> Any:
        """Return a written item with what the file says of it and of those below; itself, if that is nothing.

        Args:
            nodes: What was captured of it.
        """
        kind, identity = identity_of(written)
        key = (KINDS[kind].children or ("",))[0]
        children = list(written.get(key, ()))
        below = [self.dressed(child, self._below(child, nodes), operation) for child in children]
        gone = self._find(_identity(kind, identity), nodes, operation)
        if gone is None:
            is_same = all(one is child for one, child in zip(below, children, strict=True))
            return written if is_same else {**written, key: below}
        said = {name: value for name, value in written.items() if split_key(name)[0] in _OF_ITS_PLACE}
        if below:
            said[key] = below
        return self._document.copied(gone.above, gone.key, gone.node, said, (*_OF_ITS_PLACE, key))

    def _below(self, child: Mapping[str, Any], nodes: Sequence[Any]) -> list[Any]:
        _, identity = identity_of(child)
        return [one for node in nodes for one in self._trees.below(node) if equal(identity, one.name)]

    def _find(self, identity: str, nodes: Sequence[Any], operation: str) -> Gone | None:
        """Return the one that all nodes are as: of the operation, if it has any such."""
        fitting = [one for one in self._gone.get(identity, ()) if nodes and _holds(one[1].item, nodes)]
        own = [one for one in fitting if one[0] == operation] or fitting
        return own[0][1] if len(own) == 1 else None


def _whole(gone: Gone) -> Iterator[Gone]:
    """Yield an item that is gone, and each below it."""
    yield gone
    children = KINDS[gone.item.kind].children
    if children is not None:
        nodes = items_of(gone.node, children[0])
        for child, node in zip(gone.item.children, nodes, strict=False):
            if child.presence is not Presence.FORBIDDEN:
                yield from _whole(Gone(child, gone.item, gone.node, children[0], node))


def _identity(kind: str, identity: Any) -> str:
    return f"{kind} {identity!r}"


def _holds(item: Item, nodes: Collection[Any]) -> bool:
    return all(field.holds(expected, node) for field, expected in item.expectation.details for node in nodes)
