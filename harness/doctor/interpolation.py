"""Compose's ``${VARIABLE}``.

Source: the Compose file reference, "Interpolation".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_START = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?P<how>:?[-?+])?)"
)
_BRACE = re.compile(r"\$\{|\}")
_MAX_DEPTH = 20


class Place(NamedTuple):
    """Where a variable is put in.

    Attributes:
        name: The variable's; empty for ``$$``, an escaped dollar.
        how: ``:-``, ``-``, ``:+``, ``+``, ``:?``, ``?`` or nothing.
        word: What follows that, with places of its own.
    """

    start: int
    end: int
    name: str
    how: str = ""
    word: str = ""


def places_in(text: str) -> Iterator[Place]:
    """Yield the places of a text, not those within their words; what is not closed is text."""
    at = 0
    while match := _START.search(text, at):
        at = match.end()
        if not match["name"]:
            yield Place(match.start(), at, match["plain"] or "")
            continue
        how, end = match["how"] or "", _closing(text, at)
        if end == at or (how and end > at):
            yield Place(match.start(), end + 1, match["name"], how, text[at:end])
            at = end + 1


def is_malformed(text: str) -> bool:
    """Return whether a ``$`` begins no variable, which Compose refuses.

    >>> [is_malformed(text) for text in ("${A${B}}", "${A", "cost: $", "${A:-${B}}", "$A $$")]
    [True, True, True, False, False]
    """
    at = 0
    for place in places_in(text):
        if "$" in text[at : place.start] or is_malformed(place.word):
            return True
        at = place.end
    return "$" in text[at:]


def _closing(text: str, at: int) -> int:
    """Return where the brace closes that is open at a place; -1 when it does not, or is too deep."""
    depth = 0
    for brace in _BRACE.finditer(text, at):
        depth += 1 if brace[0] == "${" else -1
        if depth < 0:
            return brace.start()
        if depth > _MAX_DEPTH:
            break
    return -1


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with variables put in; one that is not set is empty.

    >>> interpolate("x=${A}, ${B:-b${A}}, $$A", {"A": "1"})
    'x=1, b1, $A'
    """
    parts, at = [], 0
    for place in places_in(text):
        parts += [text[at : place.start], _value(place, variables) if place.name else "$"]
        at = place.end
    return "".join([*parts, text[at:]])


def required_in(text: str, variables: Mapping[str, str]) -> Iterator[Place]:
    """Yield the places of ``${VARIABLE:?word}`` whose variable is not set: Compose refuses the file.

    >>> [place.name for place in required_in("${A:?} ${B?} ${C:-${D:?why}}", {"A": "", "B": ""})]
    ['A', 'D']
    """
    for place in places_in(text):
        if _takes_word(place, variables):
            yield from [place] if place.how.endswith("?") else required_in(place.word, variables)


def _takes_word(place: Place, variables: Mapping[str, str]) -> bool:
    """Return whether the word stands for the variable: when that is not set, or with ``+`` when it is."""
    value = variables.get(place.name)
    missing = value is None or (place.how.startswith(":") and not value)
    return bool(place.how) and missing != place.how.endswith("+")


def _value(place: Place, variables: Mapping[str, str]) -> str:
    if place.how.endswith(("-", "+")) and _takes_word(place, variables):
        return interpolate(place.word, variables)
    return "" if place.how.endswith("+") else variables.get(place.name, "")


def variables_in(text: str) -> list[str]:
    """Return the names of the variables that a text takes its value from.

    >>> variables_in("x-honeycomb-team=${HONEYCOMB_API_KEY:-${KEY}}")
    ['HONEYCOMB_API_KEY', 'KEY']
    """
    return [
        name
        for place in places_in(text)
        if place.name
        for name in (place.name, *variables_in(place.word if place.how.endswith(("-", "+")) else ""))
    ]
