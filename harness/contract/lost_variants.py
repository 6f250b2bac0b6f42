"""Requests that lost what tells their variant: they pass as another one, and have what only theirs says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.contract.items import Operation
from harness.expect.compare import equal
from harness.expect.fields import Field, MappingField
from harness.expect.key_pattern import declared_as
from harness.expect.parts import PartsField
from harness.expect.pool import Entry


def is_lost(variant: Operation, taken: Operation, entry: Entry) -> bool:
    """Return whether a request that is as one variant is rather another, but for what that one's `when` says.

    All holds of it that the other says, and some of it the first knows nothing of: an event, an attribute.
    """
    told = {field.name for field, _ in variant.when.details} if variant.when is not None else set()
    told |= {"status_message"} if "status" in told else set()  # a status that is lost takes it along
    known = {field.name: expected for field, expected in taken.item.expectation.details}
    details = [pair for pair in variant.item.expectation.details if pair[0].name not in told]
    return all(field.holds(expected, entry.value) for field, expected in details) and any(
        _is_unknown(field, expected, known.get(field.name), entry.value) for field, expected in details
    )


def _is_unknown(field: Field, expected: Any, known: Any, value: Any) -> bool:
    """Return whether a captured value has what is expected in a field, and is not known there."""
    if isinstance(field, PartsField):
        return known is None and any(not part.optional for part in expected)
    if not isinstance(field, MappingField) or not isinstance(expected, Mapping):
        return False
    declared = known if isinstance(known, Mapping) else {}
    captured = field.read(value)
    return any(
        key in captured and equal(wanted, captured[key]) and declared_as(key, declared) is None
        for key, wanted in expected.items()
    )
