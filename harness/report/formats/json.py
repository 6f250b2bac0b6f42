"""`run.json`: the record itself, from which every other format is rebuilt."""

from __future__ import annotations

from harness.model import RunRecord
from harness.report.record_io import RUN_FILE, encode_record

NAME = "json"
FILE_NAME = RUN_FILE


def render(record: RunRecord) -> bytes:
    """Return the record as JSON."""
    return encode_record(record)
