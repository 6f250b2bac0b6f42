from __future__ import annotations

import json
import math
from http import HTTPStatus
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.nesting import MAX_DEPTH
from harness.report import decode_record, encode_record, redact
from harness.report.plain import from_plain, has_marks, to_plain
from tests.builders import a_telemetry
from tests.report.records import a_run, a_scenario, a_span


class Opaque:
    def __repr__(self) -> str:
        return "Opaque()"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (b"hi", {"$bytes": "aGk="}),
        (bytearray(b"hi"), {"$bytes": "aGk="}),
        (math.inf, {"$float": "inf"}),
        (-math.inf, {"$float": "-inf"}),
        (math.nan, {"$float": "nan"}),
        ((1, "a"), [1, "a"]),
        ({7}, [7]),
        ({1: 2, None: 3}, {"1": 2, "None": 3}),
        ("\ud800", "\\ud800"),
        ({"\udfff": 1}, {"\\udfff": 1}),
        (Opaque(), "Opaque()"),
        ({"$bytes": "x"}, {"$dict": {"$bytes": "x"}}),
        ({"$bytes": "x", "b": 1}, {"$bytes": "x", "b": 1}),
        ({"$dict": {"$float": "nan"}}, {"$dict": {"$dict": {"$dict": {"$float": "nan"}}}}),
        (2**80, 2**80),
    ],
)
def test_a_value_that_json_cannot_say(value: object, plain: object) -> None:
    assert to_plain(value) == plain


def test_what_is_nested_too_deep_becomes_a_note() -> None:
    value: Any = "bottom"
    for _ in range(MAX_DEPTH + 50):
        value = [value]

    plain = to_plain(value)

    for _ in range(MAX_DEPTH):
        (plain,) = plain
    assert plain == "(nested deeper than 100 levels)"


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["$bytes", "$float", "$dict"]), inner)
    ),
    max_leaves=12,
)


@given(JSON_LIKE)
def test_what_is_written_is_read_back_with_its_types(value: object) -> None:
    data = msgspec.json.encode(to_plain(value))

    back = from_plain(msgspec.json.decode(data))

    assert repr(back) == repr(value)
    json.loads(data)


@given(
    st.recursive(st.text(st.characters()) | st.floats() | st.binary(), lambda s: st.tuples(s) | st.lists(s))
)
def test_any_value_can_be_encoded(value: object) -> None:
    assert msgspec.json.encode(to_plain(value))


def test_nan_is_read_back() -> None:
    assert math.isnan(from_plain(to_plain(math.nan)))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"$bytes": "!"}, "'$bytes' expected base64, captured '!'"),
        ({"$float": "1"}, "'$float' cannot hold '1'"),
        ({"$dict": 3}, "'$dict' cannot hold 3"),
    ],
)
def test_a_damaged_mark_is_refused(value: object, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  # the whole message is compared
        from_plain(value)
    assert str(error.value) == message


def test_marks_are_looked_for_as_keys() -> None:
    assert has_marks(b'{"$float":"nan"}')
    assert not has_marks(b'{"a":"$float"}')


class _Name(str):
    __slots__ = ()


def test_a_subclass_of_text_or_number_is_what_it_extends() -> None:
    record = a_run(
        a_scenario(telemetry=a_telemetry(a_span(attributes={"name": _Name("x"), "code": HTTPStatus.OK})))
    )

    (span,) = decode_record(encode_record(redact(record))).scenarios[0].telemetry.spans
    assert span.attributes == {"name": "x", "code": 200}
