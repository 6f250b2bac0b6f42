"""Patterns of contracts: read as the standard library reads them, and stopped in time."""

import time

import pytest

from harness.contract.bounded import LIMIT_S, bounded_regex


def test_a_pattern_is_searched() -> None:
    assert bounded_regex("b+").matches("abbc")
    assert bounded_regex("^b").problem("abc") == "not found"
    assert bounded_regex("b").problem(3) == "str expected, int captured"


def test_a_pattern_that_runs_away_is_stopped() -> None:
    begun = time.monotonic()
    problem = bounded_regex(r"^(\w+\s?)*\(\1\)$").problem("aaaa " * 40 + "!")
    assert problem is not None
    if problem != "not found":  # the engine may be clever enough
        assert problem.startswith(f"the pattern ran longer than {LIMIT_S} s on 201 characters")
    assert time.monotonic() - begun < 10


def test_no_pattern() -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        bounded_regex("(")
    with pytest.raises(TypeError, match="expected a pattern, 3 given"):
        bounded_regex(3)  # type: ignore[arg-type]
