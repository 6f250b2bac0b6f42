"""Several runs of the same scenarios as one: CI shards and pytest-xdist's workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from harness.analysis.copies import as_one
from harness.analysis.outcome import is_of_contract
from harness.model import Finding, RunRecord, ScenarioRecord, Telemetry


def merge_records(records: Sequence[RunRecord]) -> RunRecord:
    """Return one record of all, with scenarios by name.

    A scenario that ran in several is one, as `copies.as_one` says, and what each
    run's app emitted while it started is there once, as `start_up` says.
    What was found by a contract is left out: an operation that no scenario of
    one shard exercised may be exercised by another, so that a contract is
    checked over the whole.

    >>> merge_records([RunRecord(packages={"flask": "3.0"}), RunRecord()]).packages
    {'flask': '3.0'}
    """
    return RunRecord(
        scenarios=tuple(sorted(_once(s for r in records for s in r.scenarios), key=lambda s: s.name)),
        outside=_outside(records),
        findings=_unique(f for record in records for f in record.findings if not is_of_contract(record, f)),
        packages=_packages(records),
        redacted=all(record.redacted for record in records),
        cut=(*dict.fromkeys(s for record in records for s in record.cut), *_other_packages(records)),
    )


def _outside(records: Sequence[RunRecord]) -> Telemetry:
    if len(records) == 1:
        return records[0].outside
    from harness.analysis.start_up import joined_outside  # a run without workers has no need of it

    return joined_outside(records)


def _once(scenarios: Iterable[ScenarioRecord]) -> list[ScenarioRecord]:
    copies: dict[str, list[ScenarioRecord]] = {}
    for scenario in scenarios:
        copies.setdefault(scenario.name, []).append(scenario)
    return list(map(as_one, copies.values()))


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Every worker starts the app, so every worker finds the same of its start-up, in traces of its own."""
    seen: dict[Finding, Finding] = {}
    for finding in findings:
        seen.setdefault(msgspec.structs.replace(finding, trace_id=None), finding)
    return tuple(seen.values())


def _packages(records: Sequence[RunRecord]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for record in records:
        for name, version in record.packages.items():
            merged.setdefault(name, version)
    return merged


def _other_packages(records: Sequence[RunRecord]) -> list[str]:
    """Return a sentence for each package that the runs had in several versions."""
    versions: dict[str, dict[str, None]] = {}
    for record in records:
        for name, version in record.packages.items():
            versions.setdefault(name, {})[version] = None
    return [
        f"the merged runs had {name} {' and '.join(found)}; the record names the first"
        for name, found in sorted(versions.items())
        if len(found) > 1
    ]
