"""Reservoir quotas: each client's share of what a rule samples a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.capture.xray_api.rules import RuleBook
from harness.capture.xray_rules import SamplingRule
from harness.model import SamplingStatistics

INTERVAL_S = 10
"""Seconds between a client's reports."""
TTL_S = 10
"""Seconds for which a quota holds; without a new one the client borrows one request a second."""
ACTIVE_S = 3 * INTERVAL_S
"""A client that has not reported for so long gets no share, and is forgotten."""
MAX_CLIENTS = 10_000
"""Of all rules; of more, those that reported longest ago get no share."""


class Reservoirs:
    """Which clients sample by which rule, so that they share its reservoir."""

    def __init__(self) -> None:
        # By rule and client, the latest last.
        self._seen: dict[tuple[str, str], float] = {}

    def quota(self, rule: SamplingRule, client_id: str, now: float) -> int:
        """Return a client's share of a rule's reservoir; the shares add up to its size."""
        key = (rule.rule_name, client_id)
        self._seen.pop(key, None)
        self._seen[key] = now
        while len(self._seen) > MAX_CLIENTS or now - next(iter(self._seen.values())) >= ACTIVE_S:
            del self._seen[next(iter(self._seen))]
        active = sorted(client for name, client in self._seen if name == rule.rule_name)
        share, rest = divmod(rule.reservoir_size, len(active))
        return share + (active.index(client_id) < rest)


def targets_response(
    rules: RuleBook, reservoirs: Reservoirs, statistics: Sequence[SamplingStatistics], now: float
) -> dict[str, Any]:
    """Return the body of `GetSamplingTargets`.

    Args:
        statistics: What the client reports; each rule it names gets a target.
        now: Seconds since the epoch.
    """
    by_name = {record.rule.rule_name: record.rule for record in rules.served()}
    return {
        "SamplingTargetDocuments": [
            {
                "RuleName": item.rule_name,
                "FixedRate": by_name[item.rule_name].fixed_rate,
                "ReservoirQuota": reservoirs.quota(by_name[item.rule_name], item.client_id, now),
                "ReservoirQuotaTTL": now + TTL_S,
                "Interval": INTERVAL_S,
            }
            for item in statistics
            if item.rule_name in by_name
        ],
        "LastRuleModification": rules.modified_at,
        "UnprocessedStatistics": [
            {"RuleName": item.rule_name, "ErrorCode": "400", "Message": "unknown rule"}
            for item in statistics
            if item.rule_name not in by_name
        ],
        "UnprocessedBoostStatistics": [],
    }
