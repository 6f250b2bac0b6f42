"""Compose's ``${VARIABLE}``.

Source: the Compose file reference, "Interpolation".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>[^}]*))?\})"
)


def interpolate(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with variables put in; one that is not set is empty.

    >>> interpolate("x=${A}, ${B:-b}, $$A", {"A": "1"})
    'x=1, b, $A'
    """

    def put_in(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        value = variables.get(match["plain"] or match["name"])
        how, word = match["how"] or "", match["word"] or ""
        missing = value is None or (how.startswith(":") and not value)
        if how.endswith("-"):
            return word if missing else value or ""
        if how.endswith("+"):
            return "" if missing else word
        return value or ""

    return _PLACE.sub(put_in, text)


def variables_in(text: str) -> list[str]:
    """Return the names of the variables that a text takes its value from.

    >>> variables_in("x-honeycomb-team=${HONEYCOMB_API_KEY}")
    ['HONEYCOMB_API_KEY']
    """
    return [m["plain"] or m["name"] for m in _PLACE.finditer(text) if not m["escaped"]]
