from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.text import _INVISIBLE, clipped, duration_text, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode شركة", "plain ünïcode شركة"),
        ("tab\tand\nnewline", "tab\tand\nnewline"),
        ("\x00\x1b[2J\x7f\x9b", "\\x00\\x1b[2J\\x7f\\x9b"),
        ("\u202egnp.exe\u2069", "\\u202egnp.exe\\u2069"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\r\n", "\\x0d\n"),
    ],
)
def test_what_a_reader_would_not_see_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_visible_text_can_be_encoded_and_is_stable(text: str) -> None:
    shown = visible(text)

    assert shown.encode().decode() == shown
    assert visible(shown) == shown
    assert "\n" not in one_line(text)


def test_a_text_at_its_limit_is_whole() -> None:
    assert clipped("abcd", 4) == "abcd"
    assert clipped("a" * 2000, 10) == "aaaaaaaaaa… (1,990 more characters)"


@pytest.mark.parametrize(
    ("ms", "text"), [(-0.3, "-0.3 ms"), (0.0001, "0.1 µs"), (999.9, "1,000 ms"), (3e6, "3,000 s")]
)
def test_a_duration(ms: float, text: str) -> None:
    assert duration_text(ms) == text


def test_what_python_calls_printable_needs_no_escape() -> None:
    printable = "".join(character for character in map(chr, range(0x110000)) if character.isprintable())

    assert _INVISIBLE.search(printable) is None
