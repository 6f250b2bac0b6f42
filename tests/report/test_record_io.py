from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.xray_trees import join_documents
from harness.errors import RecordError
from harness.model import DataPoint, LogRecord, Metric, MetricType, Rejected, RunRecord, Telemetry
from harness.report import redact, render
from harness.report.record_io import decode_record, encode_record, read_record
from tests.builders import a_subsegment
from tests.report.records import a_run, a_scenario, a_segment, a_span, example_run, hostile_run


def message_of(data: bytes) -> str:
    with pytest.raises(RecordError) as error:
        decode_record(data, source="reports/run.json")
    return str(error.value)


def test_a_record_is_read_back_as_it_was_written() -> None:
    assert decode_record(encode_record(example_run())) == example_run()


def test_equal_records_give_equal_bytes_in_one_line() -> None:
    data = encode_record(example_run())

    assert data == encode_record(example_run())
    assert data.count(b"\n") == 1
    assert data.endswith(b"}\n")
    assert data.startswith(b'{"schema_version":1,"scenarios":[{"name":"scenarios/test_home.py')


def test_values_that_json_cannot_say_survive() -> None:
    attributes = {
        "bytes": b"\xff",
        "inf": math.inf,
        "list": [1, b""],
        "mark": {"$float": "nan"},
        "big": 2**80,
    }
    record = a_run(
        a_scenario(
            telemetry=Telemetry(
                spans=(a_span(attributes=attributes),),
                segments=(a_segment(start_ms=0, metadata={"ns": {"k": -math.inf}}),),
                metrics=(
                    Metric(
                        name="m",
                        type=MetricType.GAUGE,
                        data_points=(DataPoint(value=math.inf, explicit_bounds=(1.0, math.inf)),),
                    ),
                ),
                log_records=(LogRecord(body=b"\xff"),),
                rejected=(Rejected(channel="otlp", reason="r", payload=b"\x00\xff"),),
            )
        )
    )

    assert decode_record(encode_record(record)) == record


def test_hostile_text_is_written_and_read() -> None:
    data = encode_record(hostile_run())

    assert encode_record(decode_record(data)) == data


@given(st.dictionaries(st.text(st.characters()), st.text(st.characters()) | st.floats() | st.binary()))
def test_no_attribute_can_stop_a_record(attributes: dict[str, Any]) -> None:
    data = encode_record(a_run(a_scenario(telemetry=Telemetry(spans=(a_span(attributes=attributes),)))))

    assert encode_record(decode_record(data)) == data


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_bytes_that_are_no_record_are_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(RecordError):
        decode_record(data)


WHOLE = encode_record(a_run(a_scenario(telemetry=Telemetry(spans=(a_span(attributes={"a": b""}),)))))


@given(st.integers(0, len(WHOLE) - 2))
def test_a_record_cut_anywhere_is_an_error_of_ours(size: int) -> None:
    with pytest.raises(RecordError, match=r"^run\.json: (cut short|the file is empty|not JSON)"):
        decode_record(WHOLE[:size])


def test_an_empty_file() -> None:
    assert message_of(b" \n") == (
        "reports/run.json: the file is empty; the run that wrote it did not end, record it again"
    )


def test_a_truncated_file() -> None:
    assert message_of(b'{"schema_version":1,"scenarios":[{"na') == (
        "reports/run.json: cut short after 37 bytes: the JSON does not end;"
        " the run that wrote it was stopped, record it again"
    )


def test_a_file_that_is_not_json() -> None:
    assert message_of(b"<html>") == (
        "reports/run.json: not JSON: invalid character (byte 0); give a run.json that the harness wrote"
    )


def test_json_that_is_not_a_record() -> None:
    assert message_of(b"[]") == (
        "reports/run.json: not a run record: expected an object with 'schema_version',"
        " expected `object`, captured `array`; give a run.json that the harness wrote"
    )
    assert message_of(b"{}") == (
        "reports/run.json: not a run record: expected an object with 'schema_version',"
        " object missing required field `schema_version`; give a run.json that the harness wrote"
    )


def test_a_newer_schema_version() -> None:
    assert message_of(b'{"schema_version":2,"scenarios":"other"}') == (
        "reports/run.json: expected schema_version 1, captured 2;"
        " install the telemetry-harness that wrote it or a later one"
    )


def test_an_older_schema_version() -> None:
    assert message_of(b'{"schema_version":0}') == (
        "reports/run.json: expected schema_version 1, captured 0;"
        " record the run again with this telemetry-harness"
    )


def test_a_field_of_the_wrong_type() -> None:
    data = encode_record(example_run()).replace(b'"status":200', b'"status":200', 1)
    data = data.replace(b'"span_id":"00f067aa0ba902b7"', b'"span_id":7', 1)

    assert message_of(data) == (
        "reports/run.json: not a run record at `$.scenarios[0].telemetry.spans[1].span_id`:"
        " expected `str`, captured `int`; the file was edited or is damaged, record the run again"
    )


def test_an_outcome_that_there_is_none_of() -> None:
    data = encode_record(example_run()).replace(b'"outcome":"failed"', b'"outcome":"bogus"', 1)

    assert message_of(data).startswith("reports/run.json: not a run record at `$.scenarios[0].outcome`:")


def test_a_wrong_type_in_a_record_with_marks() -> None:
    data = WHOLE.replace(b'"name":"GET /x"', b'"name":null')

    assert message_of(data) == (
        "reports/run.json: not a run record at `$.scenarios[0].telemetry.spans[0].name`:"
        " expected `str`, captured `null`; the file was edited or is damaged, record the run again"
    )


def test_a_damaged_mark() -> None:
    assert message_of(WHOLE.replace(b'{"$bytes":""}', b'{"$bytes":"="}')) == (
        "reports/run.json: not a run record: '$bytes' expected base64, captured '=';"
        " the file was edited or is damaged, record the run again"
    )


def test_json_nested_without_end() -> None:
    assert message_of(b'{"schema_version":1,"packages":' + b"[" * 100_000).startswith("reports/run.json: ")


def test_a_file_and_its_directory(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(encode_record(example_run()))

    assert read_record(tmp_path) == read_record(tmp_path / "run.json") == example_run()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as error:
        read_record(tmp_path)
    assert str(error.value) == (
        f"{tmp_path}/run.json: no such run record; a run writes one"
        " (pytest with telemetry_channels, or `harness run`)"
    )


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()

    with pytest.raises(RecordError) as error:
        read_record(tmp_path)
    assert str(error.value) == f"{tmp_path}/run.json: cannot be read: Is a directory; check its permissions"


def test_a_default_record_needs_only_its_version() -> None:
    assert decode_record(b'{"schema_version":1}') == RunRecord()
    assert msgspec.json.decode(encode_record(RunRecord()))["schema_version"] == 1


def test_a_tree_deeper_than_the_stack_is_written_and_read() -> None:
    documents = [a_segment(id="0")] + [
        a_subsegment(id=str(n), parent_id=str(n - 1), trace_id=a_segment().trace_id) for n in range(1, 400)
    ]
    segments, _ = join_documents(documents)
    record = redact(a_run(a_scenario(telemetry=Telemetry(segments=segments))))

    assert decode_record(encode_record(record)) == record
    assert render(record, "html")
