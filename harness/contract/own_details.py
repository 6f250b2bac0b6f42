"""What an item says that no other of its name does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.contract.items import Item
from harness.expect.render import short


def own_details(item: Item, siblings: Sequence[Item]) -> str:
    """Return what tells an item from those of its name, behind it in a sentence; empty where it has no other.

    Args:
        siblings: All items beside it, itself among them.
    """
    identity = repr(item.expectation.identity)
    others = [
        {field.name: expected for field, expected in one.expectation.details}
        for one in siblings
        if one is not item and repr(one.expectation.identity) == identity
    ]
    if not others:
        return ""
    found = [
        f"{field.name} {short(own)}"
        for field, expected in item.expectation.details
        if (own := _own(expected, [other.get(field.name) for other in others])) is not None
    ]
    return f" with {', '.join(found)}" if found else ""


def _own(expected: Any, others: Sequence[Any]) -> Any:
    """Return what is not expected by all others, of a mapping only its own keys; None where nothing is."""
    if all(repr(expected) == repr(other) for other in others):
        return None
    if not isinstance(expected, Mapping):
        return expected
    mappings = [other if isinstance(other, Mapping) else {} for other in others]
    return {
        key: value
        for key, value in expected.items()
        if any(repr(other.get(key)) != repr(value) for other in mappings)
    } or None
