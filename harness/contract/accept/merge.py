"""A value that becomes another one as edits of what differs in it: what is equal stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.closest import likeness
from harness.contract.accept.edits import Addition, Edits, Part, parts_of
from harness.contract.operators import split_key
from harness.contract.renames import ALIKE, successor
from harness.contract.write.yaml_text import Said
from harness.contract.yaml_nodes import scalar

_LONGEST = 200
"""Longer lists are written anew."""


def plain(node: Any) -> Any:
    """Return what a node holds, keys with their operators."""
    if node.id == "mapping":
        return {key.value: plain(value) for key, value in node.value}
    if node.id == "sequence":
        return [plain(item) for item in node.value]
    return scalar(node)


def said(value: Any) -> Any:
    """Return a value that is to be written, without comments."""
    if isinstance(value, Said):
        return said(value.value)
    if isinstance(value, Mapping):
        return {key: said(item) for key, item in value.items()}
    return [said(item) for item in value] if isinstance(value, list) else value


def is_merged(node: Any, value: Any) -> bool:
    """Return whether a value can come to be inside a node: of one kind, one entry a line, and not empty."""
    kind = {"mapping": Mapping, "sequence": list}.get(node.id)
    if kind is None or node.flow_style or not isinstance(value, kind) or not value:
        return False
    return isinstance(value, Mapping) or len(value) * len(node.value) <= _LONGEST**2


def merge(edits: Edits, node: Any, value: Any) -> None:
    """Add the edits after which a block mapping or list holds a value."""
    if node.id == "mapping":
        _merge_mapping(edits, node, value)
    else:
        _merge_list(edits, node, value)


def merge_entry(edits: Edits, part: Part, key: str, value: Any) -> None:
    """Add the edits after which a part has a key and value: an item of a list has no key."""
    is_compact = not key and part.value.id == "sequence"  # its first item stands behind the dash of its own
    if is_compact or not is_merged(part.value, value):
        edits.replaced[id(part.key)] = key, value
        return
    if key and key != part.key.value:
        edits.renamed[id(part.key)] = key
    merge(edits, part.value, value)


# Mappings


def _merge_mapping(edits: Edits, node: Any, value: Mapping[str, Any]) -> None:
    names = {split_key(key)[0]: key for key in value}
    parts = {split_key(str(part.key.value))[0]: part for part in parts_of(node)}
    keys = {name: names.get(name) for name in parts}
    new = [name for name in names if name not in parts]
    for name, part in parts.items():
        if keys[name] is None:
            keys[name] = _renamed(name, part, {one: names[one] for one in new}, value)
            new = [one for one in new if names[one] != keys[name]]
    for name, part in parts.items():
        key = keys[name]
        if key is None:
            edits.removed.add(id(part.key))
        elif key != part.key.value or said(value[key]) != plain(part.value):
            merge_entry(edits, part, key, value[key])
    for name in new:
        put(edits, node, names[name], value[names[name]])


def _renamed(name: str, part: Part, new: Mapping[str, str], value: Mapping[str, Any]) -> str | None:
    """Return the key that another one became, under which the same is said."""
    before, operator = plain(part.value), split_key(str(part.key.value))[1:]
    fitting = [
        one for one, key in new.items() if said(value[key]) == before and split_key(key)[1:] == operator
    ]
    near = successor(name, before, fitting)
    return None if near is None else new[near]


def put(edits: Edits, mapping: Any, key: str, value: Any) -> None:
    """Add an entry, sorted in among its like; the first one of a list's item says what it is."""
    name = split_key(key)[0]
    before = [n for n, (other, _) in enumerate(mapping.value, 1) if split_key(other.value)[0] < name]
    edits.add(mapping, Addition(before[-1] if before else 0, key, value))


# Lists


def _merge_list(edits: Edits, node: Any, value: Sequence[Any]) -> None:
    parts = parts_of(node)
    number = 0
    for old, new in _aligned([plain(part.value) for part in parts], [said(item) for item in value]):
        if new is None:
            edits.removed.add(id(parts[old].key))
        elif old is None:
            edits.add(node, Addition(number, "", value[new]))
        elif said(value[new]) != plain(parts[old].value):
            merge_entry(edits, parts[old], "", value[new])
        number = number if old is None else old + 1


def _aligned(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return which item of one list is which of another, in the order of both; None where one has none."""
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            paired = best[i + 1][j + 1] + _similarity(before[i], after[j])
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    found: list[tuple[Any, Any]] = []
    i = j = 0
    while i < len(before) and j < len(after):
        alike = _similarity(before[i], after[j])
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((i, None))
            i += 1
        else:
            found.append((None, j))
            j += 1
    return [*found, *((n, None) for n in range(i, len(before))), *((None, n) for n in range(j, len(after)))]


def _similarity(before: Any, after: Any) -> float:
    """Return how alike two items are: most where they are equal, 0 where too little is."""
    if type(before) is type(after) and before == after:
        return 3.0
    if not isinstance(before, dict | list) and not isinstance(after, dict | list):
        return 0.1 + likeness(str(before), str(after))
    alike = likeness(repr(before), repr(after)) if type(before) is type(after) else 0.0
    if isinstance(before, dict) and isinstance(after, dict) and _shares(before, after):
        return ALIKE + (1 - ALIKE) * alike
    return alike if alike >= ALIKE else 0.0


def _shares(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether two mappings say one thing alike: a name, or an attribute."""
    both = [(before[key], after[key]) for key in before.keys() & after.keys()]
    return any(
        _shares(one, other) if isinstance(one, dict) and isinstance(other, dict) else one == other
        for one, other in both
    )
