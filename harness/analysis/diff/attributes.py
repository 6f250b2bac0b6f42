"""What changed between the facts of two nodes: added, removed, renamed, moved, retyped, another value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from harness.analysis.diff.values import Relation, Value, relation
from harness.closest import likeness
from harness.contract.migrated import are_migrated
from harness.contract.renames import is_distinctive
from harness.contract.units import stem_and_unit

Fact = tuple[str, Value]
Facts = Mapping[str, Value]
_RENAMED = 0.6
"""From this score on, a removed and an added key are one that was renamed."""
_MOST_PAIRS = 2_000
_SCALES = (1e3, 1e6, 1e9)


class FactChange(NamedTuple):
    """One changed fact.

    Attributes:
        kind: ``added``, ``removed``, ``renamed``, ``moved``, ``retyped``, ``value_changed``.
        path: Before; of an added fact, after.
        new_path: After, of one that was renamed or moved.
        unit: ``ms → s`` where a rename changed the unit.
    """

    kind: str
    path: str
    before: Value | None
    after: Value | None
    new_path: str = ""
    unit: str = ""


def fact_changes(before: Facts, after: Facts) -> Iterator[FactChange]:
    """Yield the smallest set of changes that makes one node's facts the other's."""
    removed = {path: value for path, value in before.items() if path not in after}
    added = {path: value for path, value in after.items() if path not in before}
    for path, value in before.items():
        if path in after and after[path] != value:
            kind = relation(value, after[path])
            if kind is not Relation.SAME:
                yield FactChange(kind.value, path, None if kind is Relation.ADDED else value, after[path])
    for change in _replaced(tuple(removed.items()), tuple(added.items())):
        removed.pop(change.path, None)
        added.pop(change.new_path, None)
        yield change
    for path, value in removed.items():
        yield FactChange("removed", path, value, None)
    for path, value in added.items():
        yield FactChange("added", path, None, value)


@lru_cache(maxsize=4096)
def _replaced(removed: tuple[Fact, ...], added: tuple[Fact, ...]) -> tuple[FactChange, ...]:
    """Return what was moved or renamed, best first; most nodes of a run differ in the same keys."""
    if not removed or not added or len(removed) * len(added) > _MOST_PAIRS:
        return ()
    candidates: list[tuple[float, str, str, str, str, str, str]] = []
    for old, before in removed:
        for new, after in added:
            kind, score, unit = _replacement(old, before, new, after)
            if score >= _RENAMED:
                candidates.append((-score, min(old, new), max(old, new), kind, old, new, unit))
    left, right = dict(removed), dict(added)
    found: list[FactChange] = []
    for _, _, _, kind, old, new, unit in sorted(candidates):
        if old in left and new in right:
            before, after = left.pop(old), right.pop(new)
            found.append(FactChange(kind, old, before, after, new, unit))
            if not unit and relation(before, after) is Relation.CHANGED:
                found.append(FactChange("value_changed", new, before, after))
    return tuple(found)


@lru_cache(maxsize=65_536)
def _replacement(old: str, before: Value, new: str, after: Value) -> tuple[str, float, str]:
    """Return the kind, the score from 0 to 1 and the unit change of one key in place of another."""
    old_section, _, old_key = old.partition(".")
    new_section, _, new_key = new.partition(".")
    if {old_section, new_section} == {"annotations", "metadata"}:
        # An annotation's key has letters, digits and underscores only (X-Ray segment documents).
        keys = [key.rpartition(".")[2].replace("-", "_") for key in (old_key, new_key)]
        same = keys[0] == keys[1] and before.type == after.type
        return "moved", 2.0 if same else 0.0, ""
    if old_section != new_section:
        return "renamed", 0.0, ""
    unit = _unit_change(old_key, before, new_key, after)
    if unit:
        return "renamed", 1.5, unit
    return "renamed", _rename_score(old_key, before, new_key, after), ""


def _unit_change(old: str, before: Value, new: str, after: Value) -> str:
    """Return ``ms → s`` when two numbers differ in the unit that their keys end with."""
    if not (before.is_number and after.is_number):
        return ""
    (old_stem, old_unit), (new_stem, new_unit) = stem_and_unit(old), stem_and_unit(new)
    if old_unit == new_unit or likeness(old_stem, new_stem) < _RENAMED:
        return ""
    if old_stem != new_stem and not _is_scaled(before, after):
        return ""
    return f"{old_unit or 'no unit'} → {new_unit or 'no unit'}"


def _is_scaled(before: Value, after: Value) -> bool:
    if not (before.is_exact and after.is_exact):
        return True  # measured anew in each run
    small, large = sorted((abs(_number(before)), abs(_number(after))))
    return any(math.isclose(small * scale, large) for scale in _SCALES)


def _number(value: Value) -> float:
    return float(value.argument) if isinstance(value.argument, int | float) else math.nan


def _rename_score(old: str, before: Value, new: str, after: Value) -> float:
    if before.type != after.type:
        return 0.0
    alike = likeness(old, new)
    if are_migrated(old, new):
        return 0.9 + 0.1 * (before == after)
    if before.is_exact and after.is_exact:
        if before != after:
            return 0.8 * alike
        return 0.75 + 0.25 * alike if is_distinctive(before.argument) else 0.4 + 0.6 * alike
    if before == after and before.operator != "type":
        return 0.45 + 0.5 * alike
    return 0.3 + 0.5 * alike if relation(before, after) is Relation.SAME else 0.0
