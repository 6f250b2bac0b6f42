"""Log lines of JSON: the same whatever the order of their keys, with the form that each value has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from harness.contract.forms import (
    ANY_TEXT,
    JSON_NUMBER,
    MESSAGES,
    literal,
    pattern_of,
    template_of,
)
from harness.contract.key_words import is_volatile

_OPENING, _COMMA, _COLON, _CLOSING = map(re.compile, (r"[{\[]\s*", r"\s*,\s*", r"\s*:\s*", r"\s*[}\]]"))
_TEXT, _OTHER = re.compile(r'"((?:[^"\\]|\\.)*+)"'), re.compile(r"[^\s,\]}]+")
_CONSTANTS = {"true": "bool", "false": "bool", "null": "none"}
_STATUS = re.compile(r"(?i:(?:\A|[._-])status(?:[._-]?code)?\Z|Status(?:Code)?\Z)")
_IS_STATUS = re.compile(r"[1-5]\d\d")
_TOLD = "message"
"""The key of a JSON log line that holds what other lines are: a message."""


class Leaf(NamedTuple):
    """A value that is no object or list: what of it is the same in every run.

    Attributes:
        path: Its keys: ``user.id``, ``rows[].sku``.
        type: ``str``, ``number``, ``bool`` or ``none``; ``dict`` and ``list`` of empty ones.
        form: The text, with its variable parts named.
    """

    path: str
    type: str
    form: str


class JsonLine(NamedTuple):
    """A text of JSON as it is in every run, keys sorted.

    Attributes:
        template: The text, with its variable parts named.
        pattern: What it fulfils in every run, in any order of keys.
    """

    template: str
    pattern: str
    leaves: tuple[Leaf, ...]


@lru_cache(maxsize=16)  # asked twice of each line
def json_line(text: str) -> JsonLine | None:
    r"""Return what a text of JSON is in every run, None of any other text.

    >>> json_line('{"rows": 3, "event": "paid 7 EUR"}').template
    '{"event": "paid ‹number› EUR", "rows": ‹number›}'
    >>> json_line('{"ok":true}').pattern
    '\\{"ok":true\\}'
    """
    if text[:1] not in ("{", "["):
        return None
    try:
        json.loads(text)
        return _Reader(text).whole()
    except (ValueError, RecursionError):
        return None


class _Reader:
    """Reads a text that is JSON, with the white space between its tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> JsonLine:
        """Return the value that the text is, with the white space behind it."""
        value = self.value("", "")
        rest = self._text[self._at :]
        return JsonLine(value.template + rest, value.pattern + literal(rest), value.leaves)

    def value(self, path: str, key: str) -> JsonLine:
        """Return the value that begins here.

        Args:
            key: The nearest above it.
        """
        first = self._text[self._at]
        if first == "{":
            return self._object(path)
        if first == "[":
            return self._list(path, key)
        if first == '"':
            return _text(path, key, self._take(_TEXT)[1:-1])
        return _scalar(path, key, self._take(_OTHER))

    def _take(self, token: re.Pattern[str]) -> str:
        match = token.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match[0] if match else ""

    def _object(self, path: str) -> JsonLine:
        opening, commas, members, is_open = self._take(_OPENING), [], [], False
        while not (closing := self._take(_CLOSING)):
            key = self._take(_TEXT)[1:-1]
            (name, pattern), colon = _key_forms(key), self._take(_COLON)
            value = self.value(f"{path}.{name}" if path else name, key)
            members.append(
                JsonLine(
                    f'"{name}"{colon}{value.template}',
                    f'"{pattern}"{literal(colon)}{value.pattern}',
                    value.leaves,
                )
            )
            is_open = is_open or name != key
            commas.append(self._take(_COMMA))
        if not members:
            return JsonLine(text := opening + closing, literal(text), (Leaf(path, "dict", "{}"),))
        times = "+" if is_open else f"{{{len(members)}}}"
        return _joined(opening, members, commas, closing, times)

    def _list(self, path: str, key: str) -> JsonLine:
        opening, commas, items = self._take(_OPENING), [], []
        while not (closing := self._take(_CLOSING)):
            items.append(self.value(f"{path}[]", key))
            commas.append(self._take(_COMMA))
        if not items:
            return JsonLine(text := opening + closing, literal(text), (Leaf(path, "list", "[]"),))
        return _joined(opening, items, commas, closing, "*")


def _joined(
    opening: str, parts: Iterable[JsonLine], commas: Iterable[str], closing: str, times: str
) -> JsonLine:
    """Return an object or a list: each of its parts in any order, equal ones once."""
    different = {part.template: part for part in parts}
    sorted_ = [different[template] for template in sorted(different)]
    separators = [comma for comma in commas if comma]
    end = literal(closing)
    text = "".join(f"{comma}{one.template}" for comma, one in zip(["", *separators], sorted_, strict=False))
    pattern = "|".join(one.pattern for one in sorted_)
    is_open = times in ("+", "*")
    if len(sorted_) > 1 or is_open:
        between = r"\s*,\s*" if is_open else "|".join(map(literal, sorted({*separators})))
        pattern = f"(?:(?:{pattern})(?:{between}|(?={end}))){times}"
    leaves = tuple(leaf for one in sorted_ for leaf in one.leaves)
    return JsonLine(f"{opening}{text}{closing}", f"{literal(opening)}{pattern}{end}", leaves)


def _text(path: str, key: str, raw: str) -> JsonLine:
    if is_volatile(key) and path != _TOLD:
        return JsonLine('"‹text›"', f'"{ANY_TEXT}"', (Leaf(path, "str", "‹text›"),))
    form, pattern = _text_forms(raw)
    return JsonLine(f'"{form}"', f'"{pattern}"', (Leaf(path, "str", form),))


@lru_cache(maxsize=4096)  # keys recur in each line, and so do most words
def _key_forms(key: str) -> tuple[str, str]:
    return template_of(key), pattern_of(key) or literal(key)


@lru_cache(maxsize=4096)
def _text_forms(text: str) -> tuple[str, str]:
    return template_of(text, MESSAGES), pattern_of(text, MESSAGES) or literal(text)


def _scalar(path: str, key: str, raw: str) -> JsonLine:
    kind = _CONSTANTS.get(raw, "number")
    is_said = raw[-1].isalpha() or (_STATUS.search(key) and _IS_STATUS.fullmatch(raw))
    if not is_said:
        return JsonLine("‹number›", JSON_NUMBER, (Leaf(path, kind, "‹number›"),))
    return JsonLine(raw, literal(raw), (Leaf(path, kind, raw),))


def keys_of(text: str) -> Iterator[Leaf]:
    """Yield the values of a text of JSON that is an object; none of any other text.

    >>> list(keys_of('{"user": {"rows": [3, 4]}}'))
    [Leaf(path='user.rows[]', type='number', form='‹number›')]
    """
    line = json_line(text) if text.startswith("{") else None
    yield from line.leaves if line else ()
