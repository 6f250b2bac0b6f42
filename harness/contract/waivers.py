"""Findings that somebody has taken on, for a while."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from harness.contract.items import Waiver
from harness.model import Finding, Level


def waived(findings: Iterable[Finding], waivers: Sequence[Waiver], today: date) -> tuple[Finding, ...]:
    """Return the findings, acknowledged where a waiver holds; an expired one does not."""
    alive = [waiver for waiver in waivers if _is_alive(waiver, today)]
    return tuple(
        msgspec.structs.replace(finding, acknowledged=True)
        if any(_covers(waiver, finding) for waiver in alive)
        else finding
        for finding in findings
    )


def useless_waivers(
    waivers: Iterable[Waiver], findings: Sequence[Finding], today: date
) -> tuple[Finding, ...]:
    """Return a finding for each waiver that has expired, or that has nothing to waive.

    Args:
        findings: All of the run.
    """
    return tuple(told for waiver in waivers if (told := _useless(waiver, findings, today)) is not None)


def _useless(waiver: Waiver, findings: Sequence[Finding], today: date) -> Finding | None:
    about = f"waiver of {waiver.finding!r}" + (f" at {waiver.where!r}" if waiver.where else "")
    if not _is_alive(waiver, today):
        return Finding(
            id="waiver_expired",
            signal="harness",
            message=f"{about} by {waiver.owner} expired on {waiver.expires}; mend it, or agree on a new day",
            site=waiver.site,
        )
    if any(_covers(waiver, finding) for finding in findings):
        return None
    others = sorted({finding.id for finding in findings} - {waiver.finding})
    closest = difflib.get_close_matches(waiver.finding, others, n=1)
    hint = f"; did you mean {closest[0]!r}?" if closest else ""
    return Finding(
        id="waiver_stale",
        signal="harness",
        level=Level.WARNING,
        message=f"{about} by {waiver.owner} covers nothing; remove it{hint}",
        site=waiver.site,
    )


def _is_alive(waiver: Waiver, today: date) -> bool:
    return date.fromisoformat(waiver.expires) >= today


def _covers(waiver: Waiver, finding: Finding) -> bool:
    return finding.id == waiver.finding and finding.where.startswith(waiver.where)
