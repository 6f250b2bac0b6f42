"""Sampling rules as X-Ray's control plane answers them."""

from __future__ import annotations

from typing import Any

import msgspec

_LAST_PRIORITY = 10_000
"""That of the default rule; 9999 for others."""
ARN_PREFIX = "arn:aws:xray:us-east-1:123456789012"


class SamplingRule(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One sampling rule; the fields of `aws xray create-sampling-rule`.

    Attributes:
        fixed_rate: Share of requests sampled once the reservoir is empty, 0 to 1.
        reservoir_size: Requests a second sampled before the rate applies.
        priority: 1 to 9999; the lowest that matches decides.
        attributes: Key → value that the segment must have; wildcards as in the other fields.

    Raises:
        TypeError: A number is none.
        ValueError: It is out of its range, or the rule has no name.
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

    def __post_init__(self) -> None:
        if not (isinstance(self.rule_name, str) and self.rule_name):
            raise ValueError(f"SamplingRule: rule_name: expected a name, {self.rule_name!r} given")
        _require_within("priority", self.priority, 1, _LAST_PRIORITY)
        _require_within("reservoir_size", self.reservoir_size, 0)
        _require_within("fixed_rate", self.fixed_rate, 0, 1, float)

    @property
    def rule_arn(self) -> str:
        """The rule's ARN, which follows from its name."""
        return f"{ARN_PREFIX}:sampling-rule/{self.rule_name}"


def _require_within(field: str, value: Any, low: int, high: int | None = None, *also: type[float]) -> None:
    if type(value) not in (int, *also):
        number = "a number" if also else "a whole number"
        raise TypeError(f"SamplingRule: {field}: expected {number}, {value!r} given")
    if not (low <= value and (high is None or value <= high)):
        wanted = f"at least {low}" if high is None else f"{low} to {high}"
        raise ValueError(f"SamplingRule: {field}: expected {wanted}, {value!r} given")


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
