"""A contract's file with the edits that are to be made in it; its text changes only where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.contract.accept.block import block_edits, item_lines
from harness.contract.accept.edits import Addition, Edits, Part, edited, is_collection, parts_of
from harness.contract.accept.lines import Lines
from harness.contract.accept.merge import merge_entry, plain, put
from harness.contract.kinds import EVENTS, KINDS, LINKS
from harness.contract.operators import split_key
from harness.contract.problems import Problems
from harness.contract.write.yaml_text import Verbatim
from harness.contract.yaml_nodes import compose


@dataclass(frozen=True, eq=False)
class Entry:
    """A key of a mapping, and what is under it, as nodes that know their place."""

    key_node: Any
    node: Any

    @property
    def key(self) -> str:
        """As the file says it, with its operator."""
        return str(self.key_node.value)

    @property
    def value(self) -> Any:
        """As plain Python."""
        return plain(self.node)


_NEVER_EMPTY = frozenset({EVENTS, LINKS, *(kind.children[0] for kind in KINDS.values() if kind.children)})
_SORTED_BY = {
    "log_event": ("log_group",),
    "log_record": ("scope", "severity_text", "event_name", "severity_number"),
}


class Document:
    """A file that is edited: edits are collected, then made in its text.

    Args:
        text: A contract, which `parse_contract` has read.
        file: How errors name it.
    """

    def __init__(self, text: str, file: str = "contract") -> None:
        problems = Problems(file)
        self.root = compose(text, problems)
        problems.raise_any()
        self._text = text
        self._lines = Lines(text if text.endswith("\n") else f"{text}\n")
        self._edits = Edits()
        self._new_lists: dict[tuple[int, str], list[Any]] = {}

    def text(self) -> str:
        """Return the file's text with all edits made."""
        _remove_emptied(self.root, self._edits)
        found = block_edits(self._lines, self.root, self._edits)
        ended = self._lines.text
        after = edited(ended, found, 0, len(ended))
        return after if ended == self._text else after.removesuffix("\n")

    def remove(self, node: Any) -> None:
        """Remove an item of a list, or the entry with this key node."""
        self._edits.removed.add(id(node))

    def move(self, above: Any, node: Any, mapping: Any, name: str) -> None:
        """Move an item from the list under a name to that of another mapping, with its comments.

        Args:
            above: The mapping whose list has it.
        """
        value = self._as_written(above, name, node, plain(node), Edits())
        self.remove(node)
        self.add_item(mapping, name, value)

    def copied(self, above: Any, key: str, node: Any, said: Mapping[str, Any], instead: Sequence[str]) -> Any:
        """Return an item of the list under a key, with its comments, as it comes elsewhere.

        Args:
            above: The mapping whose list has it.
            said: What it says there.
            instead: The names of what it says here only.
        """
        names = {split_key(one)[0]: one for one in said}
        edits, value = Edits(), plain(node)
        for part in parts_of(node):
            name = split_key(str(part.key.value))[0]
            if name in names:
                edits.replaced[id(part.key)] = names[name], said[names.pop(name)]
            elif name in instead:
                edits.removed.add(id(part.key))
                del value[part.key.value]
        for name in names.values():
            put(edits, node, name, said[name])
        return self._as_written(above, key, node, value | said, edits)

    def _as_written(self, above: Any, key: str, node: Any, value: dict[str, Any], edits: Edits) -> Any:
        """Return an item as the file has it, edited; of a list in one line, its plain value."""
        entry = entry_of(above, key)
        if entry is None or entry.node.flow_style:
            return value
        return Verbatim(value, item_lines(self._lines, entry.key_node, entry.node, node, edits))

    def replace(self, entry: Entry, key: str, value: Any) -> None:
        """Set an entry to a key and value, in its place; of a collection only what differs in it."""
        merge_entry(self._edits, Part(entry.key_node, entry.node), key, value)

    def rename(self, entry: Entry, key: str) -> None:
        """Give an entry another key; what is under it stays."""
        self._edits.renamed[id(entry.key_node)] = key

    def put(self, mapping: Any, key: str, value: Any) -> None:
        """Add an entry, sorted in among its like; the first one of a list's item says what it is."""
        put(self._edits, mapping, key, value)

    def add_item(self, mapping: Any, name: str, value: dict[str, Any]) -> None:
        """Add an item to the list under a name, before the first of its kind that comes later."""
        entry = entry_of(mapping, name)
        if entry is None:
            self._new_list(mapping, name).append(value)
            return
        kind, place = _place(value)
        known = [_place(plain(node)) for node in entry.node.value]
        later = [n for n, (other, its) in enumerate(known) if other == kind and its > place]
        self._edits.add(entry.node, Addition(later[0] if later else len(known), "", value))

    def _new_list(self, mapping: Any, name: str) -> list[Any]:
        """Return the list that comes under a name, behind everything else in its mapping."""
        key = id(mapping), name
        if key not in self._new_lists:
            self._new_lists[key] = []
            self._edits.add(mapping, Addition(len(mapping.value), name, self._new_lists[key]))
        return self._new_lists[key]


def entry_of(mapping: Any, name: str) -> Entry | None:
    """Return the entry of a mapping that has this name, whatever its operator."""
    for key, node in mapping.value:
        if split_key(str(key.value))[0] == name:
            return Entry(key, node)
    return None


def items_of(mapping: Any, name: str) -> list[Any]:
    """Return the nodes of the list under a name; of none when there is no such list."""
    entry = entry_of(mapping, name)
    return [] if entry is None else list(entry.node.value)


def _place(item: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return the kind of an item, and what `contract write` sorts those of its kind by."""
    named = {split_key(key)[0]: (split_key(key)[2], str(value)) for key, value in item.items()}
    kind = next(iter(named), "")
    if kind not in _SORTED_BY:
        return kind, (named.get(kind, ("", ""))[1],)
    none = ("is", "")
    return kind, (*(named.get(detail, none) for detail in _SORTED_BY[kind]), named[kind])


def _remove_emptied(node: Any, edits: Edits) -> None:
    """Remove the lists of children, events and links that all items are removed from."""
    for part in parts_of(node) if is_collection(node) else ():
        if edits.removes(part):
            continue
        items = parts_of(part.value) if part.value.id == "sequence" else []
        emptied = items and all(map(edits.removes, items)) and not edits.added_to(part.value)
        if emptied and node.id == "mapping" and part.key.value in _NEVER_EMPTY:
            edits.removed.add(id(part.key))
        else:
            _remove_emptied(part.value, edits)
