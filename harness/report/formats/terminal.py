"""A few lines for a terminal or a build log."""

from __future__ import annotations

from harness.model import RunRecord
from harness.report.terminal import summary_lines

NAME = "terminal"
FILE_NAME = None


def render(record: RunRecord) -> str:
    """Return the summary, a line each."""
    return "\n".join(summary_lines(record)) + "\n"
