"""Sampling rules through the API, and what SDKs reported of their use."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from harness.capture.xray_api.refusal import Refusal
from harness.capture.xray_api.state import XRayState
from harness.capture.xray_rules import MAX_NAME, SamplingRule
from harness.codec.xray_sampling import statistics_of
from harness.errors import DecodeError

MAX_RULES = 25
"""Of an account and region. Source: AWS general reference, X-Ray quotas."""

_OF_DEFAULT = frozenset({"fixed_rate", "reservoir_size"})
"""What can be changed of the default rule. Source: X-Ray developer guide, "Configuring sampling rules"."""

_Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
_Text64 = Annotated[str, Meta(max_length=64)]


class _Rule(msgspec.Struct, kw_only=True, rename="pascal"):
    """Source: botocore, xray 2016-04-12, ``SamplingRule``."""

    rule_name: _Name
    priority: Annotated[int, Meta(ge=1, le=9999)]
    fixed_rate: Annotated[float, Meta(ge=0, le=1)]
    reservoir_size: Annotated[int, Meta(ge=0)]
    service_name: _Text64
    service_type: _Text64
    host: _Text64
    http_method: Annotated[str, Meta(max_length=10)] = msgspec.field(name="HTTPMethod")
    url_path: Annotated[str, Meta(max_length=128)] = msgspec.field(name="URLPath")
    resource_arn: Annotated[str, Meta(max_length=500)] = msgspec.field(name="ResourceARN")
    version: Literal[1]
    attributes: dict[str, str] = {}


class _Create(msgspec.Struct, rename="pascal"):
    sampling_rule: _Rule


class _Changes(msgspec.Struct, kw_only=True, rename="pascal"):
    rule_name: str | None = None
    rule_arn: str | None = msgspec.field(name="RuleARN", default=None)
    priority: Annotated[int, Meta(ge=1, le=9999)] | None = None
    fixed_rate: Annotated[float, Meta(ge=0, le=1)] | None = None
    reservoir_size: Annotated[int, Meta(ge=0)] | None = None
    service_name: _Text64 | None = None
    service_type: _Text64 | None = None
    host: _Text64 | None = None
    http_method: Annotated[str, Meta(max_length=10)] | None = msgspec.field(name="HTTPMethod", default=None)
    url_path: Annotated[str, Meta(max_length=128)] | None = msgspec.field(name="URLPath", default=None)
    resource_arn: str | None = msgspec.field(name="ResourceARN", default=None)
    attributes: dict[str, str] | None = None


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
    record = state.rules.put(SamplingRule(**msgspec.structs.asdict(given)))
    return {"SamplingRuleRecord": record.to_wire()}


def get(state: XRayState, body: bytes) -> dict[str, Any]:  # noqa: ARG001  an operation's signature
    """``GetSamplingRules``, for people: the rules that X-Ray would have."""
    return {"SamplingRuleRecords": [record.to_wire() for record in state.rules.existing()]}


def update(state: XRayState, body: bytes) -> dict[str, Any]:
    """``UpdateSamplingRule``."""
    given = msgspec.structs.asdict(msgspec.json.decode(body, type=_Update).sampling_rule_update)
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
    try:
        statistics = statistics_of(body)
    except DecodeError as error:
        raise Refusal(str(error)) from error
    return state.targets(statistics)


def summaries(state: XRayState, body: bytes) -> dict[str, Any]:  # noqa: ARG001  an operation's signature
    """``GetSamplingStatisticSummaries``: what SDKs reported, added up for each rule."""
    return {"SamplingStatisticSummaries": state.reports.summaries()}
