"""Units: those that names end with, and which of them measure time."""

from __future__ import annotations

import re

_UNITS = {
    "ns": "ns", "nanos": "ns", "nanoseconds": "ns",
    "us": "us", "micros": "us", "microseconds": "us",
    "ms": "ms", "millis": "ms", "milliseconds": "ms",
    "s": "s", "sec": "s", "secs": "s", "seconds": "s",
    "b": "By", "bytes": "By", "kb": "kBy", "mb": "MBy",
}  # fmt: skip
_HUMPS = "|".join(unit.capitalize() for unit in _UNITS if len(unit) > 1)
_UNIT = re.compile(rf"(?i:[._-]({'|'.join(_UNITS)}))\Z|(?<=[a-z0-9])({_HUMPS})\Z")
"""Behind a dot or the like, or as the last hump of ``timeoutMs``."""
_TIMES = frozenset({"ns", "us", "ms", "s"})


def are_times(before: str, after: str) -> bool:
    """Return whether two units measure time.

    >>> are_times("ms", "Seconds"), are_times("ms", "By")
    (True, False)
    """
    return {_UNITS.get(unit.lower(), "") for unit in (before, after)} <= _TIMES


def stem_and_unit(name: str) -> tuple[str, str]:
    """Return a name without the unit that it ends with, and the unit.

    >>> stem_and_unit("app.wait_ms"), stem_and_unit("app.wait")
    (('app.wait', 'ms'), ('app.wait', ''))
    >>> stem_and_unit("timeoutMs"), stem_and_unit("durationMillis"), stem_and_unit("items")
    (('timeout', 'ms'), ('duration', 'ms'), ('items', ''))
    """
    match = _UNIT.search(name)
    return (name[: match.start()], _UNITS[(match[1] or match[2]).lower()]) if match else (name, "")
