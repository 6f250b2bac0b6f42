"""Whether a record holds only what JSON can say; most do, and are written as they are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

from msgspec import Struct

from harness.model.nesting import MAX_DEPTH
from harness.report.plain import RESERVED
from harness.report.walk import SETTLED, changing_fields

# An encoder writes these as `to_plain` does, or raises; a field of type bytes is base64.
_WRITTEN = SETTLED | {str}
_WRITTEN_FIELDS = _WRITTEN | {bytes}

Group = tuple[int, list[Any]]


def is_as_is(record: Struct) -> bool:
    """Return True when `to_plain` would change nothing in a struct; of a few that is said too rarely.

    All values of a field, or of all dicts in it, are looked at together: of a
    hundred thousand spans one by one takes ten times as long.

    >>> from harness.model import RunRecord
    >>> is_as_is(RunRecord(packages={"msgspec": "0.20"}))
    True
    """
    pending: list[Group] = [(0, [record])]
    while pending:
        depth, values = pending.pop()
        kinds = set(map(type, values))
        for kind in kinds - _WRITTEN:
            same = values if len(kinds) == 1 else [value for value in values if type(value) is kind]
            if not _is_written(kind, same, depth):
                return False
            pending += _inside(kind, same, depth)
    return True


def _is_written(kind: type, values: list[Any], depth: int) -> bool:
    """Return whether values of one type are written as they are, what is in them aside."""
    if kind is float:
        return all(map(math.isfinite, values))
    if kind is dict:
        keys = set(chain.from_iterable(values))
        return depth < MAX_DEPTH and {str}.issuperset(map(type, keys)) and keys.isdisjoint(RESERVED)
    return issubclass(kind, Struct) or (kind in (list, tuple) and depth < MAX_DEPTH)


def _inside(kind: type, values: list[Any], depth: int) -> Iterable[Group]:
    if issubclass(kind, Struct):
        names = changing_fields(kind, _WRITTEN_FIELDS)
        return [(0, list(map(attrgetter(name), values))) for name in names]
    if kind is float:
        return []
    found = map(dict.values, values) if kind is dict else values
    return [(depth + 1, list(chain.from_iterable(found)))]
