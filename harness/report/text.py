"""Values as text that a person can read and that cannot mislead."""

from __future__ import annotations

import re
from typing import Any

# C0 and C1 controls but tab and newline, bidirectional overrides, line and
# paragraph separators, zero-width characters, the BOM and lone surrogates:
# what a browser or terminal would obey, hide or refuse.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return the text with what a reader would not see written as an escape.

    >>> visible("a\x1b[31m\u202eb")
    'a\\x1b[31m\\u202eb'
    """
    # What Python calls printable holds none of them.
    return text if text.isprintable() else _INVISIBLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def clipped(text: str, limit: int) -> str:
    """Return the text, or its beginning and how much was left out.

    >>> clipped("abcdefgh", 4)
    'abcd… (4 more characters)'
    """
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def one_line(text: str) -> str:
    r"""Return the text with its line breaks and tabs written as escapes.

    >>> one_line("a\nb")
    'a\\nb'
    """
    if text.isprintable():
        return text
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def value_text(value: Any) -> str:
    """Return a value as it reads beside its type: a string bare, the rest as Python.

    >>> value_text("3"), value_text(3), value_text(b"hi")
    ('3', '3', "b'hi'")
    """
    return value if isinstance(value, str) else repr(value)


def duration_text(ms: float) -> str:
    """Return milliseconds in the unit that reads best.

    >>> [duration_text(ms) for ms in (0, 0.012, 3.14159, 250.0, 1500.0, 90_000.0)]
    ['0 ms', '12 µs', '3.14 ms', '250 ms', '1.5 s', '90 s']
    """
    if ms == 0:
        return "0 ms"
    size = abs(ms)
    if size < 0.1:
        return f"{_digits(ms * 1000)} µs"
    return f"{_digits(ms)} ms" if size < 1000 else f"{_digits(ms / 1000)} s"


def _digits(number: float) -> str:
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.2f}".rstrip("0").rstrip(".")


def count_text(number: int, noun: str) -> str:
    """Return a count with its noun, plural when it should be.

    >>> count_text(1, "finding"), count_text(1200, "span")
    ('1 finding', '1,200 spans')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
