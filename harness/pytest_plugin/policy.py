"""Which findings fail a run: the ini value `telemetry_fail_on`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from harness.closest import closest
from harness.errors import ConfigurationError
from harness.invariants import known_ids
from harness.model import Finding, Level

if TYPE_CHECKING:
    from harness.contract.items import Waiver

_BY_SEVERITY = (Level.ERROR, Level.WARNING, Level.INFO)


class FailurePolicy:
    """Gives findings the level at which this run takes them: errors fail it, whatever else does.

    Args:
        fail_on: Levels, each of which includes the graver ones, and finding ids.
        waivers: What somebody has taken on.

    Raises:
        ConfigurationError: A word is neither a level nor a finding id.
    """

    def __init__(self, fail_on: Iterable[str], waivers: Sequence[Waiver] = ()) -> None:
        self.waivers = tuple(waivers)
        self.today = datetime.now(UTC).date()
        levels = [level.value for level in _BY_SEVERITY]
        words = tuple(fail_on)
        known = (*levels, *known_ids())
        for word in words:
            if word not in known:
                near = closest(word, known)
                hint = f"; closest: {near!r}" if near else ""
                raise ConfigurationError(
                    f"telemetry_fail_on has {word!r}; expected error, warning, info or a finding id{hint}"
                )
        lowest = max((levels.index(word) for word in words if word in levels), default=0)
        self._levels = frozenset(_BY_SEVERITY[: lowest + 1])
        self._ids = frozenset(words)

    def apply(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings, as errors where they fail this run, acknowledged where they are waived."""
        taken = tuple(self._take(finding) for finding in findings)
        if not self.waivers:
            return taken
        from harness.contract.waivers import waived  # most runs have none

        return waived(taken, self.waivers, self.today)

    def _take(self, finding: Finding) -> Finding:
        if finding.level is Level.ERROR or not (finding.level in self._levels or finding.id in self._ids):
            return finding
        return msgspec.structs.replace(finding, level=Level.ERROR)
