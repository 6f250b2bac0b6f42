"""What SDKs report of their sampling: added up by rule, and the latest as they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from harness.model import SamplingStatistics

MAX_KEPT = 10_000
"""Reports that wait to be taken; of older ones only the sums are left."""


class SamplingReports:
    """Reports of `GetSamplingTargets`.

    Attributes:
        waiting: The latest that nobody has taken yet, in order of arrival.
        forgotten: How many were dropped before they were taken.
    """

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self.waiting: deque[SamplingStatistics] = deque(maxlen=max_kept)
        self.forgotten = 0
        self._sums: dict[str, dict[str, Any]] = {}

    def add(self, statistics: Iterable[SamplingStatistics], rules: Iterable[str]) -> None:
        """Take reports; called on the receivers' thread.

        Args:
            rules: The names of those that exist: of others no sum is kept.
        """
        existing = set(rules)
        self._sums = {name: row for name, row in self._sums.items() if name in existing}
        for item in statistics:
            self.forgotten += len(self.waiting) == self.waiting.maxlen
            self.waiting.append(item)
            if item.rule_name in existing:
                self._add(item)

    def _add(self, item: SamplingStatistics) -> None:
        row = self._sums.setdefault(
            item.rule_name,
            {"RuleName": item.rule_name, "RequestCount": 0, "BorrowCount": 0, "SampledCount": 0},
        )
        row["Timestamp"] = item.timestamp
        row["RequestCount"] += item.request_count
        row["BorrowCount"] += item.borrow_count
        row["SampledCount"] += item.sampled_count

    def summaries(self) -> list[dict[str, Any]]:
        """Return what was reported for each rule that exists, added up."""
        return list(self._sums.values())
