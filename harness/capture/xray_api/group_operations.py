"""Groups through the API."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from harness.capture.xray_api.state import XRayState
from harness.codec.xray_limits import GroupArn, Tags


class _Insights(msgspec.Struct, rename="pascal", omit_defaults=True):
    insights_enabled: bool | None = None
    notifications_enabled: bool | None = None


class _Group(msgspec.Struct, kw_only=True, rename="pascal"):
    group_name: str | None = None
    group_arn: GroupArn | None = msgspec.field(name="GroupARN", default=None)
    filter_expression: str | None = None
    insights_configuration: _Insights | None = None
    tags: Tags = []

    @property
    def insights(self) -> dict[str, Any] | None:
        """What is given of the configuration."""
        given = self.insights_configuration
        return None if given is None else msgspec.to_builtins(given)


class _Page(msgspec.Struct, rename="pascal"):
    next_token: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


def _given(body: bytes) -> _Group:
    return msgspec.json.decode(body, type=_Group)


def create(state: XRayState, body: bytes) -> dict[str, Any]:
    """``CreateGroup``."""
    given = _given(body)
    group = state.groups.create(given.group_name or "", given.filter_expression, given.insights)
    return {"Group": group}


def get(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetGroup``."""
    given = _given(body)
    return {"Group": state.groups.find(given.group_name, given.group_arn)}


def get_all(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetGroups``."""
    msgspec.json.decode(body, type=_Page)
    return {"Groups": state.groups.all()}


def update(state: XRayState, body: bytes) -> dict[str, Any]:
    """``UpdateGroup``."""
    given = _given(body)
    group = state.groups.update(given.group_name, given.group_arn, given.filter_expression, given.insights)
    return {"Group": group}


def delete(state: XRayState, body: bytes) -> dict[str, Any]:
    """``DeleteGroup``."""
    given = _given(body)
    state.groups.delete(given.group_name, given.group_arn)
    return {}
