"""Checks of the wiring, one file each: ``check(project) -> Iterator[Finding]``."""

from __future__ import annotations

from harness.model import Finding, Level, Site


def finding(id_: str, site: Site, message: str, *, level: Level = Level.ERROR, where: str = "") -> Finding:
    """Return a finding about a line of a file."""
    return Finding(id=id_, signal="wiring", message=message, level=level, where=where, site=site)
