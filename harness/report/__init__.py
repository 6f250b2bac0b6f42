"""The run record to disk and to people: `run.json`, `index.html`, a terminal."""

from harness.report.record_io import RUN_FILE, decode_record, encode_record, read_record
from harness.report.redact import redact
from harness.report.terminal import summary_lines
from harness.report.write import render, report_formats, write_reports

__all__ = [
    "RUN_FILE",
    "decode_record",
    "encode_record",
    "read_record",
    "redact",
    "render",
    "report_formats",
    "summary_lines",
    "write_reports",
]
