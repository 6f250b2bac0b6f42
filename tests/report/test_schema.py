from __future__ import annotations

import math
from typing import Any

import jsonschema
import msgspec
import pytest

from harness.model import DataPoint, Metric, MetricType, RunRecord, Telemetry
from harness.report.record_io import encode_record
from harness.report.schema import SCHEMA_FILE, json_schema, schema_text
from tests.report.records import a_run, a_scenario, example_run, hostile_run


def errors_of(data: bytes) -> list[str]:
    validator = jsonschema.Draft202012Validator(json_schema())
    return [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(msgspec.json.decode(data))
    ]


def with_infinity() -> RunRecord:
    point = DataPoint(value=math.inf, sum=-math.inf, explicit_bounds=(math.nan,))
    metric = Metric(name="m", type=MetricType.GAUGE, data_points=(point,))
    return a_run(a_scenario(telemetry=Telemetry(metrics=(metric,))))


def test_the_file_is_what_the_structs_generate() -> None:
    shipped = SCHEMA_FILE.read_text(encoding="utf-8")

    assert shipped == schema_text(), "run: python -m harness.report.schema"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("record", [RunRecord(), example_run(), hostile_run(), with_infinity()])
def test_what_is_written_is_valid(record: RunRecord) -> None:
    assert errors_of(encode_record(record)) == []


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, "$: 'schema_version' is a required property"),
        (
            {"schema_version": 1, "scenarios": [{"name": 1}]},
            "$.scenarios[0].name: 1 is not of type 'string'",
        ),
    ],
)
def test_what_is_no_record_is_not_valid(document: dict[str, Any], error: str) -> None:
    assert errors_of(msgspec.json.encode(document)) == [error]
