"""The verbs: all of these, none of these, so many of this, the one that matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from harness.expect.argument import WHOLE_NUMBER
from harness.expect.checker import Checker, Member
from harness.expect.counted import miscounted, unexpected
from harness.expect.expectation import Expectation
from harness.expect.explain import explain
from harness.expect.failure import TelemetryAssertionError
from harness.expect.raising import collecting, findings_of
from harness.expect.render import call
from harness.model.finding import Finding, Match, Verdict
from harness.model.telemetry import Telemetry

T = TypeVar("T")


def check_all(expectations: Sequence[Expectation[Any]], telemetry: Telemetry) -> Verdict:
    """Return whether every expectation has its own captured value.

    Raises:
        TypeError: No expectation, or something that is not one.

    Example:
        >>> from harness import span
        >>> check_all([span("a"), span("a")], Telemetry()).passed
        False
    """
    _require("expect", expectations)
    checker = Checker(telemetry)
    matched: list[Match] = []
    findings: list[Finding] = []
    with collecting() as raised:
        for members in _by_pool(expectations):
            chosen = checker.assign(members)
            for member, choice in zip(members, chosen, strict=True):
                if choice is not None:
                    matched += checker.matches(member.expectation, choice)
            if None in chosen:
                findings += explain(checker, members)
    findings += findings_of(raised, expectations)
    return Verdict(
        expectation=call("expect", *expectations), findings=tuple(findings), matched=tuple(matched)
    )


def check_none(expectations: Sequence[Expectation[Any]], telemetry: Telemetry) -> Verdict:
    """Return whether nothing that was captured is as these expectations say.

    Raises:
        TypeError: No expectation, or something that is not one.

    Example:
        >>> from harness import span
        >>> check_none([span("a")], Telemetry()).passed
        True
    """
    _require("expect_none", expectations)
    checker = Checker(telemetry)
    with collecting() as raised:
        findings = [
            unexpected(checker, item, fitting)
            for item in expectations
            if (fitting := _fitting(checker, item))
        ]
    findings += findings_of(raised, expectations)
    return Verdict(expectation=call("expect_none", *expectations), findings=tuple(findings))


def check_count(count: int, expectation: Expectation[Any], telemetry: Telemetry) -> Verdict:
    """Return whether exactly so many captured values are as expected.

    Raises:
        TypeError: The count is no whole number.
        ValueError: It is negative.

    Example:
        >>> from harness import span
        >>> check_count(0, span("a"), Telemetry()).passed
        True
    """
    _require("expect_count", [expectation])
    WHOLE_NUMBER.require("expect_count", count)
    if count < 0:
        raise ValueError(f"expect_count: expected a count >= 0, {count!r} given")
    checker = Checker(telemetry)
    with collecting() as raised:
        fitting = _fitting(checker, expectation)
        findings = [miscounted(checker, count, expectation, fitting)] if len(fitting) != count else []
        matched = () if findings else tuple(_matches(checker, expectation, fitting))
    findings += findings_of(raised, [expectation])
    text = call("expect_count", count, expectation)
    return Verdict(expectation=text, findings=tuple(findings), matched=matched)


def check_one(expectation: Expectation[Any], telemetry: Telemetry) -> Verdict:
    """Return whether exactly one captured value is as expected: the verdict of `find`.

    Example:
        >>> from harness import span
        >>> check_one(span("a"), Telemetry()).findings[0].id
        'span_missing'
    """
    return _one(expectation, telemetry)[0]


def find(expectation: Expectation[T], telemetry: Telemetry) -> T:
    """Return the captured value that is as expected.

    Raises:
        TelemetryAssertionError: None is, or several are.

    Example:
        >>> from harness import log_event
        >>> from harness.model import LogEvent
        >>> hello = LogEvent(log_group="g", log_stream="s", timestamp=0, message="hello")
        >>> find(log_event("hello"), Telemetry(log_events=(hello,))).log_group
        'g'
    """
    __tracebackhide__ = True
    verdict, values = _one(expectation, telemetry)
    if verdict.findings:
        raise TelemetryAssertionError.of(verdict, telemetry)
    return values[0]


def _one(expectation: Expectation[T], telemetry: Telemetry) -> tuple[Verdict, list[T]]:
    _require("find", [expectation])
    checker = Checker(telemetry)
    matched: tuple[Match, ...] = ()
    findings: list[Finding] = []
    with collecting() as raised:
        fitting = _fitting(checker, expectation)
        if len(fitting) == 1:
            matched = tuple(_matches(checker, expectation, fitting))
        elif fitting:
            findings.append(miscounted(checker, 1, expectation, fitting))
        else:
            findings += explain(checker, [Member(expectation)])
    findings += findings_of(raised, [expectation])
    values = [checker.entry(expectation, index).value for index in fitting]
    return Verdict(expectation=repr(expectation), findings=tuple(findings), matched=matched), values


def _require(verb: str, expectations: Sequence[object]) -> None:
    """Refuse what is not an expectation, or none at all: it would always pass."""
    if not expectations:
        raise TypeError(f"{verb}: expected at least one expectation, none given")
    for item in expectations:
        if not isinstance(item, Expectation):
            raise TypeError(f"{verb}: expected an expectation such as span(…), {item!r} given")


def _by_pool(expectations: Sequence[Expectation[Any]]) -> list[list[Member]]:
    """Return the expectations by what they compete for, in order."""
    groups: dict[object, list[Member]] = {}
    for item in expectations:
        groups.setdefault(type(item).POOL, []).append(Member(item))
    return list(groups.values())


def _fitting(checker: Checker, expectation: Expectation[Any]) -> list[int]:
    return [i for i in checker.candidates(Member(expectation)) if checker.fits(expectation, i)]


def _matches(checker: Checker, expectation: Expectation[Any], fitting: list[int]) -> list[Match]:
    return [match for index in fitting for match in checker.matches(expectation, index)]
