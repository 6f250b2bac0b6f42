"""Copies of one scenario, which ran in several shards or several times, as one scenario."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.analysis.outcome import scenario_fails
from harness.model import Match, ScenarioRecord, Telemetry, Verdict

_BY_INDEX = {
    "log_event": "log_events",
    "log_record": "log_records",
    "metric": "metrics",
    "export_request": "exports",
}
"""Signals whose matches name an index into the scenario's telemetry → the field of it."""


def as_one(copies: Sequence[ScenarioRecord]) -> ScenarioRecord:
    """Return the copies of one scenario as one, the same in whatever order they come.

    A copy that failed stands before one that passed with checks, this one before one that passed without,
    then one that is vacuous, then one that was skipped. What several copies of the first of these captured,
    checked and found is all kept.

    >>> as_one([ScenarioRecord(name="t", outcome="skipped"), ScenarioRecord(name="t")]).outcome
    'passed'
    """
    most = max(map(_says, copies))
    best = [copy for copy in copies if _says(copy) == most]
    if len(best) == 1:
        return best[0]
    best.sort(key=lambda copy: (copy.start_time_unix_nano, repr(copy)))
    different = [copy for n, copy in enumerate(best) if n == 0 or copy != best[n - 1]]
    return different[0] if len(different) == 1 else _combined(different)


def joined(parts: Sequence[Telemetry]) -> Telemetry:
    """Return all that was captured, part after part."""
    fields = Telemetry.__struct_fields__
    return Telemetry(**{name: tuple(v for part in parts for v in getattr(part, name)) for name in fields})


def _says(scenario: ScenarioRecord) -> int:
    """Return how much an outcome says: of the copies of a scenario, the highest counts."""
    if scenario_fails(scenario):
        return 4
    if scenario.outcome == "skipped":
        return 0
    if scenario.vacuous:
        return 1
    return 3 if scenario.verdicts else 2


def _combined(copies: Sequence[ScenarioRecord]) -> ScenarioRecord:
    verdicts: list[Verdict] = []
    before = dict.fromkeys(_BY_INDEX, 0)
    for copy in copies:
        verdicts += [_moved(verdict, before) for verdict in copy.verdicts]
        for signal, field in _BY_INDEX.items():
            before[signal] += len(getattr(copy.telemetry, field))
    return msgspec.structs.replace(
        copies[0],
        telemetry=joined([copy.telemetry for copy in copies]),
        verdicts=tuple(verdicts),
        findings=tuple(dict.fromkeys(finding for copy in copies for finding in copy.findings)),
    )


def _moved(verdict: Verdict, before: dict[str, int]) -> Verdict:
    """Return a verdict whose matches know what stands before the telemetry that they are about."""
    matched = tuple(_moved_match(match, before.get(match.signal, 0)) for match in verdict.matched)
    return msgspec.structs.replace(verdict, matched=matched)


def _moved_match(match: Match, by: int) -> Match:
    return msgspec.structs.replace(match, node_id=str(int(match.node_id) + by)) if by else match
