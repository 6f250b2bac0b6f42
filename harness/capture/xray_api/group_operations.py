"""Groups through the API."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.capture.xray_api.state import XRayState


class _Group(msgspec.Struct, kw_only=True, rename="pascal"):
    group_name: str | None = None
    group_arn: str | None = msgspec.field(name="GroupARN", default=None)
    filter_expression: str | None = None
    insights_configuration: dict[str, Any] | None = None


def _given(body: bytes) -> _Group:
    return msgspec.json.decode(body, type=_Group)


def create(state: XRayState, body: bytes) -> dict[str, Any]:
    """``CreateGroup``."""
    given = _given(body)
    group = state.groups.create(given.group_name or "", given.filter_expression, given.insights_configuration)
    return {"Group": group}


def get(state: XRayState, body: bytes) -> dict[str, Any]:
    """``GetGroup``."""
    given = _given(body)
    return {"Group": state.groups.find(given.group_name, given.group_arn)}


def get_all(state: XRayState, body: bytes) -> dict[str, Any]:  # noqa: ARG001  an operation's signature
    """``GetGroups``."""
    return {"Groups": state.groups.all()}


def update(state: XRayState, body: bytes) -> dict[str, Any]:
    """``UpdateGroup``."""
    given = _given(body)
    group = state.groups.update(
        given.group_name, given.group_arn, given.filter_expression, given.insights_configuration
    )
    return {"Group": group}


def delete(state: XRayState, body: bytes) -> dict[str, Any]:
    """``DeleteGroup``."""
    given = _given(body)
    state.groups.delete(given.group_name, given.group_arn)
    return {}
