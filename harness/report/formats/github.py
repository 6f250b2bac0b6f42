"""Workflow commands of GitHub Actions: findings as annotations in the diff.

Source: docs.github.com, "Workflow commands for GitHub Actions". GitHub shows
ten annotations of a level for each step, so those that fail come first.
"""

from __future__ import annotations

from harness.model import Level, RunRecord
from harness.report.all_findings import Told, all_findings
from harness.report.text import visible

NAME = "github"
FILE_NAME = None
FROM_ROOT = True
"""Its readers look for files from the root of the repository."""

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}


def render(record: RunRecord) -> str:
    """Return one workflow command for each finding that nobody acknowledged."""
    return "".join(f"{_command(told)}\n" for told in all_findings(record) if not told.finding.acknowledged)


def _command(told: Told) -> str:
    finding = told.finding
    properties = {"title": finding.id}
    if told.site is not None:
        properties |= {"file": told.site.file, "line": str(told.site.line)}
    text = f"{told.text} ({told.scenario})" if told.scenario else told.text
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.level]} {pairs}::{_data(text)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
