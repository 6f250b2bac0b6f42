"""What is to be edited in a tree of YAML nodes, whatever their style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from harness.contract.operators import split_key

TextEdit = tuple[int, int, str]
"""Where it starts and ends in the text, and what comes there."""


class Addition(NamedTuple):
    """What comes into a mapping or list.

    Attributes:
        position: How many of those that are there come before it.
        key: Empty in a list.
    """

    position: int
    key: str
    value: Any


class Part(NamedTuple):
    """An entry of a mapping, or an item of a list.

    Attributes:
        key: The node that `Edits` knows it by.
        value: The node of what it holds: an item's own.
    """

    key: Any
    value: Any


@dataclass
class Edits:
    """Edits by the `id` of their node.

    Attributes:
        removed: Key nodes, and items of lists.
        replaced: Key node, or item of a list → the new key and value.
        renamed: Key node → the new key, of what stays.
        added: Mapping or list → what comes into it.
    """

    removed: set[int] = field(default_factory=set)
    replaced: dict[int, tuple[str, Any]] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)
    added: dict[int, list[Addition]] = field(default_factory=dict)

    def add(self, collection: Any, addition: Addition) -> None:
        """Add what comes into a mapping or list."""
        self.added.setdefault(id(collection), []).append(addition)

    def removes(self, part: Part) -> bool:
        """Return whether a part is removed."""
        return id(part.key) in self.removed

    def added_to(self, collection: Any) -> list[Addition]:
        """Return what comes into a mapping or list, in its order."""
        added = self.added.get(id(collection), ())
        return sorted(added, key=lambda one: (one.position, split_key(one.key)[0]))


def edited(text: str, edits: Iterable[TextEdit], start: int, end: int) -> str:
    """Return what is from one place of a text to another, with the edits in it, of which none overlap."""
    found, done = "", start
    for first, last, new in sorted(edits, key=lambda edit: edit[:2]):
        found += text[done:first] + new
        done = last
    return found + text[done:end]


def parts_of(collection: Any) -> list[Part]:
    """Return the entries of a mapping, or the items of a list."""
    if collection.id == "mapping":
        return [Part(key, value) for key, value in collection.value]
    return [Part(item, item) for item in collection.value]


def is_collection(node: Any) -> bool:
    """Return whether a node is a mapping or a list."""
    return node.id in ("mapping", "sequence")


def as_value(collection: Any, additions: Sequence[Addition]) -> Any:
    """Return additions as what an empty mapping or list becomes."""
    if collection.id == "mapping":
        return {one.key: one.value for one in additions}
    return [one.value for one in additions]
