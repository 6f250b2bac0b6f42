from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import absent, instance_of, present
from harness.expect.compare import differences, equal

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.0, 1.0, 2.5])
    | st.sampled_from(["", "1", "True", "a", b"", b"a"])
)
values = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=8,
)


@given(scalars, scalars)
def test_scalars_are_equal_only_when_type_and_value_are(expected: Any, captured: Any) -> None:
    assert equal(expected, captured) is (type(expected) is type(captured) and expected == captured)


@given(values)
def test_everything_equals_itself(value: Any) -> None:
    assert equal(value, value)


@given(values, values)
def test_equal_agrees_with_differences(expected: Any, captured: Any) -> None:
    assert equal(expected, captured) is (differences(expected, captured) == [])


@given(st.dictionaries(st.sampled_from("abc"), values), st.dictionaries(st.sampled_from("xyz"), values))
def test_more_keys_than_expected_are_no_difference(expected: dict[str, Any], more: dict[str, Any]) -> None:
    assert equal(expected, {**more, **expected})


@given(st.lists(scalars, max_size=4), st.sampled_from([list, tuple]), st.sampled_from([list, tuple]))
def test_lists_and_tuples_are_the_same_sequence(
    items: list[Any], one: Callable[[list[Any]], Any], other: Callable[[list[Any]], Any]
) -> None:
    assert equal(one(items), other(items))


def test_a_subclass_is_of_its_base_and_nan_is_nan() -> None:
    assert equal(HTTPStatus.OK, 200)
    assert equal(float("nan"), float("nan"))
    assert not equal(float("nan"), 1.0)


@pytest.mark.parametrize(
    ("expected", "captured", "path", "reason"),
    [
        (1, True, (), "int expected, bool captured"),
        (1, 1.0, (), "int expected, float captured"),
        (201, "201", (), "int expected, str captured"),
        (None, 0, (), ""),
        ("a", None, (), ""),
        ("a", "b", (), ""),
        ([1, 2], [1], (), "2 elements expected, 1 captured"),
        ([1], [], (), "1 element expected, 0 captured"),
        ([1, 2], [1, 3], ("[1]",), ""),
        ([1], "1", (), "list expected, str captured"),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ("a", "b"), ""),
        ({"a": {"b": 1}}, {"a": 1}, ("a",), "dict expected, int captured"),
        ("x" * 70, "x" * 65 + "yzzzz", (), "first difference at character 65: 'xxxxx' against 'yzzzz'"),
        ("x" * 70, "x" * 61, (), "first difference at character 61: 'xxxxxxxxx' against ''"),
        (instance_of(int), "3", (), "int expected, str captured"),
    ],
)
def test_a_mismatch_says_where_and_why(
    expected: Any, captured: Any, path: tuple[str, ...], reason: str
) -> None:
    (difference,) = differences(expected, captured)
    assert (difference.kind, difference.path, difference.reason) == ("mismatch", path, reason)


def test_each_missing_key_of_a_missing_mapping_is_told() -> None:
    found = differences({"a": {"b": 1, "c": {"d": 2}}}, {"z": 0})
    assert [(d.kind, d.path, d.siblings, d.siblings_path) for d in found] == [
        ("missing", ("a", "b"), {"z": 0}, ()),
        ("missing", ("a", "c", "d"), {"z": 0}, ()),
    ]


def test_presence_is_about_the_key() -> None:
    assert equal({"a": present, "b": absent}, {"a": None})
    assert [(d.kind, d.path) for d in differences({"a": absent, "b": present}, {"a": None})] == [
        ("unexpected", ("a",)),
        ("missing", ("b",)),
    ]
