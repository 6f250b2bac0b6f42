"""Variants that are told apart by an attribute that has another name now: their ``when`` names it anew."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.contract.accept.changes import Change
from harness.contract.accept.document import Document, entry_of
from harness.contract.accept.mapping_changes import renaming
from harness.contract.attributed import ATTRIBUTES
from harness.contract.items import Contract, Operation
from harness.contract.renames import successor
from harness.contract.shares import is_forbidden
from harness.contract.trees import Witness
from harness.expect.compare import equal
from harness.expect.omitted import OMITTED

_WHEN = "when"

Key = tuple[str, str]
"""Before and after."""


def renamed_conditions(contract: Contract, witness: Witness) -> dict[int, Key]:
    """Return the `id` of the item of each variant → the key of its ``when`` that was renamed.

    Of an operation that has requests, and none of any of its variants, each variant is told by the new key:
    also one that no scenario exercised.
    """
    silent = [one for one in _by_name(contract) if not any(id(o.item) in witness.taken for o in one)]
    found: dict[int, Key] = {}
    for variants in silent:
        item = variants[0].item
        left = [r for r in witness.roots.get(item.kind, ()) if equal(item.expectation.identity, r.name)]
        votes = Counter(key for operation in variants for key in _renamed(operation, left))
        for (before, after), _ in votes.most_common(1):
            found |= {id(o.item): (before, after) for o in variants if before in _keys(o)}
    return found


def with_condition(operation: Operation, key: Key | None) -> Operation:
    """Return an operation whose ``when`` has the new key, if there is one."""
    if key is None or operation.when is None:
        return operation
    before, after = key
    keys = {after if name == before else name: wanted for name, wanted in _keys(operation).items()}
    when = dataclasses.replace(operation.when, **{ATTRIBUTES.name: keys})  # type: ignore[type-var]  # it is one
    return dataclasses.replace(operation, when=when)


def condition_change(document: Document, node: Any, key: Key, where: str) -> Iterator[Change]:
    """Yield the change of an operation's ``when``.

    Args:
        node: The operation's.
        where: Its name.
    """
    when = entry_of(node, _WHEN)
    attributes = entry_of(when.node, ATTRIBUTES.name) if when else None
    entry = entry_of(attributes.node, key[0]) if attributes else None
    if entry:
        yield renaming(document, entry, *key, where)


def _by_name(contract: Contract) -> Iterator[list[Operation]]:
    found: dict[tuple[str, str], list[Operation]] = {}
    for operation in contract.operations:
        if not is_forbidden(operation.item):
            name = operation.item.kind, repr(operation.item.expectation.identity)
            found.setdefault(name, []).append(operation)
    return iter(found.values())


def _renamed(operation: Operation, left: Sequence[Any]) -> Iterator[Key]:
    """Yield a key of a ``when`` that no request has, and the one under which one has what is said of it."""
    for key, wanted in _keys(operation).items():
        if any(key in root.attributes for root in left):
            continue
        fitting = {name for root in left for name, value in root.attributes.items() if equal(wanted, value)}
        near = successor(key, wanted, fitting)
        if near is not None:
            yield key, near


def _keys(operation: Operation) -> Mapping[str, Any]:
    expected = getattr(operation.when, ATTRIBUTES.name, OMITTED)
    return expected if isinstance(expected, Mapping) else {}
