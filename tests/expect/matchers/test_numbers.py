from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import approx, between, ge, gt, le, lt
from harness.expect.matcher import Matcher

numbers = st.integers(-5, 5) | st.floats(-5, 5)


@pytest.mark.parametrize(
    ("matcher", "value", "why"),
    [
        (gt(1), 1, "not greater than 1"),
        (ge(1), 0.5, "not at least 1"),
        (lt(1), 1, "not less than 1"),
        (le(1), 2, "not at most 1"),
        (gt(0), True, "int or float expected, bool captured"),
        (between(200, 299), 200, ""),
        (between(200, 299), 299, ""),
        (between(200, 299), 199, "less than 200"),
        (between(200, 299), 300, "not between 200 and 299"),
        (between(200, 299), "200", "int or float expected, str captured"),
        (approx(0.3), 0.1 + 0.2, ""),
        (approx(1), 1.1, "further away than 1e-06"),
        (approx(100, rel=0.1), 91, ""),
        (approx(100, abs=1), 101.5, "further away than 1"),
        (approx(1_000_000, abs=0), 1_000_000.5, "further away than 0.0"),
        (approx(1), False, "int or float expected, bool captured"),
        (approx(float("inf")), float("inf"), ""),
    ],
)
def test_numbers(matcher: Matcher, value: Any, why: str) -> None:
    assert matcher.explain(value) == why


@given(numbers, numbers)
def test_orders_agree_with_python(value: float, bound: float) -> None:
    found = [matcher(bound).matches(value) for matcher in (gt, ge, lt, le)]
    assert found == [value > bound, value >= bound, value < bound, value <= bound]


@given(numbers, numbers)
def test_approx_agrees_with_pytest(value: float, expected: float) -> None:
    assert approx(expected, rel=0.5, abs=0.1).matches(value) is (value == pytest.approx(expected, 0.5, 0.1))


def test_what_nothing_can_match_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^between: expected low <= high, 5 and 1 given$"):
        between(5, 1)
    with pytest.raises(ValueError, match=r"^approx: expected rel >= 0, -1 given$"):
        approx(1, rel=-1)


def test_their_repr_is_source() -> None:
    assert repr([gt(1), le(2.5), between(1, 2), approx(3), approx(3, abs=0.1)]) == (
        "[gt(1), le(2.5), between(1, 2), approx(3), approx(3, abs=0.1)]"
    )


@pytest.mark.parametrize("make", [gt, ge, lt, le, lambda value: between(0, value), approx])
def test_what_is_no_number_is_refused_where_it_is_written(make: Callable[[Any], Matcher]) -> None:
    for value in ("1", True, None):
        with pytest.raises(TypeError, match=rf"^\w+: expected an int or a float, {value!r} given$"):
            make(value)
