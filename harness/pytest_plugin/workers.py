"""pytest-xdist: every worker captures on ports of its own; the controller joins the records."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model import Finding, RunRecord
from harness.report import decode_record, encode_record

_KEY = "telemetry_run_record"
_LOST = "worker_lost"


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is a worker."""
    return hasattr(config, "workerinput")


def hand_over(config: pytest.Config, record: RunRecord) -> None:
    """Send a worker's record to the controller when the worker ends."""
    output: dict[str, Any] = vars(config)["workeroutput"]  # pytest-xdist sets it
    output[_KEY] = encode_record(record)


def record_of(node: Any) -> RunRecord:
    """Return the record that a worker sent when it ended; of one that crashed, the finding that says so."""
    encoded = getattr(node, "workeroutput", {}).get(_KEY)
    if encoded:
        return decode_record(encoded, source=f"worker {node.gateway.id}")
    lost = Finding(
        id=_LOST,
        signal="harness",
        message=f"worker {node.gateway.id!r} ended before it handed over its record;"
        " what its scenarios captured is not in this run",
    )
    return RunRecord(findings=(lost,))


def is_lost(record: RunRecord) -> bool:
    """Return whether a worker's part of a run is not there."""
    return any(finding.id == _LOST for finding in record.findings)
