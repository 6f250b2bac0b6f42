"""Findings that somebody has taken on, for a while."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec

from harness.closest import closest
from harness.contract.items import Waiver
from harness.model import Finding, Level

_WEAVER = "semconv_"
"""What ids of Weaver's findings start with: a project's own policies are among them."""


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
    waivers: Iterable[Waiver], findings: Sequence[Finding], today: date, known: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return a finding for each waiver that has expired, or that has nothing to waive.

    Args:
        findings: All of the run.
        known: Ids that findings can have; where none are given, any.
    """
    return tuple(told for one in waivers if (told := _useless(one, findings, today, known)) is not None)


def _useless(
    waiver: Waiver, findings: Sequence[Finding], today: date, known: Collection[str]
) -> Finding | None:
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
    return Finding(
        id="waiver_stale",
        signal="harness",
        level=Level.WARNING,
        message=f"{about} by {waiver.owner} {_why_stale(waiver, findings, known)}",
        site=waiver.site,
    )


def _why_stale(waiver: Waiver, findings: Sequence[Finding], known: Collection[str]) -> str:
    is_unknown = bool(known) and waiver.finding not in known and not waiver.finding.startswith(_WEAVER)
    there = {finding.id for finding in findings if not waiver.where or finding.where == waiver.where}
    others = {finding.id for finding in findings} | set(known) if is_unknown else there
    near = closest(waiver.finding, sorted(others - {waiver.finding}))
    near = near or closest(waiver.where, _places(waiver, findings))
    hint = f"; did you mean {near!r}?" if near else ""
    if is_unknown:
        return f"covers nothing: there is no finding of this id{hint or '; see docs/findings.md'}"
    return f"covers nothing; remove it{hint}"


def _places(waiver: Waiver, findings: Sequence[Finding]) -> list[str]:
    """Return where findings of a waiver's id are."""
    return sorted({finding.where for finding in findings if finding.id == waiver.finding} - {""})


def is_day(text: str) -> bool:
    """Return whether a text is a day such as ``2027-01-31``."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_alive(waiver: Waiver, today: date) -> bool:
    return date.fromisoformat(waiver.expires) >= today


def _covers(waiver: Waiver, finding: Finding) -> bool:
    if finding.id != waiver.finding:
        return False
    return not waiver.where or f"{finding.where} › ".startswith(f"{waiver.where} › ")
