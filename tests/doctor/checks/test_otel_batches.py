"""The numbers of OTel's batch processors."""

from pathlib import Path

import pytest

from tests.doctor.checks.test_otel_variables import HEAD
from tests.doctor.project import app, diagnosed


def messages(tmp_path: Path, *lines: str) -> list[str]:
    found = diagnosed(tmp_path, app(*HEAD, *(f"  {line}" for line in lines)))
    assert set(found) <= {"otel_variable_invalid"}
    return [finding.message for finding in found.values()]


@pytest.mark.parametrize("kind", ["BSP", "BLRP"])
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SCHEDULE_DELAY", "5s", "a whole number of milliseconds, without a unit, 1 or more"),
        ("SCHEDULE_DELAY", "0", "a whole number of milliseconds, without a unit, 1 or more"),
        ("EXPORT_TIMEOUT", "-1", "a whole number of milliseconds, without a unit, 0 or more"),
        ("MAX_QUEUE_SIZE", "2__048", "a whole number, 1 or more"),
        ("MAX_EXPORT_BATCH_SIZE", "1.5", "a whole number, 1 or more"),
    ],
)
def test_numbers_that_no_processor_takes(
    tmp_path: Path, kind: str, name: str, value: str, expected: str
) -> None:
    assert messages(tmp_path, f'OTEL_{kind}_{name}: "{value}"') == [
        f"OTEL_{kind}_{name} is {value!r}, expected {expected}"
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE: 4096",),
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE is 4096, and OTEL_BSP_MAX_QUEUE_SIZE 2048 by default",
        ),
        (
            ("OTEL_BSP_MAX_QUEUE_SIZE: 100",),
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE is 512 by default, and OTEL_BSP_MAX_QUEUE_SIZE 100",
        ),
        (
            ("OTEL_BLRP_MAX_QUEUE_SIZE: 5", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: 6"),
            "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE is 6, and OTEL_BLRP_MAX_QUEUE_SIZE 5",
        ),
    ],
)
def test_a_batch_that_the_queue_cannot_hold(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    assert messages(tmp_path, *lines) == [f"{message}: a batch may not be larger than the queue"]


def test_numbers_that_are_well_formed(tmp_path: Path) -> None:
    lines = ("OTEL_BSP_EXPORT_TIMEOUT: 0", "OTEL_BSP_SCHEDULE_DELAY: 100", 'OTEL_BLRP_MAX_QUEUE_SIZE: ""')

    assert messages(tmp_path, *lines, "OTEL_BSP_MAX_QUEUE_SIZE: 512") == []
