"""The wiring of telemetry, read from a project's files without running anything.

A check is one file in `harness.doctor.checks` that defines
``check(project) -> Iterator[Finding]``; each finding has the file and line it is about.
"""

from harness.doctor.diagnosis import diagnose
from harness.doctor.project import Project, read_project

__all__ = ["Project", "diagnose", "read_project"]
