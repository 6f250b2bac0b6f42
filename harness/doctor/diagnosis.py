"""All checks on a project."""

from __future__ import annotations

from harness.doctor.project import Project
from harness.model import Finding
from harness.registry import built_in_modules

_ORDER = ("error", "warning", "info")


def diagnose(project: Project) -> tuple[Finding, ...]:
    """Return what the checks find, the gravest first, then by file and line."""
    found = {
        finding: None
        for module in built_in_modules("harness.doctor.checks")
        for finding in module.check(project)
    }

    def order(finding: Finding) -> tuple[int, str, int, str]:
        site = finding.site
        return (
            _ORDER.index(finding.level),
            site.file if site else "",
            site.line if site else 0,
            finding.id,
        )

    return tuple(sorted(found, key=order))
