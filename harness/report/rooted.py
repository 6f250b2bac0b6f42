"""Paths of findings below the root of a repository: annotations of a diff know no other."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path, PurePath

from msgspec.structs import replace

from harness.model import Finding, RunRecord, Site


def root_of(directory: Path) -> str:
    """Return where a directory is below the root of its repository; empty where it is none, or the root.

    Paths in a run are relative to the directory in which it was made: in one of several projects of a
    repository that is not the root.
    """
    for root in (directory, *directory.parents):
        if (root / ".git").exists():  # a file in a worktree, and in a submodule
            return "" if root == directory else directory.relative_to(root).as_posix()
    return ""


def from_root(record: RunRecord, root: str) -> RunRecord:
    """Return a record with the relative paths of its findings below another directory.

    Args:
        root: With ``/``; empty changes nothing.
    """
    if not root:
        return record
    scenarios = tuple(
        replace(
            scenario,
            findings=_all_from(scenario.findings, root),
            verdicts=tuple(
                replace(one, findings=_all_from(one.findings, root), site=_site(one.site, root))
                for one in scenario.verdicts
            ),
            site=_site(scenario.site, root),
        )
        for scenario in record.scenarios
    )
    contract = _below(record.contract, root)
    return replace(record, scenarios=scenarios, findings=_all_from(record.findings, root), contract=contract)


def _all_from(findings: Iterable[Finding], root: str) -> tuple[Finding, ...]:
    return tuple(_from(finding, root) for finding in findings)


def _from(finding: Finding, root: str) -> Finding:
    return replace(finding, site=_site(finding.site, root))


def _site(site: Site | None, root: str) -> Site | None:
    return None if site is None else replace(site, file=_below(site.file, root))


def _below(file: str, root: str) -> str:
    if not file or PurePath(file).is_absolute():
        return file
    return posixpath.normpath(posixpath.join(root, file.replace("\\", "/")))
