from __future__ import annotations

from typing import Any

import pytest

from harness import ERROR, SERVER, MetricType, Status, Temporality, absent, one_of
from harness.expect.omitted import OMITTED
from harness.expect.render import call, plural, short, some, source
from harness.model import StatusCode


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        ([1, (2.0, None)], "[1, [2.0, None]]"),
        ({"a": [True]}, "{'a': [True]}"),
        (SERVER, "SERVER"),
        (ERROR, "ERROR"),
        (Status(), "UNSET"),
        (Status(StatusCode.ERROR, "boom"), "Status(ERROR, 'boom')"),
        (MetricType.SUM, "MetricType.SUM"),
        (Temporality.DELTA, "Temporality.DELTA"),
        ({"a": absent}, "{'a': absent}"),
        (OMITTED, "OMITTED"),
        (
            {"x-api-key": "k1", "n": {"PASSWORD": ["p", 1]}},
            "{'x-api-key': 'redacted (2 chars)', 'n': {'PASSWORD': ['redacted (1 chars)', 1]}}",
        ),
        ({"token": one_of("a", "it's")}, "{'token': one_of('redacted (1 chars)', \"redacted (4 chars)\")}"),
        ({"token": {"secret": "ab"}}, "{'token': {'redacted (6 chars)': 'redacted (2 chars)'}}"),
        ({"token": b"ab", "password": absent}, "{'token': b'redacted (2 chars)', 'password': absent}"),
    ],
)
def test_source(value: Any, text: str) -> None:
    assert source(value) == text


def test_a_long_value_loses_its_middle() -> None:
    assert short("abcdefghij" * 3, 16) == "'abcdefghij…hij'"
    assert short("abc", 16) == "'abc'"


def test_a_call_leaves_out_what_was_omitted() -> None:
    assert call("f", OMITTED, a=None, b=OMITTED) == "f(a=None)"


def test_many_are_counted() -> None:
    assert some("abcdefg") == "a, b, c, d, e and 2 more"
    assert some("ab") == "a, b"
    assert (plural(1, "span"), plural(0, "span")) == ("1 span", "0 spans")
