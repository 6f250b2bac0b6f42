from __future__ import annotations

import re
from typing import Any

import pytest
from dirty_equals import IsInt, IsPositive, IsStr

from harness import one_of, span
from harness.expect.freeze import freeze
from tests.builders import a_span, a_telemetry


class Even:
    """A matcher of a third party."""

    def matches(self, value: Any) -> bool:
        return isinstance(value, int) and value % 2 == 0

    def explain(self, value: Any) -> str:
        return "it is odd"

    def __repr__(self) -> str:
        return "Even()"


def message(expected: Any, captured: Any) -> str:
    verdict = span("a", attributes={"x": expected}).check(
        a_telemetry(a_span("a", attributes={"x": captured}))
    )
    return verdict.findings[0].message if verdict.findings else "passed"


def test_what_is_kept_does_not_change_with_its_source() -> None:
    attributes: dict[str, Any] = {"ids": [1, {"a": 2}]}
    expectation = span("a", attributes=attributes)
    attributes["ids"][1]["a"] = 3
    attributes["more"] = 4
    assert repr(expectation) == "span('a', attributes={'ids': [1, {'a': 2}]})"


@pytest.mark.parametrize(
    ("expected", "captured", "text"),
    [
        (IsInt(), 3, "passed"),
        (IsInt(), "3", "x: expected IsInt(), captured '3'"),
        (IsPositive & IsInt(), -1, "x: expected IsPositive & IsInt(), captured -1"),
        (Even(), 2, "passed"),
        (Even(), 3, "x: expected Even(), captured 3 (it is odd)"),
        (re.compile("b+"), "abbc", "passed"),
        (
            re.compile("^b+", re.IGNORECASE),
            "abbc",
            "x: expected regex('^b+', re.IGNORECASE), captured 'abbc' (the pattern is not found)",
        ),
        (
            int,
            3,
            "x: expected <class 'int'>, captured 3 (a type is compared as a value; use instance_of(int))",
        ),
    ],
)
def test_objects_of_other_libraries_decide_for_themselves(expected: Any, captured: Any, text: str) -> None:
    assert message(expected, captured) == text


def test_they_stand_in_name_positions_too() -> None:
    telemetry = a_telemetry(a_span("GET /users/7", scope="app"))
    assert span(IsStr(regex=r"GET /users/\d"), scope=IsStr()).check(telemetry).passed


def test_the_source_of_an_expectation_stays_the_same_after_a_match() -> None:
    expectation = span("a", attributes={"x": IsInt()})
    before = repr(expectation)
    assert expectation.check(a_telemetry(a_span("a", attributes={"x": 3}))).passed
    assert repr(expectation) == before == "span('a', attributes={'x': IsInt()})"


def test_matchers_and_scalars_stay_themselves() -> None:
    matcher = one_of(1, 2)
    assert freeze(matcher) is matcher
    assert freeze("text") == "text"
