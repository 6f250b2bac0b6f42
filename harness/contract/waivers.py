"""Findings that somebody has taken on, for a while."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from harness.contract.items import Waiver
from harness.model import Finding, Level


def apply_waivers(findings: Iterable[Finding], waivers: Sequence[Waiver], today: date) -> tuple[Finding, ...]:
    """Return the findings, acknowledged where a waiver holds, and one for each waiver that is of no use.

    An expired waiver acknowledges nothing any more; a stale one has nothing to acknowledge.
    """
    found = tuple(findings)
    alive = [waiver for waiver in waivers if date.fromisoformat(waiver.expires) >= today]
    marked = tuple(
        msgspec.structs.replace(finding, acknowledged=True)
        if any(_covers(waiver, finding) for waiver in alive)
        else finding
        for finding in found
    )
    return (*marked, *_useless(found, waivers, alive))


def _useless(
    findings: Sequence[Finding], waivers: Sequence[Waiver], alive: Sequence[Waiver]
) -> Iterator[Finding]:
    for waiver in waivers:
        about = f"waiver of {waiver.finding!r}" + (f" at {waiver.where!r}" if waiver.where else "")
        if waiver not in alive:
            yield Finding(
                id="waiver_expired",
                signal="harness",
                message=f"{about} by {waiver.owner} expired on {waiver.expires};"
                " mend it, or agree on a new day",
                site=waiver.site,
            )
        elif not any(_covers(waiver, finding) for finding in findings):
            yield Finding(
                id="waiver_stale",
                signal="harness",
                level=Level.WARNING,
                message=f"{about} by {waiver.owner} covers nothing any more; remove it",
                site=waiver.site,
            )


def _covers(waiver: Waiver, finding: Finding) -> bool:
    return finding.id == waiver.finding and finding.where.startswith(waiver.where)
