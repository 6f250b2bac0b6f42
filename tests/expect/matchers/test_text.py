from __future__ import annotations

import re
from typing import Any

import pytest

from harness import any_of, ends_with, hex_id, not_, regex, starts_with
from harness.errors import PatternTimeout
from harness.expect.matcher import Matcher


@pytest.mark.parametrize(
    ("matcher", "value", "why"),
    [
        (regex("b+"), "abbc", ""),
        (regex("^b+$"), "abbc", "the pattern is not found"),
        (regex("b"), 3, "str expected, int captured"),
        (starts_with("/api"), "/api/home", ""),
        (starts_with("/api"), "/health", "it starts with '/hea'"),
        (starts_with("/api"), None, "str expected, NoneType captured"),
        (ends_with(".css"), "a.css", ""),
        (ends_with(".css"), "a.html", "it ends with 'html'"),
        (ends_with(".css"), 1, "str expected, int captured"),
        (hex_id(4), "00af", ""),
        (hex_id(4), "00aff", "5 characters"),
        (hex_id(4), "00AF", "not all are lower-case hex digits"),
        (hex_id(4), "0000", "all zeros is the invalid id"),
        (hex_id(4), 17, "str expected, int captured"),
    ],
)
def test_text(matcher: Matcher, value: Any, why: str) -> None:
    assert matcher.explain(value) == why
    assert matcher.matches(value) is (why == "")


def test_a_bad_pattern_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match=r"^regex: ") as caught:
        regex("a(")
    assert str(caught.value) == (
        "regex: 'a(' is not a regular expression: missing ), unterminated subpattern at position 1"
    )


RUNAWAY = "^(a|aa)+$"


@pytest.mark.parametrize("matcher", [regex(RUNAWAY), not_(regex(RUNAWAY)), any_of(regex(RUNAWAY), 1)])
def test_a_pattern_that_runs_away_is_no_mismatch(matcher: Matcher) -> None:
    """Nothing may hold because a search was given up: neither it nor its opposite."""
    text = "a" * 5000 + "!"
    with pytest.raises(PatternTimeout) as caught:
        matcher.matches(text)
    assert str(caught.value).startswith("regex('^(a|aa)+$') ran longer than 0.25 s on 5001 characters, 'aaaa")


@pytest.mark.parametrize(
    "flags", [re.IGNORECASE, re.MULTILINE, re.DOTALL, re.VERBOSE, re.ASCII, re.ASCII | re.IGNORECASE]
)
@pytest.mark.parametrize("pattern", [r"a.b", r"^B$", r"\w+ # é", "é", r"\A\S\Z"])
def test_flags_mean_what_they_mean_to_re(pattern: str, flags: re.RegexFlag) -> None:
    for text in ("a\nb", "A b", "é", "B", "a # é"):
        assert regex(pattern, flags).matches(text) is bool(re.search(pattern, text, flags)), text


def test_an_id_without_digits_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^hex_id: expected at least 1 digit, 0 given$"):
        hex_id(0)


def test_their_repr_is_source() -> None:
    matchers = [regex(r"\d"), starts_with("a"), ends_with("z"), hex_id(16)]
    assert repr(matchers) == r"[regex('\\d'), starts_with('a'), ends_with('z'), hex_id(16)]"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^GET /users/{i}$", "GET /users/", False),
        (r"^GET /users/{i}$", "GET /users/{i}", True),
        (r"a{e}", "b", False),
        (r"^a{2}$", "aa", True),
        (r"^a{,2}$", "aaa", False),
        (r"^[{d}]$", "{", True),
        (r"^\{d}$", "{d}", True),
        (r"^\N{DIGIT ONE}$", "1", True),
    ],
)
def test_a_brace_is_what_it_is_in_re(pattern: str, text: str, found: bool) -> None:
    assert (re.search(pattern, text) is not None) == found

    assert regex(pattern).matches(text) == found
