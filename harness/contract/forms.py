"""What differs between two runs of the same app in text, and the form that stays of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from harness.contract import dates
from harness.contract.form_table import FORMS, NUMBER
from harness.contract.key_words import is_measured, is_volatile
from harness.expect.key_pattern import KeyPattern

JSON_NUMBER, ANY_TEXT = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", r'(?:[^"\\]|\\.)*'
"""What a number in JSON is, and what is between its quotes."""
_STAYS = {form.name: form.stays for form in FORMS} | {
    "value": JSON_NUMBER,
    "text": ANY_TEXT,
}
_DATES = ("date", "folders")
_JSON = frozenset("{[")
_SHOWN = dict.fromkeys(("measured", "scientific", "decimal", "list", "value"), "number") | {
    "digits": "hex",
    "folders": "date",
    "spaced": "duration",
    "loopback": "address",
    "base64": "token",
    "prefixed": "token",
    "single": "token",
    "padded": "token",
}
_OF_SHOWN = {_SHOWN.get(name, name): stays for name, stays in _STAYS.items()} | _STAYS
_PLACE = re.compile("‹([a-z0-9]+)›")


def _compiled(reader: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?P<{form.name}>{form.found})" for form in FORMS if reader in form.read_in), re.VERBOSE
    )


VALUES = _compiled("values")
MESSAGES = _compiled("messages")


def template_of(whole: str, parts: re.Pattern[str] = VALUES) -> str:
    """Return a text as it reads in every run: its variable parts are named.

    >>> template_of("http://localhost:44693/orders/17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e")
    'http://localhost:‹port›/orders/‹uuid›'
    """
    text, done = "", 0
    for start, end, form in _variable(whole, parts):
        text += f"{whole[done:start]}‹{_SHOWN.get(form, form)}›"
        done = end
    return text + whole[done:]


def pattern_of(text: str, parts: re.Pattern[str] = VALUES) -> str | None:
    r"""Return the pattern that a text fulfils in every run, None when it is the same in each.

    >>> pattern_of("/orders/1-69244e4f-0123456789abcdef01234567/items"), pattern_of("/orders/17")
    ('/orders/1-[0-9a-f]{8}-[0-9a-f]{24}/items', None)
    """
    found, done = "", 0
    for start, end, form in _variable(text, parts):
        stays = dates.pattern_of_date(text[start:end]) if form in _DATES else _STAYS[form]
        found += literal(text[done:start]) + stays
        done = end
    return found + literal(text[done:]) if done else None


def key_of(name: str) -> str:
    """Return the key that a contract names: one with forms in it stands for all keys of this form.

    >>> key_of("rows"), key_of("user ‹uuid›").pattern.pattern
    ('rows', 'user [0-9a-fA-F-]{36}')
    """
    texts = _PLACE.split(name)
    if len(texts) == 1 or not all(form in _OF_SHOWN for form in texts[1::2]):
        return name
    parts = (_OF_SHOWN[text] if number % 2 else literal(text) for number, text in enumerate(texts))
    return KeyPattern(name, "".join(parts))


_IDS = (r"\d+", NUMBER, "[0-9a-f]+", "[0-9A-Za-z]+")
"""Patterns of ids, the narrowest first."""
_ID = re.compile(f"({'|'.join(map(re.escape, reversed(_IDS)))})")


def widened(patterns: Iterable[str]) -> dict[str, str]:
    r"""Return for each pattern the one to use: where another has letters in an id, it has no digits only.

    An id that happens to have no letter is no form of its own.

    >>> widened([r"/a/\d+", "/a/[0-9a-f]+", r"/b/\d+"])
    {'/a/\\d+': '/a/[0-9a-f]+', '/a/[0-9a-f]+': '/a/[0-9a-f]+', '/b/\\d+': '/b/\\d+'}
    """
    alike: dict[str, list[str]] = {}
    for pattern in patterns:
        alike.setdefault(_ID.sub("‹id›", pattern), []).append(pattern)
    found: dict[str, str] = {}
    for group in alike.values():
        places = zip(*map(_ID.split, group), strict=True)
        widest = (max(place, key=lambda one: _IDS.index(one) if one in _IDS else -1) for place in places)
        found |= dict.fromkeys(group, "".join(widest))
    return found


def literal(text: str) -> str:
    """Return the pattern of a text that is the same in every run."""
    return re.escape(text).replace("\\ ", " ")


_MEMBER = re.compile(
    r"""("(?:[^"\\]|\\.)*+")\s*+:\s*+(?:"((?:[^"\\]|\\.)*+)"|(-?+\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+))"""
)


def _variable(text: str, parts: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and form of each part that differs from run to run; in JSON by its keys, too."""
    done = 0
    for start, end, form in _members(text) if text[:1] in _JSON else ():
        yield from ((m.start(), m.end(), m.lastgroup or "") for m in parts.finditer(text, done, start))
        yield start, end, form
        done = end
    yield from ((m.start(), m.end(), m.lastgroup or "") for m in parts.finditer(text, done))


def _members(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the values in a JSON text whose key says that they differ, and numbers with a fraction."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return
    for match in _MEMBER.finditer(text):
        key, word, number = match.groups()
        if number is not None and ("." in number or is_volatile(key[1:-1]) or is_measured(key[1:-1])):
            yield *match.span(3), "value"
        elif word and is_volatile(key[1:-1]):
            yield *match.span(2), "text"
