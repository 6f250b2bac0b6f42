"""Sampling rules as X-Ray's control plane answers them."""

from __future__ import annotations

from typing import Any

import msgspec

ARN_PREFIX = "arn:aws:xray:us-east-1:000000000000"


class SamplingRule(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One sampling rule; the fields of `aws xray create-sampling-rule`.

    Attributes:
        fixed_rate: Share of requests sampled once the reservoir is empty, 0 to 1.
        reservoir_size: Requests a second sampled before the rate applies.
        priority: 1 to 9999; the lowest that matches decides.
        attributes: Key → value that the segment must have; wildcards as in the other fields.
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
    attributes: dict[str, str] = {}

    @property
    def rule_arn(self) -> str:
        """The rule's ARN, which follows from its name."""
        return f"{ARN_PREFIX}:sampling-rule/{self.rule_name}"


EVERYTHING = SamplingRule(rule_name="Default", priority=10000, fixed_rate=1.0, reservoir_size=100)
"""The default here: tests want every request, where X-Ray's own default samples 5 %."""

AWS_DEFAULT = SamplingRule(rule_name="Default", priority=10000, fixed_rate=0.05, reservoir_size=1)
"""X-Ray's own default, which stands behind every rule that is created."""


class RuleRecord(msgspec.Struct, frozen=True):
    """A rule and its times, in seconds since the epoch."""

    rule: SamplingRule
    created_at: float = 0
    modified_at: float = 0

    def to_wire(self) -> dict[str, Any]:
        """Return it as a ``SamplingRuleRecord``; Node's SDK needs ``Attributes`` to be there."""
        return {
            "SamplingRule": {**msgspec.to_builtins(self.rule), "RuleARN": self.rule.rule_arn},
            "CreatedAt": self.created_at,
            "ModifiedAt": self.modified_at,
        }
