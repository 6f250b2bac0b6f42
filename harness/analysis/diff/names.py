"""How alike two names are, and the units that they end with."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_DOTTED = re.compile(r"(?<=[._/-])")
_UNITS = {
    "ns": "ns", "nanos": "ns", "nanoseconds": "ns",
    "us": "us", "micros": "us", "microseconds": "us",
    "ms": "ms", "millis": "ms", "milliseconds": "ms",
    "s": "s", "sec": "s", "secs": "s", "seconds": "s",
    "b": "By", "bytes": "By", "kb": "kBy", "mb": "MBy",
}  # fmt: skip
_UNIT = re.compile(rf"(?i)[._-]({'|'.join(_UNITS)})\Z")


_TIMES = frozenset({"ns", "us", "ms", "s"})


def are_times(before: str, after: str) -> bool:
    """Return whether two units measure time.

    >>> are_times("ms", "Seconds"), are_times("ms", "By")
    (True, False)
    """
    return {_UNITS.get(unit.lower(), "") for unit in (before, after)} <= _TIMES


@lru_cache(maxsize=65_536)
def likeness(before: str, after: str) -> float:
    """Return from 0 to 1 how alike two names are, beyond what they begin with.

    >>> likeness("http.status_code", "http.response.status_code") > 0.75
    True
    >>> likeness("app.user", "app.rows")
    0.25
    """
    if before == after:
        return 1.0
    # In one order: SequenceMatcher may find less the other way round.
    first, second = _without_shared_start(*sorted((before, after)))
    return max(_shared_words(first, second), SequenceMatcher(None, first, second, autojunk=False).ratio())


def _without_shared_start(before: str, after: str) -> tuple[str, str]:
    first, second = _DOTTED.split(before), _DOTTED.split(after)
    while len(first) > 1 and len(second) > 1 and first[0] == second[0]:
        del first[0], second[0]
    return "".join(first), "".join(second)


def _shared_words(before: str, after: str) -> float:
    first = [word.lower() for word in _WORDS.findall(before)]
    second = [word.lower() for word in _WORDS.findall(after)]
    shared = sum(min(first.count(word), second.count(word)) for word in set(first))
    return 2 * shared / (len(first) + len(second)) if first or second else 0.0


def text_likeness(before: str, after: str) -> float:
    """Return from 0 to 1 which share of the words of two messages, or names, is the same."""
    first, second = before.split(), after.split()
    shared = sum(min(first.count(word), second.count(word)) for word in set(first))
    return 2 * shared / (len(first) + len(second)) if first or second else 0.0


def stem_and_unit(name: str) -> tuple[str, str]:
    """Return a name without the unit that it ends with, and the unit.

    >>> stem_and_unit("app.wait_ms"), stem_and_unit("app.wait")
    (('app.wait', 'ms'), ('app.wait', ''))
    """
    match = _UNIT.search(name)
    return (name[: match.start()], _UNITS[match[1].lower()]) if match else (name, "")
