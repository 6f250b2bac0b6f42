"""`iso8601`: text that is a date and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harness.expect.argument import FLAG, NONE
from harness.expect.matcher import Matcher


@dataclass(frozen=True)
class Iso8601(Matcher):
    """Matches an ISO 8601 date and time.

    Attributes:
        offset: True: it must have a UTC offset; False: it must not;
            None: either will do.
    """

    offset: bool | None

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        if not isinstance(value, str):
            return f"str expected, {type(value).__name__} captured"
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return "not an ISO 8601 date-time"
        if "T" not in value:
            return "no 'T' between date and time"
        if self.offset is None or self.offset is (moment.tzinfo is not None):
            return None
        return "no UTC offset" if self.offset else "it has a UTC offset"

    def __repr__(self) -> str:
        return "iso8601()" if self.offset is True else f"iso8601(offset={self.offset})"


def iso8601(*, offset: bool | None = True) -> Iso8601:
    """Match text that is an ISO 8601 date and time, such as ``2026-03-01T12:00:00+00:00``.

    Args:
        offset: By default a UTC offset (or ``Z``) is required: without one
            nobody can tell when it was. False wants none, None takes both.

    Raises:
        TypeError: The offset is neither True, False nor None.

    Example:
        >>> iso8601().matches("2026-03-01T12:00:00")
        False
    """
    (FLAG | NONE).require("iso8601: offset", offset)
    return Iso8601(offset)
