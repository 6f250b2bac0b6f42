"""Which series the metrics of a run had, whichever scenario made them: what they were told apart by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from harness.analysis.diff.attributes import fact_changes
from harness.analysis.diff.edits import Edit, Step
from harness.analysis.diff.once import Found
from harness.analysis.diff.values import Value, value_of
from harness.closest import likeness
from harness.contract.renames import ALIKE
from harness.contract.write.metrics import said_series
from harness.contract.write.names import key_form, name_form
from harness.model import Telemetry

Pairs = tuple[tuple[str, str], ...]
"""The attributes of a series: sorted keys, and values as text."""
Name = tuple[str, str]
"""Of a metric, and its scope."""
Point = tuple[str, dict[str, Any]]
"""The scenario, and the attributes of a data point."""
Seen = dict[Pairs, dict[str, None]]
"""Series → the names of the scenarios that saw it."""
_DISTINCTIVE = 5
"""Characters of a value, in quotes, that no two attributes have by coincidence."""


class Told(NamedTuple):
    """What the points of a metric are told apart by.

    Attributes:
        facts: Path of each attribute → its type.
        by_keys: The keys of points → their series, and which scenarios saw them; none where they are many,
            or vary.
    """

    facts: dict[str, Value]
    by_keys: dict[tuple[str, ...], Seen]


Series = Mapping[Name, Told]


def metric_series(parts: Iterable[tuple[str, Telemetry]]) -> Series:
    """Return the series of a whole run: in which scenario one is exported depends on their order.

    Args:
        parts: Name of the scenario, and its telemetry.
    """
    captured: dict[Name, dict[tuple[str, ...], list[Point]]] = {}
    for scenario, part in parts:
        for metric in part.metrics:
            by_keys = captured.setdefault((name_form(metric.name), metric.namespace or metric.scope.name), {})
            for point in metric.data_points:
                keys = tuple(sorted(map(key_form, point.attributes)))
                by_keys.setdefault(keys, []).append((scenario, point.attributes))
    return {name: _told(by_keys) for name, by_keys in captured.items()}


def _told(by_keys: Mapping[tuple[str, ...], list[Point]]) -> Told:
    facts: dict[str, Value] = {}
    for _, attributes in (one for points in by_keys.values() for one in points):
        for key, value in attributes.items():
            path = f"attributes.{key_form(key)}"
            if path not in facts:
                facts[path] = value_of(key, value).loose()
    return Told(facts, {keys: _seen(points) for keys, points in by_keys.items()})


def _seen(points: Iterable[Point]) -> Seen:
    found: Seen = {}
    if said_series([attributes for _, attributes in points]):
        for scenario, attributes in points:
            pairs = tuple(sorted((key_form(key), repr(value)) for key, value in attributes.items()))
            found.setdefault(pairs, {})[scenario] = None
    return found


def with_series(found: Iterable[Found], before: Series, after: Series) -> Iterator[Found]:
    """Yield edits with those of series that only one run has: these are not said of a metric again."""
    of_series = [one for name in sorted(before.keys() & after.keys()) for one in _found(name, before, after)]
    known: dict[tuple[str, Name, str], set[str]] = {}
    for one in of_series:
        for fact in (fact for edit in one.edits for fact in _facts(edit, before, after)):
            known.setdefault(fact, set()).update(one.scenarios)
    for one in found:
        told = {fact for fact, names in known.items() if names.issuperset(one.scenarios)}
        edits = (
            [edit for edit in one.edits if _fact(edit) not in told] if one.signal == "metric" else one.edits
        )
        yield one._replace(edits=edits)
    yield from of_series


def _fact(edit: Edit) -> tuple[str, Name, str]:
    return edit.kind, (edit.path.name if edit.path else "", edit.scope), edit.what


def _facts(edit: Edit, before: Series, after: Series) -> Iterator[tuple[str, Name, str]]:
    """Yield what an edit of a series says of its metric in a scenario, or of all its data points."""
    kind, name, _ = _fact(edit)
    if kind != "renamed":
        yield kind, name, ""
    elif edit.before not in after[name].facts:
        yield "removed", name, str(edit.before)
    if kind == "renamed" and edit.after not in before[name].facts:
        yield "added", name, str(edit.after)


def _found(name: Name, before: Series, after: Series) -> Iterator[Found]:
    """Yield which series of a metric only one run had, where both had some.

    An attribute that a metric gained, lost, renamed or retyped is told of it, and no part of its series.
    """
    old, new = before[name], after[name]
    changes = list(fact_changes(old.facts, new.facts))
    renamed = {change.path: change.new_path for change in changes if change.kind == "renamed"}
    retyped = {change.path for change in changes if change.kind == "retyped"}
    step, scope = Step(None, name[0]), name[1]

    def found(seen: Iterable[str], kind: str, what: str, first: str | None, second: str | None) -> Found:
        return Found("metric", list(seen), [Edit(kind, "metric", step, what, first, second, scope, 1)], 1)

    for gone, come, paths in _renamed_in_some(old, new):
        if renamed.get(paths[0]) != paths[1]:
            seen = _all(new)[come]
            old, new = _without(old, gone), _without(new, come)
            yield found(seen, "renamed", "", *paths)
    known = {renamed.get(path, path) for path in old.facts} - retyped
    first, second = _shared(old, renamed, known & new.facts.keys()), _shared(new, {}, known)
    for keys in sorted(first.keys() | second.keys()):
        one, other = first.get(keys, {}), second.get(keys, {})
        if one is None or other is None or not (any(first.values()) and any(second.values())):
            continue
        for pairs in sorted(one.keys() - other.keys()):
            yield found(one[pairs], "removed", "series", _text(pairs), None)
        for pairs in sorted(other.keys() - one.keys()):
            yield found(other[pairs], "added", "series", None, _text(pairs))


def _renamed_in_some(old: Told, new: Told) -> Iterator[tuple[Pairs, Pairs, tuple[str, str]]]:
    """Yield a series, what it is now, and the paths of the one attribute that has another name in it."""
    before, after = _all(old).keys(), _all(new).keys()
    left = sorted(after - before)
    for gone in sorted(before - after):
        for come in left:
            first, second = sorted(set(gone) - set(come)), sorted(set(come) - set(gone))
            if len(first) == len(second) == 1 and _is_renamed(*first, *second):
                yield gone, come, (f"attributes.{first[0][0]}", f"attributes.{second[0][0]}")
                left.remove(come)
                break


def _is_renamed(before: tuple[str, str], after: tuple[str, str]) -> bool:
    (old, value), (new, other) = before, after
    return old != new and value == other and (likeness(old, new) >= ALIKE or len(value) >= _DISTINCTIVE)


def _all(told: Told) -> Seen:
    return {pairs: seen for series in told.by_keys.values() for pairs, seen in series.items()}


def _without(told: Told, pairs: Pairs) -> Told:
    left = {keys: {p: s for p, s in series.items() if p != pairs} for keys, series in told.by_keys.items()}
    return told._replace(
        by_keys={keys: some for keys, some in left.items() if some or not told.by_keys[keys]}
    )


def _shared(told: Told, renamed: Mapping[str, str], kept: set[str]) -> dict[tuple[str, ...], Seen | None]:
    """Return the series by the keys that both runs have; None where some of them are many, or vary."""
    found: dict[tuple[str, ...], Seen | None] = {}

    def name_of(key: str) -> str:
        path = f"attributes.{key}"
        return renamed.get(path, path)

    for keys, series in told.by_keys.items():
        shared = tuple(sorted(path for path in map(name_of, keys) if path in kept))
        known = found.get(shared, {})
        if not series or known is None:
            found[shared] = None
            continue
        for one, seen in series.items():
            pairs = tuple(sorted((name_of(k), v) for k, v in one if name_of(k) in kept))
            known[pairs] = known.get(pairs, {}) | seen
        found[shared] = known
    return found


def _text(pairs: Pairs) -> str:
    return ", ".join(f"{path.removeprefix('attributes.')}={value}" for path, value in pairs)
