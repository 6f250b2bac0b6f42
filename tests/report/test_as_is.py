from __future__ import annotations

import math
from collections import OrderedDict
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import DataPoint, LogRecord, Metric, MetricType, RunRecord, Telemetry
from harness.model.nesting import MAX_DEPTH
from harness.report import encode_record
from harness.report.as_is import is_as_is
from harness.report.plain import to_plain
from harness.report.walk import SETTLED, rebuild
from tests.builders import a_subsegment
from tests.report.records import a_run, a_scenario, a_segment, a_span, example_run


class _Text(str):
    __slots__ = ()


class _Whole(int):
    pass


class _Word(Enum):
    ONE = "one"


def run_with(value: Any) -> RunRecord:
    return a_run(a_scenario(telemetry=Telemetry(spans=(a_span(attributes={"a": 1, "b": value}),))))


def nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = [value]
    return value


def test_what_most_runs_hold_is_as_it_is() -> None:
    assert is_as_is(example_run())
    assert is_as_is(run_with({"list": ["ä", None, True, 1.5, 2**80], "inner": {"": ()}}))
    assert is_as_is(run_with(nested(MAX_DEPTH - 2)))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        math.nan,
        [1.0, math.inf],
        {"$bytes": "aGk="},
        [{"$dict": {}}],
        {1: "whole key"},
        {_Text("key"): 1},
        {1, 2},
        bytearray(b"a"),
        _Text("text"),
        _Whole(1),
        _Word.ONE,
        OrderedDict(a=1),
        datetime(2026, 3, 1, tzinfo=UTC),
        nested(MAX_DEPTH),
        object,
    ],
    ids=repr,
)
def test_what_json_cannot_say_is_not(value: Any) -> None:
    assert not is_as_is(run_with(value))
    assert not is_as_is(run_with([[value]]))


def test_every_part_of_a_run_is_looked_at() -> None:
    inner = a_subsegment("outer", a_subsegment("inner", metadata={"n": b""}))
    tree = a_segment(start_ms=0, subsegments=(inner,))
    points = (DataPoint(value=1.0), DataPoint(value=math.nan))
    parts = (
        Telemetry(segments=(tree,)),
        Telemetry(log_records=(LogRecord(body=b"hi"),)),
        Telemetry(metrics=(Metric(name="m", type=MetricType.GAUGE, data_points=points),)),
    )

    assert [is_as_is(RunRecord(outside=part)) for part in parts] == [False, False, False]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary()
VALUES = st.recursive(
    SCALARS | st.text().map(_Text) | st.integers().map(_Whole),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.sampled_from(["$bytes", "$float", "$dict"]), inner)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_a_record_written_as_it_is_has_the_bytes_of_one_that_was_walked(first: Any, second: Any) -> None:
    spans = (a_span(attributes={"a": first}), a_span(attributes={"b": second}))
    record = RunRecord(outside=Telemetry(spans=spans, log_records=(LogRecord(body=second),)))

    walked = rebuild(record, to_plain, SETTLED, frozenset({bytes}))

    assert encode_record(record) == msgspec.json.encode(walked) + b"\n"
