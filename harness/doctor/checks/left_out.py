"""What could not be looked at, so that silence about it is not taken for praise."""

from __future__ import annotations

from collections.abc import Iterator

from harness.doctor.project import Project
from harness.model import Finding


def check(project: Project) -> Iterator[Finding]:
    """Yield the notes of the reading."""
    yield from project.notes
