"""pytest-xdist: every worker captures on ports of its own; the controller joins the records."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model import RunRecord
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
