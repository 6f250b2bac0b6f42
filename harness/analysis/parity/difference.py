"""One difference between a document of the X-Ray SDK and what a span becomes."""

from __future__ import annotations

from typing import Any, NamedTuple

from harness.expect.render import short
from harness.model import Level

_SHOWN = 120


class Difference(NamedTuple):
    """A gap (an error), a detail that is lost (a warning), or a harmless difference (info).

    Attributes:
        message: What differs, both values, and for a gap the cure.
    """

    id: str
    message: str
    level: Level = Level.ERROR


def harmless(id_: str, message: str) -> Difference:
    """Return a difference that was normalised.

    >>> harmless("parity_content_length", "…").level
    <Level.INFO: 'info'>
    """
    return Difference(id_, message, Level.INFO)


def both(xray: Any, otel: Any) -> str:
    """Return both values, for a message.

    >>> both("remote", None)
    "X-Ray 'remote', OpenTelemetry none"
    """
    return f"X-Ray {shown(xray)}, OpenTelemetry {shown(otel)}"


def shown(value: Any) -> str:
    """Return a value for a message.

    >>> shown(None)
    'none'
    """
    return "none" if value is None else short(value, _SHOWN)
