"""What the grammar leaves open: is it a keyword, does the operator suit it, is the value of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from harness.closest import closest
from harness.errors import FilterError
from harness.xray_filter.expression import Keyword, Value
from harness.xray_filter.keywords import KEYWORDS, OPERATORS, ORDER, ROOT_CAUSE_KEYWORDS, TEXT, WORDS, Kind

_QUOTED_KEY = re.compile(r"""(["']).*\1""")
_PLAIN_KEY = re.compile(r"\w+\Z", re.ASCII)
_MARKS = {Kind.BOOLEAN: "true or false", Kind.NUMBER: "a number", Kind.STRING: "a string in double quotes"}


def closest_hint(word: str, candidates: Iterable[str]) -> str:
    """Return ``; closest: 'fault'``, empty when nothing is alike."""
    by_lower = {candidate.lower(): candidate for candidate in candidates if candidate != word}
    found = closest(word.lower(), by_lower)
    return f"; closest: {by_lower[found]!r}" if found else ""


def root_cause(name: str) -> str:
    """Return why a keyword about root causes is refused."""
    return (
        f"keyword {name!r} is about root causes, which X-Ray computes and the harness does not; "
        "leave it out, or use service() or edge() with a filter"
    )


def keyword(name: str, column: int) -> Keyword:
    """Return a keyword.

    Raises:
        FilterError: There is no such keyword, or it is about root causes.
    """
    lower = name.lower()
    if lower in ROOT_CAUSE_KEYWORDS:
        raise FilterError(root_cause(name), column)
    if lower == "annotation":
        raise FilterError("annotation needs a key: annotation.key or annotation[some.key]", column)
    if lower not in KEYWORDS:
        raise FilterError(f"no keyword {name!r}{closest_hint(name, WORDS)}", column)
    return Keyword(lower)


def annotation(key: str, *, dotted: bool, column: int) -> Keyword:
    """Return the keyword of an annotation.

    Args:
        dotted: Written ``annotation.key`` and not ``annotation[key]``.

    Raises:
        FilterError: A key that must stand in brackets.
    """
    if not dotted and _QUOTED_KEY.fullmatch(key):
        raise FilterError(f"annotation key {key} is quoted; write annotation[{key[1:-1]}]", column)
    if dotted and not _PLAIN_KEY.match(key):
        raise FilterError(
            f"annotation key {key!r} holds more than letters, digits and _; write annotation[{key}]", column
        )
    return Keyword("annotation", key)


def comparison(name: Keyword, operator: tuple[str, int], value: tuple[Value, str, int]) -> None:
    """Refuse an operator or value that does not suit a keyword.

    Args:
        operator: Its text and column.
        value: The value, its text and its column.

    Raises:
        FilterError: The operator is another kind's, or the value is.
    """
    kind = KEYWORDS.get(name.name, Kind.ANNOTATION)
    if operator[0] not in OPERATORS[kind]:
        admitted = " ".join(OPERATORS[kind])
        raise FilterError(
            f"operator {operator[0]} does not suit {kind.value} keyword {name.name!r}; expected {admitted}",
            operator[1],
        )
    expected = _expected_kind(kind, operator[0])
    if expected is not None and expected is not _kind_of(value[0]):
        raise FilterError(f"expected {_MARKS[expected]} here, found {value[1]}", value[2])


def _expected_kind(kind: Kind, operator: str) -> Kind | None:
    """Return what a value must be; None when an annotation may be of any kind."""
    if kind is not Kind.ANNOTATION:
        return kind
    if operator in ORDER:
        return Kind.NUMBER
    return Kind.STRING if operator in TEXT else None


def _kind_of(value: Value) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    return Kind.STRING if isinstance(value, str) else Kind.NUMBER


def pairs(given: Sequence[tuple[str, str, int]]) -> dict[str, str]:
    """Return what an ``id()`` holds.

    Args:
        given: Key, text and column of each pair.

    Raises:
        FilterError: A key other than name and type, or one that is there twice.
    """
    found: dict[str, str] = {}
    for key, text, column in given:
        if key not in ("name", "type"):
            raise FilterError(f"id() knows name and type, found {key!r}", column)
        if key in found:
            raise FilterError(f"id() has {key} twice", column)
        found[key] = text
    return found
