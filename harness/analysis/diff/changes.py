"""Changes: equal edits of all scenarios and places as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harness.analysis.diff.edits import Edit, Path, path_steps
from harness.analysis.diff.severity import Severity
from harness.analysis.diff.values import Value

_MOST_VALUES = 5
"""Of one key; more changed values than this are one change."""
_MOST_NUMBERS = 10
_ORDER = {severity: place for place, severity in enumerate(Severity)}


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a change was seen.

    Attributes:
        path: Names from the root to the node: ``("GET /x", "child")``.
        nodes: How many nodes there.
        unchanged: For each name of the path, how many children did not change.
    """

    path: tuple[str, ...]
    nodes: int
    unchanged: tuple[int, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One way in which the telemetry after differs from that before.

    Attributes:
        kind: A key of `severity.DEFAULTS`.
        signal: ``span``, ``segment``, ``log_event``, ``log_record``, ``metric``, ``export_request``
            or ``resource``.
        noun: What changed: the signal, or ``subsegment``, ``event`` or ``link``.
        what: The path of the fact (``attributes.app.now``); empty when it is about the node itself.
        before: The value, type, name or parent before, as text; None of what was added.
        after: The same after; None of what was removed.
        unit: ``ms → s``, of a rename that changed the unit.
        scope: The instrumentation scope, or namespace, of the nodes.
        package: The distribution that carries the change, when its version changed.
        nodes: How many nodes are concerned, in all scenarios.
        below: How many nodes below them were added or removed with them.
        places: Where, the most nodes first.
        scenarios: Which scenarios saw it.
    """

    kind: str
    severity: Severity
    signal: str
    noun: str
    what: str = ""
    before: str | None = None
    after: str | None = None
    unit: str = ""
    scope: str = ""
    package: str = ""
    nodes: int = 1
    below: int = 0
    places: tuple[Place, ...] = ()
    scenarios: tuple[str, ...] = ()


@dataclass
class _Group:
    """Equal edits."""

    edit: Edit
    signal: str
    before: set[Any] = field(default_factory=set)
    after: set[Any] = field(default_factory=set)
    below: int = 0
    places: dict[tuple[str, ...], int] = field(default_factory=lambda: defaultdict(int))
    unchanged: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)
    scenarios: dict[str, None] = field(default_factory=dict)

    def take(self, other: _Group) -> None:
        self.before |= other.before
        self.after |= other.after
        self.below += other.below
        for path, nodes in other.places.items():
            self.places[path] += nodes
        self.unchanged |= other.unchanged
        self.scenarios |= other.scenarios


class Changes:
    """Takes in edits, and returns them grouped."""

    def __init__(self) -> None:
        self._groups: dict[tuple[Any, ...], _Group] = {}

    def add(self, signal: str, scenarios: Iterable[str], edits: Iterable[Edit], times: int = 1) -> None:
        """Take in the edits of a tree that was captured so many times in some scenarios."""
        names = dict.fromkeys(scenarios)
        # By id, and each path is kept so that its id stays its own: most edits share theirs.
        known: dict[int, tuple[Path, tuple[str, ...], tuple[int, ...]]] = {}
        for edit in edits:
            key = (signal, *_identity(edit))
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = _Group(edit, signal)
            group.before.add(edit.before)
            group.after.add(edit.after)
            group.below += edit.below * edit.times * times
            place = known.get(id(edit.path))
            if place is None:
                steps = path_steps(edit.path)
                place = edit.path, tuple(name for name, _ in steps), tuple(count for _, count in steps)
                known[id(edit.path)] = place
            _, path, unchanged = place
            group.places[path] += edit.times * times
            group.unchanged.setdefault(path, unchanged)
            group.scenarios |= names

    def grouped(self, severities: Mapping[str, Severity]) -> tuple[Change, ...]:
        """Return the changes, breaking ones first."""
        changes = [_change(group, severities) for group in _folded(self._groups.values())]
        return tuple(sorted(changes, key=_rank))


def _identity(edit: Edit) -> tuple[Any, ...]:
    """Return what equal edits share; of a key that was added, removed or retyped, not its value."""
    shared = (edit.kind, edit.noun, edit.what, edit.scope, edit.unit)
    if edit.kind == "retyped":
        return (*shared, _type(edit.before), _type(edit.after))
    if edit.what and edit.kind in ("added", "removed"):
        return (*shared, _type(edit.before), _type(edit.after))
    return (*shared, edit.before, edit.after)


def _type(value: Any) -> str | None:
    return value.type if isinstance(value, Value) else None


def _folded(groups: Iterable[_Group]) -> list[_Group]:
    """Return the groups; those of one key whose values changed in many ways are one."""
    found: list[_Group] = []
    by_key: dict[tuple[str, str, str, str], list[_Group]] = {}
    for group in groups:
        edit = group.edit
        if edit.kind == "value_changed":
            by_key.setdefault((group.signal, edit.noun, edit.what, edit.scope), []).append(group)
        else:
            found.append(group)
    for same in by_key.values():
        if len(same) > _MOST_VALUES:
            first, *others = same
            for other in others:
                first.take(other)
            if not _is_measured(first):
                found.append(first)
        else:
            found += same
    return found


def _is_measured(group: _Group) -> bool:
    """Return whether a key holds another number each time: an amount or an id, and no constant."""
    return all(
        len(values) > _MOST_NUMBERS and all(isinstance(value, Value) and value.is_number for value in values)
        for values in (group.before, group.after)
    )


def _change(group: _Group, severities: Mapping[str, Severity]) -> Change:
    edit = group.edit
    places = sorted(group.places.items(), key=lambda item: (-item[1], item[0]))
    return Change(
        kind=edit.kind,
        severity=severities[edit.kind],
        signal=group.signal,
        noun=edit.noun,
        what=edit.what,
        before=_text(group.before, edit.kind),
        after=_text(group.after, edit.kind),
        unit=edit.unit,
        scope=edit.scope,
        nodes=sum(group.places.values()),
        below=group.below,
        places=tuple(
            Place(path=path, nodes=nodes, unchanged=group.unchanged[path]) for path, nodes in places
        ),
        scenarios=tuple(group.scenarios),
    )


def _text(values: set[Any], kind: str) -> str | None:
    """Return a value as text; of many, how many there are."""
    texts = sorted({_one(value, kind) for value in values if value is not None})
    if len(texts) <= 1:
        return texts[0] if texts else None
    types = sorted({value.type for value in values if isinstance(value, Value)})
    of_type = f" of type {'|'.join(types)}" if types else ""
    return f"{len(texts)} values{of_type}, such as {texts[0]}"


def _one(value: Any, kind: str) -> str:
    if isinstance(value, Value):
        text = (kind == "value_changed" and value.way) or str(value)
        return f"{value.type} {text}" if kind == "retyped" and text != value.type else text
    return str(value)


def _rank(change: Change) -> tuple[Any, ...]:
    first = change.places[0].path if change.places else ()
    return (
        _ORDER[change.severity],
        change.signal,
        first,
        change.kind,
        change.what,
        change.before or "",
        change.after or "",
        change.scope,
    )
