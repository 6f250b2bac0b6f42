"""X-Ray groups: names for filter expressions."""

from __future__ import annotations

import re
from typing import Any

from harness.capture.xray_api.refusal import Refusal
from harness.capture.xray_rules import ARN_PREFIX
from harness.errors import FilterError

_NAME = re.compile(r"[A-Za-z0-9-]{1,32}")
"""Source: X-Ray developer guide, "Configuring groups"."""
_RESERVED = "Default"
"""Source: X-Ray API reference, CreateGroup."""


class Groups:
    """The groups that exist, by name; changed on the receivers' thread, read on any."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, Any]] = {}

    def create(self, name: str, expression: str | None, insights: dict[str, Any] | None) -> dict[str, Any]:
        """Return a new group.

        Raises:
            Refusal: The name is taken or not allowed, or the expression does not parse.
        """
        if not _NAME.fullmatch(name):
            raise Refusal(f"GroupName {name!r}: expected 1 to 32 letters, digits and dashes")
        if name == _RESERVED:
            raise Refusal(f"GroupName {name!r} is reserved")
        if name in self._groups:
            raise Refusal(f"group {name!r} already exists")
        group = {
            "GroupName": name,
            "GroupARN": f"{ARN_PREFIX}:group/{name}/{len(self._groups) + 1:026d}",
            "FilterExpression": _checked(expression or ""),
            "InsightsConfiguration": insights or {"InsightsEnabled": False, "NotificationsEnabled": False},
        }
        self._groups[name] = group
        return group

    def find(self, name: str | None, arn: str | None) -> dict[str, Any]:
        """Return the group of a name or ARN.

        Raises:
            Refusal: Neither is given, or there is no such group.
        """
        if not name and not arn:
            raise Refusal("GroupName or GroupARN is required")
        for group in tuple(self._groups.values()):
            if name == group["GroupName"] or arn == group["GroupARN"]:
                return group
        raise Refusal(f"group {name or arn!r} does not exist")

    def update(
        self, name: str | None, arn: str | None, expression: str | None, insights: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Return the group, changed in what is given."""
        group = self.find(name, arn)
        if expression is not None:
            group["FilterExpression"] = _checked(expression)
        if insights is not None:
            group["InsightsConfiguration"] = insights
        return group

    def delete(self, name: str | None, arn: str | None) -> None:
        """Forget a group."""
        del self._groups[self.find(name, arn)["GroupName"]]

    def all(self) -> list[dict[str, Any]]:
        """Return the groups by name."""
        return [group for _, group in sorted(self._groups.copy().items())]


def _checked(expression: str) -> str:
    from harness.xray_filter import parse  # imports a parser library

    if expression:
        try:
            parse(expression)
        except FilterError as error:
            raise Refusal(f"FilterExpression: {error}") from error
    return expression
