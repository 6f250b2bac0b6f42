"""Sampling rules through the API, and what SDKs reported of their use."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from harness.capture.xray_api.refusal import Refusal
from harness.capture.xray_api.state import XRayState
from harness.capture.xray_rules import SamplingRule
from harness.codec.xray_limits import (
    Attributes,
    Count,
    Method,
    Name,
    Priority,
    Rate,
    RateBoost,
    ResourceArn,
    Tags,
    Text64,
    UrlPath,
)
from harness.codec.xray_sampling import check_page, statistics_of

MAX_RULES = 25
"""Of an account and region. Source: AWS general reference, X-Ray quotas."""

_OF_DEFAULT = frozenset({"fixed_rate", "reservoir_size"})
"""What can be changed of the default rule. Source: X-Ray developer guide, "Configuring sampling rules"."""


class _Rule(msgspec.Struct, kw_only=True, rename="pascal"):
    """Source: botocore, xray 2016-04-12, ``SamplingRule``."""

    rule_name: Name
    priority: Priority
    fixed_rate: Rate
    reservoir_size: Count
    service_name: Text64
    service_type: Text64
    host: Text64
    http_method: Method = msgspec.field(name="HTTPMethod")
    url_path: UrlPath = msgspec.field(name="URLPath")
    resource_arn: ResourceArn = msgspec.field(name="ResourceARN")
    version: Literal[1]
    attributes: Attributes = {}
    sampling_rate_boost: RateBoost | None = None


class _Create(msgspec.Struct, rename="pascal"):
    sampling_rule: _Rule
    tags: Tags = []


class _Changes(msgspec.Struct, kw_only=True, rename="pascal"):
    rule_name: Name | None = None
    rule_arn: str | None = msgspec.field(name="RuleARN", default=None)
    priority: Priority | None = None
    fixed_rate: Rate | None = None
    reservoir_size: Count | None = None
    service_name: Text64 | None = None
    service_type: Text64 | None = None
    host: Text64 | None = None
    http_method: Method | None = msgspec.field(name="HTTPMethod", default=None)
    url_path: UrlPath | None = msgspec.field(name="URLPath", default=None)
    resource_arn: ResourceArn | None = msgspec.field(name="ResourceARN", default=None)
    attributes: Attributes | None = None
    sampling_rate_boost: RateBoost | None = None


_NAMES = {field.name: field.encode_name for field in msgspec.structs.fields(_Changes)}


class _Update(msgspec.Struct, rename="pascal"):
    sampling_rule_update: _Changes


class _Named(msgspec.Struct, rename="pascal"):
    rule_name: str | None = None
    rule_arn: str | None = msgspec.field(name="RuleARN", default=None)


def create(state: XRayState, body: bytes) -> dict[str, Any]:
    """``CreateSamplingRule``."""
    given = msgspec.json.decode(body, type=_Create).sampling_rule
    if state.rules.find(name=given.rule_name) is not None:
        raise Refusal(f"sampling rule {given.rule_name!r} already exists")
    if state.rules.created() >= MAX_RULES:
        raise Refusal(f"there are {MAX_RULES} sampling rules already", "RuleLimitExceededException")
    record = state.rules.put(SamplingRule(**_without_boost(given)))
    return {"SamplingRuleRecord": record.to_wire()}


def _without_boost(given: _Rule | _Changes) -> dict[str, Any]:
    """Return what is kept: a boost depends on anomalies that X-Ray finds, and is checked only."""
    fields = msgspec.structs.asdict(given)
    del fields["sampling_rate_boost"]
    return fields


def get(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetSamplingRules``, for people: the rules that X-Ray would have."""
    check_page(body)
    return {"SamplingRuleRecords": [record.to_wire() for record in state.rules.existing()]}


def update(state: XRayState, body: bytes) -> dict[str, Any]:
    """``UpdateSamplingRule``."""
    given = _without_boost(msgspec.json.decode(body, type=_Update).sampling_rule_update)
    record = _find(state, given.pop("rule_name"), given.pop("rule_arn"))
    changes = {name: value for name, value in given.items() if value is not None}
    if record.rule.rule_name == "Default" and (others := changes.keys() - _OF_DEFAULT):
        words = ", ".join(sorted(_NAMES[name] for name in others))
        raise Refusal(f"of the default rule only FixedRate and ReservoirSize change, given: {words}")
    changed = state.rules.put(msgspec.structs.replace(record.rule, **changes))
    return {"SamplingRuleRecord": changed.to_wire()}


def delete(state: XRayState, body: bytes) -> dict[str, Any]:
    """``DeleteSamplingRule``."""
    given = msgspec.json.decode(body, type=_Named)
    record = _find(state, given.rule_name, given.rule_arn)
    if record.rule.rule_name == "Default":
        raise Refusal("the default rule cannot be deleted")
    state.rules.delete(record.rule.rule_name)
    return {"SamplingRuleRecord": record.to_wire()}


def _find(state: XRayState, name: str | None, arn: str | None) -> Any:
    if not name and not arn:
        raise Refusal("RuleName or RuleARN is required")
    record = state.rules.find(name=name, arn=arn)
    if record is None:
        raise Refusal(f"sampling rule {name or arn!r} does not exist")
    return record


def targets(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetSamplingTargets``."""
    return state.targets(statistics_of(body))


def summaries(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetSamplingStatisticSummaries``: what SDKs reported, added up for each rule."""
    check_page(body)
    return {"SamplingStatisticSummaries": state.reports.summaries()}
