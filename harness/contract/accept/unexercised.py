"""What is optional and no scenario captured: it goes only when it is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change, shown
from harness.contract.accept.document import Document, Entry, entry_of, items_of
from harness.contract.accept.merge import plain
from harness.contract.items import Item, OptionalKey, Presence
from harness.contract.optional import Exercised
from harness.contract.yaml_nodes import place_of
from harness.model import Level


def unexercised_keys(
    document: Document,
    item: Item,
    node: Any,
    captured: Iterable[Any],
    where: str,
    levels: Mapping[str, Level],
) -> Iterator[Change]:
    """Yield the removal of each optional key, event and link that an item never had, where that is an error.

    Args:
        node: The item in the document.
        captured: All that the item took.
    """
    if not item.optional or item.key_unexercised(levels) is not Level.ERROR:
        return
    exercised = Exercised()
    for value in captured:
        exercised.see(item, value)
    renamed = exercised.renamed(item)
    for key in exercised.unseen(item):
        found = None if key in renamed else _in_document(node, key)
        if found is not None:
            what, text, said = found
            yield Change(where, what, text, "", partial(document.remove, said), key.path, asked=True)


def unexercised_item(
    document: Document, item: Item, node: Any, where: str, levels: Mapping[str, Level]
) -> Iterator[Change]:
    """Yield the removal of an optional item that nothing was captured of, where that is an error."""
    if item.presence is Presence.OPTIONAL and item.unexercised(levels) is Level.ERROR:
        title = item.expectation.describe()
        yield Change(where, "item", title, "", partial(document.remove, node), asked=True)


def _in_document(node: Any, key: OptionalKey) -> tuple[str, str, Any] | None:
    """Return the detail, the text and the node of what a document says of an optional key."""
    detail, *names = key.path
    if key.part is not None and names:
        found = [_in_mapping(one, names) for one in items_of(node, detail) if one.id == "mapping"]
        entry = next((one for one in found if one and place_of(one.key_node).line == key.site.line), None)
        return None if entry is None else (detail, shown(entry.key, entry.value), entry.key_node)
    if key.part is not None:
        said = next((one for one in items_of(node, detail) if place_of(one).line == key.site.line), None)
        return None if said is None else (detail, shown(detail, plain(said)), said)
    entry = _in_mapping(node, key.path)
    return None if entry is None else (detail, shown(entry.key, entry.value), entry.key_node)


def _in_mapping(node: Any, path: Sequence[str]) -> Entry | None:
    """Return the entry that a path leads to through mappings."""
    first, *names = path
    entry = entry_of(node, first)
    for name in names:
        entry = None if entry is None or entry.node.id != "mapping" else entry_of(entry.node, name)
    return entry
