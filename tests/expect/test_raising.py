"""What a matcher raises is told, in whatever it is wrapped, and hides no other finding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness import TelemetryAssertionError, not_, span
from harness.expect import check_all, check_count, check_none, find
from harness.expect.matcher import Matcher
from harness.model import Site, Verdict
from tests.builders import a_span, a_telemetry


class Ratio:
    """A matcher of an app's own, with a mistake in it."""

    def matches(self, value: Any) -> bool:
        return bool(1 / value > 0)

    def __repr__(self) -> str:
        return "Ratio()"


class Equal(Ratio):
    """Decides by its ``==``."""

    matches = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return bool(1 / other > 0)  # type: ignore[operator]

    __hash__ = None  # type: ignore[assignment]


class Ours(Matcher):
    """A matcher that a third party derived from ours."""

    def problem(self, value: Any) -> str | None:
        return None if 1 / value > 0 else "negative"

    def __repr__(self) -> str:
        return "Ratio()"


TELEMETRY = a_telemetry(a_span("a", attributes={"n": 0, "x": 1}))
TOLD = "a | matcher_raised: matcher Ratio() raised ZeroDivisionError, so what it was asked for is not known"


def told(verdict: Verdict) -> list[str]:
    return [f"{f.where} | {f.id}: {f.message}" for f in verdict.findings]


@pytest.mark.parametrize(
    ("matcher", "method"), [(Ratio(), "matches"), (Equal(), "__eq__"), (Ours(), "problem")]
)
def test_what_a_matcher_raises_names_expectation_key_and_line(matcher: Any, method: str) -> None:
    verdict = check_all([span("b"), span("a", attributes={"n": matcher, "x": 2})], TELEMETRY)

    line = getattr(type(matcher), method).__code__.co_firstlineno + 1
    site = Site("tests/expect/test_raising.py", line, method)
    assert told(verdict) == [
        "b | span_missing: no span 'b' was captured; captured: 'a'",
        (
            "a | attribute_mismatch: n: expected Ratio(), captured 0 (it raised ZeroDivisionError: division"
            f" by zero at {site})"
        ),
        "a | attribute_mismatch: x: expected 2, captured 1",
        TOLD,
    ]
    assert verdict.findings[-1].site == site


@pytest.mark.parametrize(
    "check",
    [
        lambda item: check_all([item], TELEMETRY),
        lambda item: check_none([item], TELEMETRY),
        lambda item: check_count(1, item, TELEMETRY),
        lambda item: check_count(0, item, TELEMETRY),
    ],
)
@pytest.mark.parametrize("matcher", [Ratio(), not_(Ratio())])
def test_nothing_holds_by_a_matcher_that_raised(check: Callable[..., Verdict], matcher: Any) -> None:
    verdict = check(span("a", attributes={"n": matcher}))

    assert told(verdict)[-1] == TOLD


def test_nothing_is_found_by_a_matcher_that_raised() -> None:
    with pytest.raises(TelemetryAssertionError) as caught:
        find(span("a", attributes={"n": not_(Ratio())}), TELEMETRY)

    assert told(caught.value.verdict) == [TOLD]
