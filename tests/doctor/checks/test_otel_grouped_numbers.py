"""Numbers with underscores."""

from pathlib import Path

import pytest

from harness.model import Level
from tests.doctor.checks.test_otel_variables import HEAD
from tests.doctor.project import app, diagnosed


@pytest.mark.parametrize(
    "name",
    [
        "OTEL_BSP_SCHEDULE_DELAY",
        "OTEL_BLRP_MAX_QUEUE_SIZE",
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "OTEL_METRIC_EXPORT_INTERVAL",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    ],
)
def test_a_number_that_not_every_sdk_reads(tmp_path: Path, name: str) -> None:
    found = diagnosed(tmp_path, app(*HEAD, f'  {name}: "1_000"'))

    (finding,) = found.values()
    assert (finding.id, finding.level) == ("otel_variable_invalid", Level.WARNING)
    assert finding.message == (
        f"{name} is '1_000': Python's SDK reads it as 1000, which the specification does not ask of an SDK, "
        "and those of Go, Java and JavaScript do not read it; write 1000"
    )


@pytest.mark.parametrize("line", ['OTEL_BSP_SCHEDULE_DELAY: "1000"', "OTEL_RESOURCE_ATTRIBUTES: 'a=1_000'"])
def test_a_number_that_every_sdk_reads(tmp_path: Path, line: str) -> None:
    assert diagnosed(tmp_path, app(*HEAD, f"  {line}")) == {}
