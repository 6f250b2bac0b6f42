"""Two runs, scenario by scenario and operation by operation, as changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from harness.analysis.diff.canonical import CanonicalRun, Operations, canonical_run
from harness.analysis.diff.causes import PackageChange, package_changes, with_cause
from harness.analysis.diff.changes import Change, Changes
from harness.analysis.diff.edits import Edit
from harness.analysis.diff.once import Found, control_edits, without_moves
from harness.analysis.diff.operations import OperationsDiff, whole_operations
from harness.analysis.diff.pairing import MESSAGES, Scores
from harness.analysis.diff.series import with_series
from harness.analysis.diff.services import service_edits
from harness.analysis.diff.severity import Severity, severities
from harness.analysis.diff.shape import Shapes
from harness.model import RunRecord

Signals = Mapping[str, Operations]
_CARRIERS = frozenset({"export_request", "resource"})


class Diff(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What differs between two runs.

    Attributes:
        changes: Breaking ones first.
        packages: Distributions whose versions changed.
        only_before: Scenarios that only the run before has; the operations that the run after
            has nowhere are removed.
        only_after: Likewise.
    """

    changes: tuple[Change, ...] = ()
    packages: tuple[PackageChange, ...] = ()
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """Return how many changes are of a severity."""
        return sum(change.severity is severity for change in self.changes)

    @property
    def is_breaking(self) -> bool:
        """True when at least one change is breaking."""
        return self.count(Severity.BREAKING) > 0


def diff_records(before: RunRecord, after: RunRecord, rules: Mapping[str, Severity] | None = None) -> Diff:
    """Return what differs between two runs.

    Args:
        rules: Kind of change → severity; `severities()` when not given.

    >>> diff_records(RunRecord(), RunRecord()).changes
    ()
    """
    shapes = Shapes()
    return diff_runs(canonical_run(before, shapes), canonical_run(after, shapes), rules)


def diff_runs(before: CanonicalRun, after: CanonicalRun, rules: Mapping[str, Severity] | None = None) -> Diff:
    """Return what differs between two canonical runs that share their shapes."""
    plan = _plan(before, after)
    changes = Changes()
    edits = service_edits(_found(plan), before.services, after.services)
    emptied = plan.emptied
    for found in with_series(without_moves(edits), before.series, after.series):
        if not (found.signal in _CARRIERS and emptied.issuperset(found.scenarios)):
            changes.add(*found)
    changes.add("export_request", (), control_edits(before.controls, after.controls))
    packages = package_changes(
        before.packages, after.packages, complete=before.knows_packages and after.knows_packages
    )
    by_name = {package.name: package for package in packages}
    return Diff(
        changes=tuple(with_cause(change, by_name) for change in changes.grouped(rules or severities())),
        packages=packages,
        only_before=plan.only_before,
        only_after=plan.only_after,
    )


def _found(plan: _Plan) -> Iterator[Found]:
    known: dict[tuple[str, int, int], list[Edit]] = {}
    scores = Scores()
    kept = _names(first for _, first, _ in plan.pairs) & _names(second for _, _, second in plan.pairs)
    for scenarios, first, second in plan.pairs:
        for signal in sorted(first.keys() | second.keys()):
            operations = OperationsDiff(signal, known, scores, kept)
            operations.compare(first.get(signal, {}), second.get(signal, {}))
            for edits, times in operations.edits:
                yield Found(signal, scenarios, edits, times)
    for kind, name, signals, others in plan.alone:
        for signal, edits in _alone(kind, signals, others):
            yield Found(signal, [name], edits, 1)


def _names(scenarios: Iterable[Signals]) -> set[str]:
    """Return the names of all messages."""
    return {name for signals in scenarios for signal in MESSAGES for name in signals.get(signal, ())}


@dataclass(frozen=True)
class _Plan:
    """Which scenarios are compared with which."""

    pairs: Sequence[tuple[list[str], Signals, Signals]]
    alone: Sequence[tuple[str, str, Signals, Signals]]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    @property
    def emptied(self) -> frozenset[str]:
        """Scenarios that have nothing at all in one run: what carried the rest is no change of its own."""
        return frozenset(
            name
            for names, *sides in self.pairs
            for name in names
            if not all(sides) and any(side.keys() - _CARRIERS for side in sides)
        )


def _plan(before: CanonicalRun, after: CanonicalRun) -> _Plan:
    """Pair scenarios by name; runs that share none, as those of two commands, are compared whole."""
    shared = [name for name in before.scenarios if name in after.scenarios]
    whole = (_united(before.scenarios.values()), _united(after.scenarios.values()))
    only_before = tuple(name for name in before.scenarios if name not in after.scenarios)
    only_after = tuple(name for name in after.scenarios if name not in before.scenarios)
    if not shared:
        names = list(after.scenarios or before.scenarios)
        return _Plan([(names, *whole)], [], (), ())
    pairs = [([name], before.scenarios[name], after.scenarios[name]) for name in shared]
    alone = [("removed", name, before.scenarios[name], whole[1]) for name in only_before]
    alone += [("added", name, after.scenarios[name], whole[0]) for name in only_after]
    return _Plan(pairs, alone, only_before, only_after)


def _united(scenarios: Iterable[Signals]) -> dict[str, Operations]:
    found: dict[str, Operations] = {}
    for signals in scenarios:
        for signal, operations in signals.items():
            into = found.setdefault(signal, {})
            for name, shapes in operations.items():
                into.setdefault(name, Counter()).update(shapes)
    return found


def _alone(kind: str, signals: Signals, others: Signals) -> Iterator[tuple[str, list[Edit]]]:
    """Yield the operations of a scenario that the other run does not have in any."""
    for signal, operations in signals.items():
        known = others.get(signal, {})
        own = {name: shapes for name, shapes in operations.items() if name not in known}
        yield signal, whole_operations(own, {}) if kind == "removed" else whole_operations({}, own)
