"""A comparison as lines for a terminal."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from harness.analysis.parity.compare import Parity
from harness.model import Finding, Level

_Key = TypeVar("_Key", bound=Hashable)


def parity_lines(parity: Parity) -> Iterator[str]:
    """Yield a line for each gap and lost detail, gaps first, then one for each kind of harmless difference.

    The same difference in several requests is one line.

    >>> list(parity_lines(Parity(requests=3, findings=())))
    ['parity holds: 3 requests compared, 0 gaps']
    """
    for level in (Level.ERROR, Level.WARNING):
        alike = _grouped((_told(finding), finding) for finding in parity.findings if finding.level is level)
        for (place, id_, message), found in alike.items():
            yield f"{place}{level.value} {id_}: {_where(found)}{message}"
    harmless = _grouped((finding.id, finding) for finding in parity.findings if finding.level is Level.INFO)
    if harmless:
        yield "harmless, normalised:"
    for id_, found in sorted(harmless.items()):
        yield f"  {id_} ×{len(found)}, such as {found[0].where}: {found[0].message}"
    gaps = sum(finding.level is Level.ERROR for finding in parity.findings)
    verdict = "parity holds" if parity.holds else "parity does not hold"
    yield f"{verdict}: {parity.requests} requests compared, {gaps} gaps"


def _told(finding: Finding) -> tuple[str, str, str]:
    return f"{finding.site}: " if finding.site else "", finding.id, finding.message


def _grouped(keyed: Iterable[tuple[_Key, Finding]]) -> dict[_Key, list[Finding]]:
    groups: dict[_Key, list[Finding]] = {}
    for key, finding in keyed:
        groups.setdefault(key, []).append(finding)
    return groups


def _where(found: list[Finding]) -> str:
    """Return the first place, and how many more there are."""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0].where}{more}: " if found[0].where else ""
