"""Log messages as the form that they have in every run."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PARTS = re.compile(
    r"""(?P<uuid>(?i:\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b))
    |(?P<xray>\b1-[0-9a-f]{8}-[0-9a-f]{24}\b)
    |(?P<stamp>\b\d{4}-(?:\d\d|[A-Z][a-z]{2})-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?
        (?:Z|[+-]\d\d:?\d\d)?)
    |(?P<clock>\b\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\b)
    |(?P<address>\b\d{1,3}(?:\.\d{1,3}){3}\b)
    |(?P<hex>\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b)
    |(?P<measured>\b\d+(?:\.\d+)?(?=\ ?(?:[nuµμm]?s|secs?|(?:milli|micro|nano)?seconds?)\b))
    |(?P<decimal>\b\d+\.\d+\b)
    |(?P<large>\b\d{4,}\b)
    |(?P<small>\b\d{1,3}\b)""",
    re.VERBOSE,
)
_SAME_FORM = 5
"""How many messages may differ in small numbers only before these are no part of the form."""


def forms_of(messages: Iterable[str]) -> list[tuple[str, str]]:
    r"""Return (operator, argument) for each form, sorted; every message has one.

    >>> forms_of(["took 1200 ms", "took 1300 ms", "ready"])
    [('is', 'ready'), ('regex', '\\Atook \\d+ ms\\Z')]
    """
    by_rough: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for message in set(messages):
        by_rough.setdefault(_form(message, small=True), set()).add(_form(message, small=False))
    found: set[tuple[str, str]] = set()
    for rough, fine in by_rough.items():
        found |= fine if len(fine) <= _SAME_FORM else {rough}
    return sorted(found)


def template_of(message: str) -> str:
    r"""Return a message's first line as it reads in every run: its variable parts are named.

    >>> template_of("[2026-Nov-24 12:31] 127.0.0.1 GET /orders/17 took 1.5 ms\nand more")
    '[‹stamp›] ‹address› GET /orders/‹number› took ‹number› ms …'
    """
    line, newline, _ = message.partition("\n")
    return _PARTS.sub(_named, line) + (" …" if newline else "")


def _named(match: re.Match[str]) -> str:
    group = match.lastgroup or ""
    return f"‹{'number' if group in _NUMBERS else group}›"


def _form(message: str, *, small: bool) -> tuple[str, str]:
    """Return the form of a message; of one with several lines, that of the first."""
    line, newline, _ = message.partition("\n")
    parts, done, varies = [], 0, False
    for match in _PARTS.finditer(line):
        if match.lastgroup == "small" and not small:
            continue
        parts += [re.escape(line[done : match.start()]), _PATTERNS.get(match.lastgroup or "", r"\d+")]
        done, varies = match.end(), True
    if not varies and not newline:
        return "is", message
    if not varies:
        return "starts_with", line
    parts.append(re.escape(line[done:]))
    return "regex", "\\A" + "".join(parts).replace("\\ ", " ") + ("" if newline else "\\Z")


_NUMBERS = frozenset({"measured", "decimal", "large", "small"})
_PATTERNS = {
    "uuid": "[0-9a-fA-F-]{36}",
    "xray": "1-[0-9a-f]{8}-[0-9a-f]{24}",
    "stamp": r"\d{4}-\w+-\d\d[T\d:., Z+-]*",
    "clock": r"[\d:.,]+",
    "address": r"[\d.]+",
    "hex": "[0-9a-f]+",
    "measured": r"\d+(?:\.\d+)?",
    "decimal": r"\d+\.\d+",
}
