"""What mypy refuses: an unused ignore is an error, so each line here must be one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, assert_type

import pytest
from dirty_equals import IsStr

from harness import SERVER, iso8601, log_event, metric, regex, segment, span, subsegment
from harness.expect import Expectation, find
from harness.model import LogEvent, Segment, Span
from tests.builders import a_log_event, a_segment, a_span, a_telemetry


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'attribute'"):
        span("a", attribute={})  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"positional argument"):
        span("a", SERVER)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^span: kind: expected .+, 'sever' given; closest: SERVER$"):
        span("a", kind="sever")  # type: ignore[arg-type]


def test_wrong_types_are_refused() -> None:
    wrong: list[Callable[[], Expectation[Any]]] = [
        lambda: span(3),  # type: ignore[arg-type]
        lambda: span("a", duration="1"),  # type: ignore[arg-type]
        lambda: span("a", scope=None),  # type: ignore[arg-type]
        lambda: segment("a", fault="yes"),  # type: ignore[arg-type]
        lambda: log_event("a", log_group=1),  # type: ignore[arg-type]
        lambda: metric("a", type="sum"),  # type: ignore[arg-type]
    ]
    for expectation in wrong:
        with pytest.raises(TypeError, match=r"expected .+ or a matcher, .+ given(; closest: .+)?$"):
            expectation()


def test_matchers_stand_everywhere() -> None:
    assert span(regex("a"), kind=regex("x"), scope=IsStr(), attributes={"a": iso8601()}, duration=regex("x"))
    assert subsegment("a", namespace=None, cause=None, fault=regex("x"))


def test_a_compiled_pattern_stands_for_text() -> None:
    pattern = re.compile("^GET ")

    assert span(pattern, scope=pattern, events=[pattern]) == span(
        regex("^GET "), scope=regex("^GET "), events=[regex("^GET ")]
    )
    assert log_event(pattern, log_group=pattern) == log_event(regex("^GET "), log_group=regex("^GET "))


def test_the_found_value_has_its_type() -> None:
    telemetry = a_telemetry(a_span("a"), a_segment("b"), a_log_event("c"))
    assert assert_type(find(span("a"), telemetry), Span).name == "a"
    assert assert_type(find(segment("b"), telemetry), Segment).name == "b"
    assert assert_type(find(log_event("c"), telemetry), LogEvent).message == "c"
