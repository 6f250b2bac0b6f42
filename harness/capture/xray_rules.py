"""Sampling rules as X-Ray's control plane answers them."""

from __future__ import annotations

from typing import Any

import msgspec

EPOCH = 0
"""Times on this wire are epoch numbers; ours never change."""


class SamplingRule(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One sampling rule; the fields of `aws xray create-sampling-rule`.

    Attributes:
        fixed_rate: Share of requests sampled once the reservoir is empty, 0 to 1.
        reservoir_size: Requests a second sampled before the rate applies.
        priority: 1 to 9999; the lowest that matches decides.
    """

    rule_name: str
    priority: int
    fixed_rate: float
    reservoir_size: int
    service_name: str = "*"
    service_type: str = "*"
    host: str = "*"
    http_method: str = msgspec.field(name="HTTPMethod", default="*")
    url_path: str = msgspec.field(name="URLPath", default="*")
    resource_arn: str = msgspec.field(name="ResourceARN", default="*")
    version: int = 1


EVERYTHING = SamplingRule(rule_name="Default", priority=10000, fixed_rate=1.0, reservoir_size=100)
"""The default here: tests want every request, where X-Ray's own default samples 5 %."""


def rules_response(rules: tuple[SamplingRule, ...]) -> dict[str, Any]:
    """Return the body of `GetSamplingRules` for some rules, and `EVERYTHING` after them."""
    return {
        "SamplingRuleRecords": [
            {
                "SamplingRule": {
                    **msgspec.to_builtins(rule),
                    "RuleARN": f"arn:aws:xray:us-east-1:000000000000:sampling-rule/{rule.rule_name}",
                    "Attributes": {},  # Node's SDK needs it present
                },
                "CreatedAt": EPOCH,
                "ModifiedAt": EPOCH,
            }
            for rule in (*rules, EVERYTHING)
        ],
        "NextToken": None,
    }


def targets_response(
    rules: tuple[SamplingRule, ...], statistics: list[dict[str, Any]], now: float
) -> dict[str, Any]:
    """Return the body of `GetSamplingTargets`: each known rule's whole reservoir for 10 s.

    Args:
        statistics: The ``SamplingStatisticsDocuments`` of the request.
        now: Seconds since the epoch.
    """
    by_name = {rule.rule_name: rule for rule in (*rules, EVERYTHING)}
    names = [document.get("RuleName") for document in statistics]
    known = [by_name[name] for name in names if name in by_name]
    return {
        "SamplingTargetDocuments": [
            {
                "RuleName": rule.rule_name,
                "FixedRate": rule.fixed_rate,
                "ReservoirQuota": rule.reservoir_size,
                "ReservoirQuotaTTL": now + 10,
                "Interval": 10,
            }
            for rule in known
        ],
        "LastRuleModification": EPOCH,
        "UnprocessedStatistics": [
            {"RuleName": name, "ErrorCode": "400", "Message": "unknown rule"}
            for name in names
            if name not in by_name
        ],
    }
