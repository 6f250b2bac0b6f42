"""`index.html`, for a person."""

from __future__ import annotations

from harness.model import RunRecord
from harness.report.html import render_html

NAME = "html"
FILE_NAME = "index.html"


def render(record: RunRecord) -> str:
    """Return the page of a run."""
    return render_html(record)
