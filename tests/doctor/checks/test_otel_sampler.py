"""What OTel's sampler is given."""

from pathlib import Path

import pytest

from harness.model import Level
from tests.doctor.checks.test_otel_variables import HEAD
from tests.doctor.project import app, diagnosed

ARG = "OTEL_TRACES_SAMPLER_ARG"


@pytest.mark.parametrize(
    ("sampler", "argument", "level", "message"),
    [
        ("traceidratio", "10%", Level.ERROR, f"{ARG} is '10%', expected a number from 0 to 1: "),
        ("parentbased_traceidratio", "1.5", Level.ERROR, f"{ARG} is '1.5', expected a number from 0 to 1: "),
        ("traceidratio", "nan", Level.ERROR, f"{ARG} is 'nan', expected a number from 0 to 1: "),
        ("always_on", "0.1", Level.WARNING, f"{ARG} is '0.1', and sampler 'always_on' takes none: "),
        ("", "0.1", Level.WARNING, f"{ARG} is '0.1', and there is no OTEL_TRACES_SAMPLER: "),
        ("xray", "endpoint", Level.ERROR, f"{ARG} holds 'endpoint', expected key=value, "),
    ],
)
def test_arguments_that_no_sampler_takes(
    tmp_path: Path, sampler: str, argument: str, level: Level, message: str
) -> None:
    lines = (f'  OTEL_TRACES_SAMPLER: "{sampler}"', f'  {ARG}: "{argument}"')
    found = diagnosed(tmp_path, app(*HEAD, *lines))

    finding = found["otel_variable_invalid"]
    assert finding.message.startswith(message)
    assert (finding.level, finding.site and finding.site.line) == (level, 7)


@pytest.mark.parametrize(
    ("sampler", "argument"),
    [
        ("traceidratio", "0.25"),
        ("jaeger_remote", "endpoint=http://jaeger:14250,pollingIntervalMs=5000"),
        ("always_on", ""),
    ],
)
def test_arguments_that_are_taken(tmp_path: Path, sampler: str, argument: str) -> None:
    lines = (f'  OTEL_TRACES_SAMPLER: "{sampler}"', f'  {ARG}: "{argument}"')

    assert diagnosed(tmp_path, app(*HEAD, *lines)) == {}
