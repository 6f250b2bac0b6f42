"""pytest-xdist: every worker captures on ports of its own; the controller joins the records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from harness.model import Finding, RunRecord
from harness.report import decode_record, encode_record

_KEY = "telemetry_run_record"


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is a worker."""
    return hasattr(config, "workerinput")


def hand_over(config: pytest.Config, record: RunRecord) -> None:
    """Send a worker's record to the controller when the worker ends."""
    output: dict[str, Any] = vars(config)["workeroutput"]  # pytest-xdist sets it
    output[_KEY] = encode_record(record)


def records_of(node: Any) -> list[RunRecord]:
    """Return the record that a finished worker sent; none if it crashed."""
    encoded = getattr(node, "workeroutput", {}).get(_KEY)
    return [decode_record(encoded, source=f"worker {node.gateway.id}")] if encoded else []


def join(own: RunRecord, others: Iterable[RunRecord]) -> RunRecord:
    """Return one record of all, with scenarios by name."""
    records = [own, *others]
    scenarios = sorted((s for r in records for s in r.scenarios), key=lambda s: s.name)
    return msgspec.structs.replace(
        own,
        scenarios=tuple(scenarios),
        outside=_join_outside(records),
        findings=_unique(f for r in records for f in r.findings),
    )


def _join_outside(records: list[RunRecord]) -> Any:
    fields = type(records[0].outside).__struct_fields__
    return type(records[0].outside)(
        **{name: tuple(v for r in records for v in getattr(r.outside, name)) for name in fields}
    )


def _unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Every worker starts the app, so every worker finds the same of its start-up."""
    seen: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.id, finding.where, str(finding.site)), finding)
    return tuple(seen.values())
