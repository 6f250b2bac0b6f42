"""Which findings fail a run: the ini value `telemetry_fail_on`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import msgspec

from harness.errors import ConfigurationError
from harness.model import Finding, Level

_BY_SEVERITY = (Level.ERROR, Level.WARNING, Level.INFO)


class FailurePolicy:
    """Gives findings the level at which this run takes them.

    Args:
        fail_on: Levels, each of which includes the graver ones, and finding ids.

    Raises:
        ConfigurationError: A word is neither; one without an underscore can only be a level.
    """

    def __init__(self, fail_on: Iterable[str]) -> None:
        levels = [level.value for level in _BY_SEVERITY]
        words = tuple(fail_on)
        for word in words:
            if word not in levels and "_" not in word:
                closest = difflib.get_close_matches(word, levels, n=1)
                hint = f"; closest: {closest[0]!r}" if closest else ""
                raise ConfigurationError(
                    f"telemetry_fail_on has {word!r}; expected error, warning, info or a finding id{hint}"
                )
        lowest = max((levels.index(word) for word in words if word in levels), default=-1)
        self._levels = frozenset(_BY_SEVERITY[: lowest + 1])
        self._ids = frozenset(words) - frozenset(levels)

    def apply(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings, as errors where they fail this run and as warnings where they no longer do."""
        return tuple(self._take(finding) for finding in findings)

    def _take(self, finding: Finding) -> Finding:
        fails = finding.level in self._levels or finding.id in self._ids
        if fails and finding.level is not Level.ERROR:
            return msgspec.structs.replace(finding, level=Level.ERROR)
        if not fails and finding.level is Level.ERROR:
            return msgspec.structs.replace(finding, level=Level.WARNING)
        return finding
