"""Which series the metrics of a run had, whichever scenario made them: what they were told apart by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from harness.analysis.diff.attributes import fact_changes
from harness.analysis.diff.edits import Edit, Step
from harness.analysis.diff.values import Value, value_of
from harness.contract.write.metrics import said_series
from harness.contract.write.names import key_form, name_form
from harness.model import Telemetry

Pairs = tuple[tuple[str, str], ...]
"""The attributes of a series: sorted keys, and values as text."""
Name = tuple[str, str]
"""Of a metric, and its scope."""


class Told(NamedTuple):
    """What the points of a metric are told apart by.

    Attributes:
        facts: Path of each attribute → its type.
        by_keys: The keys of points → their series; none where they are many, or vary.
    """

    facts: dict[str, Value]
    by_keys: dict[tuple[str, ...], frozenset[Pairs]]


Series = Mapping[Name, Told]


def metric_series(parts: Iterable[Telemetry]) -> Series:
    """Return the series of a whole run: in which scenario one is exported depends on their order."""
    captured: dict[Name, dict[tuple[str, ...], list[dict[str, Any]]]] = {}
    for part in parts:
        for metric in part.metrics:
            by_keys = captured.setdefault((name_form(metric.name), metric.namespace or metric.scope.name), {})
            for point in metric.data_points:
                keys = tuple(sorted(map(key_form, point.attributes)))
                by_keys.setdefault(keys, []).append(point.attributes)
    return {name: _told(by_keys) for name, by_keys in captured.items()}


def _told(by_keys: Mapping[tuple[str, ...], list[dict[str, Any]]]) -> Told:
    facts: dict[str, Value] = {}
    for attributes in (one for points in by_keys.values() for one in points):
        for key, value in attributes.items():
            path = f"attributes.{key_form(key)}"
            if path not in facts:
                facts[path] = value_of(key, value).loose()
    return Told(facts, {k: frozenset(map(_pairs, said_series(points))) for k, points in by_keys.items()})


def _pairs(attributes: Mapping[str, Any]) -> Pairs:
    return tuple(sorted((key_form(key), repr(value)) for key, value in attributes.items()))


def series_edits(before: Series, after: Series) -> Iterator[Edit]:
    """Yield which series of a metric only one run had, where both had some.

    An attribute that a metric gained, lost or renamed is told of the metric, and no part of its series.
    """
    for name, scope in sorted(before.keys() & after.keys()):
        old, new = before[name, scope], after[name, scope]
        renamed = {c.path: c.new_path for c in fact_changes(old.facts, new.facts) if c.kind == "renamed"}
        first = _shared(old, renamed, {renamed.get(path, path) for path in old.facts} & new.facts.keys())
        second = _shared(new, {}, {renamed.get(path, path) for path in old.facts})
        for keys in sorted(first.keys() | second.keys()):
            one, other = (side.get(keys, frozenset()) for side in (first, second))
            if one is None or other is None or not (any(first.values()) and any(second.values())):
                continue
            for pairs in sorted(one - other):
                yield Edit("removed", "metric", Step(None, name), "series", _text(pairs), None, scope, 1)
            for pairs in sorted(other - one):
                yield Edit("added", "metric", Step(None, name), "series", None, _text(pairs), scope, 1)


def _shared(
    told: Told, renamed: Mapping[str, str], kept: set[str]
) -> dict[tuple[str, ...], frozenset[Pairs] | None]:
    """Return the series by the keys that both runs have; None where some of them are many, or vary."""
    found: dict[tuple[str, ...], frozenset[Pairs] | None] = {}

    def name_of(key: str) -> str:
        path = f"attributes.{key}"
        return renamed.get(path, path)

    for keys, series in told.by_keys.items():
        shared = tuple(sorted(path for path in map(name_of, keys) if path in kept))
        pairs = {tuple(sorted((name_of(k), v) for k, v in one if name_of(k) in kept)) for one in series}
        known = found.get(shared, frozenset())
        found[shared] = known | pairs if series and known is not None else None
    return found


def _text(pairs: Pairs) -> str:
    return ", ".join(f"{path.removeprefix('attributes.')}={value}" for path, value in pairs)
