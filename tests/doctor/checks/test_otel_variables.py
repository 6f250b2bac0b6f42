"""OTel's variables whose values SDKs do not take."""

from pathlib import Path

import pytest

from harness.model import Level
from tests.doctor.project import app, diagnosed

HEAD = (
    "environment:",
    "  OTEL_SERVICE_NAME: app",
    "  OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.local:4318",
)


@pytest.mark.parametrize(
    ("name", "value", "level", "message"),
    [
        (
            "OTEL_TRACES_SAMPLER",
            "alwayson",
            Level.WARNING,
            (
                "OTEL_TRACES_SAMPLER has 'alwayson', which the specification does not know; "
                "did you mean 'always_on'?"
            ),
        ),
        (
            "OTEL_PROPAGATORS",
            "tracecontext,bagage",
            Level.WARNING,
            "OTEL_PROPAGATORS has 'bagage', which the specification does not know; did you mean 'baggage'?",
        ),
        (
            "OTEL_EXPORTER_OTLP_TIMEOUT",
            "10s",
            Level.ERROR,
            "OTEL_EXPORTER_OTLP_TIMEOUT is '10s', expected a number, without a unit",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
            "-1",
            Level.ERROR,
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is '-1', expected a number, without a unit",
        ),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "team=shop,prod",
            Level.ERROR,
            "OTEL_RESOURCE_ATTRIBUTES holds 'prod', expected key=value, with commas between",
        ),
        (
            "OTEL_TRACES_EXPORTER",
            "oltp",
            Level.WARNING,
            ("OTEL_TRACES_EXPORTER has 'oltp', which the specification does not know; did you mean 'otlp'?"),
        ),
        (
            "OTEL_METRICS_EXPORTER",
            "otlp,none",
            Level.ERROR,
            "OTEL_METRICS_EXPORTER has 'none' beside other exporters; leave one of them out",
        ),
        (
            "OTEL_LOGS_EXPORTER",
            "prometheus",
            Level.WARNING,
            (
                "OTEL_LOGS_EXPORTER has 'prometheus', which the specification does not know; "
                "one of otlp, otlp_proto_grpc, otlp_proto_http, console, logging, none, or a package's own"
            ),
        ),
        (
            "OTEL_SDK_DISABLED",
            "1",
            Level.ERROR,
            "OTEL_SDK_DISABLED is '1', which counts as false; expected true or false",
        ),
    ],
)
def test_values_that_no_sdk_takes(tmp_path: Path, name: str, value: str, level: Level, message: str) -> None:
    found = diagnosed(tmp_path, app(*HEAD, f'  {name}: "{value}"'))

    assert list(found) == ["otel_variable_invalid"]
    (finding,) = found.values()
    assert (finding.message, finding.level) == (message, level)
    assert finding.site is not None
    assert finding.site.line == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_TRACES_SAMPLER", "parentbased_always_on"),
        ("OTEL_PROPAGATORS", "xray, tracecontext,baggage"),
        ("OTEL_PROPAGATORS", ""),
        ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "2.5"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=1, b=,"),
        ("OTEL_SDK_DISABLED", "False"),
        ("OTEL_TRACES_EXPORTER", "otlp, console"),
        ("OTEL_METRICS_EXPORTER", "none"),
    ],
)
def test_values_that_are_well_formed(tmp_path: Path, name: str, value: str) -> None:
    assert diagnosed(tmp_path, app(*HEAD, f'  {name}: "{value}"')) == {}


def test_an_sdk_that_is_switched_off(tmp_path: Path) -> None:
    finding = diagnosed(tmp_path, app(*HEAD, '  OTEL_SDK_DISABLED: "TRUE"'))["otel_sdk_disabled"]

    assert (finding.level, finding.site and finding.site.line) == (Level.WARNING, 6)
    assert finding.message == (
        "OTEL_SDK_DISABLED is 'TRUE': the SDK emits nothing, and propagates the context only; "
        "leave it out where telemetry is wanted"
    )


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("OTEL_TRACES_EXPORTER", "None", "no span is sent"),
        ("OTEL_TRACES_SAMPLER", "always_off", "no trace is recorded"),
    ],
)
def test_traces_that_are_switched_off(tmp_path: Path, name: str, value: str, why: str) -> None:
    found = diagnosed(tmp_path, app(*HEAD, f'  {name}: "{value}"'))

    assert list(found) == ["otel_traces_off"]
    finding = found["otel_traces_off"]
    assert (finding.level, finding.site and finding.site.line) == (Level.WARNING, 6)
    assert finding.message == f"{name} is {value!r}: {why}; leave it out where traces are wanted"
