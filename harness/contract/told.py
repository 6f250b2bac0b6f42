"""What a contract finds, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.model import Finding
from harness.model.finding import is_failure


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line for each finding, those that fail first, and one that counts them.

    >>> list(finding_lines([]))
    ['0 findings, 0 of them fail']
    """
    found = list(findings)
    failing = [finding for finding in found if is_failure(finding)]
    for finding in (*failing, *(finding for finding in found if not is_failure(finding))):
        level = "waived" if finding.acknowledged else finding.level.value
        where = f"{finding.where}: " if finding.where else ""
        place = f"{finding.site}: " if finding.site else ""
        yield _one_line(f"{place}{level} {finding.id}: {where}{finding.message}")
    noun, verb = "finding" if len(found) == 1 else "findings", "fails" if len(failing) == 1 else "fail"
    yield f"{len(found)} {noun}, {len(failing)} of them {verb}"


def _one_line(text: str) -> str:
    """Return a line with what a terminal would obey, or break it at, written as escapes."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
