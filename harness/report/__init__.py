"""The run record to disk and to people: `run.json`, `index.html`, a terminal."""

from harness.report.record_io import RUN_FILE, decode_record, encode_record, read_record
from harness.report.redact import redact
from harness.report.terminal import summary_lines
from harness.report.write import formats, render, write_reports

__all__ = [
    "RUN_FILE",
    "decode_record",
    "encode_record",
    "formats",
    "read_record",
    "redact",
    "render",
    "summary_lines",
    "write_reports",
]
