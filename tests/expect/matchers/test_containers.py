from __future__ import annotations

from typing import Any

import pytest

from harness import contains, each, ge, instance_of, length, starts_with
from harness.expect.matcher import Matcher


@pytest.mark.parametrize(
    ("matcher", "value", "why"),
    [
        (contains("Home"), "GET Home", ""),
        (contains("home"), "GET Home", "it is not in the text"),
        (contains(1), "1", "text contains text only"),
        (contains("a"), {"a": 1}, ""),
        (contains("b"), {"a": 1}, "no such key"),
        (contains(1), [3, 2, 1], ""),
        (contains(1), (True, 1.0), "no such element"),
        (contains(starts_with("x")), ["ax", "xa"], ""),
        (contains({"type": "TypeError"}), [{"type": "TypeError", "message": "m"}], ""),
        (contains("1"), 1, "str, list or dict expected, int captured"),
        (each(instance_of(int)), [1, 2], ""),
        (each(instance_of(int)), [1, "2"], "[1] is '2': int expected, str captured"),
        (each(1), {"a": 1, "b": 2}, "['b'] is 2"),
        (each(1), 1, "list or dict expected, int captured"),
        (each(1), [], ""),
        (length(2), "ab", ""),
        (length(2), [1], "its length is 1"),
        (length(ge(1)), {}, "its length is 0"),
        (length(1), 7, "int has no length"),
    ],
)
def test_containers(matcher: Matcher, value: Any, why: str) -> None:
    assert matcher.explain(value) == why


def test_their_repr_is_source() -> None:
    assert repr([contains({"a": 1}), each(instance_of(int)), length(ge(1))]) == (
        "[contains({'a': 1}), each(instance_of(int)), length(ge(1))]"
    )
