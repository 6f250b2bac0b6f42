"""The changes of one mapping of values: what was captured under each of its keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change, below, shown
from harness.contract.accept.document import Document, Entry, entry_of
from harness.contract.operators import split_key
from harness.contract.renames import successor
from harness.contract.write.resource import named_values
from harness.contract.write.volatile import mapping_of
from harness.expect.compare import differences
from harness.expect.key_pattern import KeyPattern


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
    renamed = _renamed(node, expected, generated, captured)
    for name, wanted in expected.items():
        entry = entry_of(node, name)
        if entry is None:
            continue
        values = _under(renamed.get(name, name), captured, expected)
        if name in renamed:
            yield renaming(document, entry, name, renamed[name], where)
        if depth > 1 and isinstance(wanted, Mapping) and all(isinstance(one, dict) for one in values):
            inner = mapping_changes(document, entry.node, wanted, values, depth - 1, where, closed=closed)
            yield from below(name, inner)
        elif name not in renamed and any(differences({name: wanted}, one) for one in captured):
            yield replacement(document, entry, name, _said(entry, name, generated, captured), where)
    for name, (key, value) in generated.items():
        if closed and name not in expected and name not in renamed.values():
            yield setting(document, node, key, value, where)


def _said(
    entry: Entry, name: str, generated: Mapping[str, tuple[str, Any]], captured: Sequence[Any]
) -> dict[str, Any]:
    """Return what is said of a name by what was captured: where the file names each value, so does this."""
    values = named_values(name, captured) if split_key(entry.key)[2] == "one_of" else []
    if len(values) > 1:
        return {f"{name}/one_of": values}
    return dict([generated[name]]) if name in generated else {}


def _renamed(
    node: Any, expected: Mapping[str, Any], generated: Collection[str], captured: Sequence[Any]
) -> dict[str, str]:
    """Return names that are gone → the new one that each became, and of which holds what is said."""

    def holds(name: str, wanted: Any) -> bool:
        return not any(differences({name: wanted}, one) for one in captured)

    new = [name for name in generated if name not in expected]
    renamed: dict[str, str] = {}
    for name, wanted in expected.items():
        entry = entry_of(node, name)
        if entry is None or name in generated or isinstance(name, KeyPattern):
            continue
        fitting = [one for one in new if one not in renamed.values() and holds(one, wanted)]
        if not split_key(entry.key)[1] and holds(name, wanted):
            continue
        near = successor(name, wanted, fitting)
        if near is not None:
            renamed[name] = near
    return renamed


def _under(name: str, captured: Sequence[Any], expected: Mapping[str, Any]) -> list[Any]:
    """Return what was captured under a name, or under each key that it stands for; None where nothing."""
    if not isinstance(name, KeyPattern):
        return [one.get(name) for one in captured]
    return [one[key] for one in captured for key in name.among(one, expected)] or [None]


def renaming(document: Document, entry: Entry, name: str, new: str, where: str) -> Change:
    """Return the change of a name; what is said of it stays."""
    operator = entry.key.removeprefix(name)
    key = f"{new}{operator or ('/is' if '/' in new else '')}"
    told = shown(entry.key, entry.value), shown(key, entry.value)
    return Change(where, name, *told, partial(document.rename, entry, key), renamed=(name, new))


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
