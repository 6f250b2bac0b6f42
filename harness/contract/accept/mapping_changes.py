"""The changes of one mapping of values: what was captured under each of its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change, shown
from harness.contract.accept.document import Document, Entry, entry_of
from harness.contract.operators import split_key
from harness.contract.write.shapes import mapping_of
from harness.expect.compare import differences


def mapping_changes(
    document: Document,
    node: Any,
    expected: Mapping[str, Any],
    captured: Sequence[Any],
    depth: int,
    where: str,
    *,
    closed: bool,
) -> Iterator[Change]:
    """Yield the changes of one mapping of values.

    Args:
        closed: What is captured and not named in it is added.
    """
    generated = {split_key(key)[0]: (key, value) for key, value in mapping_of(captured, depth).items()}
    for name, wanted in expected.items():
        entry = entry_of(node, name)
        below = [one.get(name) for one in captured]
        if entry is None:
            continue
        if depth > 1 and isinstance(wanted, Mapping) and all(isinstance(one, dict) for one in below):
            yield from mapping_changes(document, entry.node, wanted, below, depth - 1, where, closed=closed)
        elif any(differences({name: wanted}, one) for one in captured):
            new = dict([generated[name]]) if name in generated else {}
            yield replacement(document, entry, name, new, where)
    for name, (key, value) in generated.items():
        if closed and name not in expected:
            yield setting(document, node, key, value, where)


def replacement(
    document: Document, entry: Entry, name: str, generated: Mapping[str, Any], where: str
) -> Change:
    """Return the change of a name to what was captured, or its removal."""
    before = shown(entry.key, entry.value)
    new = next((k for k in generated if split_key(k)[0] == name), None)
    if new is None:
        return Change(where, name, before, "", partial(document.remove, entry.key_node))
    value = generated[new]
    return Change(where, name, before, shown(new, value), partial(document.replace, entry, new, value))


def setting(document: Document, node: Any, key: str, value: Any, where: str) -> Change:
    """Return the change of a name to a key and value, whether it is there or not."""
    name = split_key(key)[0]
    entry = entry_of(node, name)
    if entry is None:
        return Change(where, name, "", shown(key, value), partial(document.put, node, key, value))
    return replacement(document, entry, name, {key: value}, where)
