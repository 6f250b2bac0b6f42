"""What an expectation keeps of its arguments: copies that nobody can change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.expect.matcher import Matcher
from harness.expect.matchers.regex import Regex
from harness.expect.omitted import Omitted
from harness.model.span import Status

_PLAIN = (str, bytes, bool, int, float, type(None), Omitted, Status)
_EXACTLY_PLAIN = frozenset(_PLAIN)
"""Looked up first: `isinstance` asks a matcher's abstract class, which is slow."""
_KEPT = (*_PLAIN, Matcher)


@dataclass(frozen=True)
class Foreign(Matcher):
    """An object of another library whose `matches` or ``==`` decides.

    Attributes:
        text: Its ``repr`` when the expectation was made: `dirty-equals`
            changes its ``repr`` once it has matched.
    """

    value: Any
    text: str

    def problem(self, value: Any) -> str | None:
        """Return why the value does not match, None when it does."""
        matched = self.value.matches(value) if _has_matches(self.value) else self.value == value
        return None if matched else self._reason(value)

    def _reason(self, value: Any) -> str:
        if isinstance(self.value, type):
            return f"a type is compared as a value; use instance_of({self.value.__name__})"
        explain = getattr(self.value, "explain", None)
        return str(explain(value)) if callable(explain) else ""

    def __repr__(self) -> str:
        return self.text


def _has_matches(value: Any) -> bool:
    return not isinstance(value, type) and callable(getattr(value, "matches", None))


def freeze(value: Any) -> Any:
    """Return what an expectation keeps: copies of containers, and matchers.

    Lists become tuples; a compiled pattern becomes `regex`; an object of
    another library is wrapped in a matcher.
    """
    if type(value) in _EXACTLY_PLAIN:
        return value
    if isinstance(value, (dict, Mapping)):
        return {key: freeze(item) for key, item in value.items()}
    if isinstance(value, _KEPT):
        return value
    if isinstance(value, list | tuple):
        return tuple(map(freeze, value))
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        return Regex(value.pattern, value.flags & ~re.UNICODE)
    return Foreign(value, repr(value))
