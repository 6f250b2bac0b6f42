"""A comparison as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.analysis.parity.compare import Parity
from harness.model import Finding, Level


def parity_lines(parity: Parity) -> Iterator[str]:
    """Yield a line for each gap and lost detail, gaps first, then the harmless differences, counted by id.

    >>> list(parity_lines(Parity(requests=3, findings=())))
    ['parity holds: 3 requests compared, 0 gaps']
    """
    for level in (Level.ERROR, Level.WARNING):
        found = Counter(_line(finding) for finding in parity.findings if finding.level is level)
        yield from (line if times == 1 else f"{line} (×{times})" for line, times in found.items())
    harmless = [finding for finding in parity.findings if finding.level is Level.INFO]
    if harmless:
        yield "harmless, normalised:"
        times = Counter(finding.id for finding in harmless)
        examples = {finding.id: finding for finding in reversed(harmless)}
        for id_ in sorted(times):
            example = examples[id_]
            yield f"  {id_} ×{times[id_]}, such as {example.where}: {example.message}"
    gaps = sum(finding.level is Level.ERROR for finding in parity.findings)
    verdict = "parity holds" if parity.holds else "parity does not hold"
    yield f"{verdict}: {parity.requests} requests compared, {gaps} gaps"


def _line(finding: Finding) -> str:
    place = f"{finding.site}: " if finding.site else ""
    where = f"{finding.where}: " if finding.where else ""
    return f"{place}{finding.level.value} {finding.id}: {where}{finding.message}"
