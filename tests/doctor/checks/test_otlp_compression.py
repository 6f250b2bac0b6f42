"""Compressions with which exporters do not start."""

import os
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.grpc.exporter import environ_to_compression
from opentelemetry.exporter.otlp.proto.http import Compression

from harness.model import Level
from tests.doctor.project import app, diagnosed

GENERAL = "OTEL_EXPORTER_OTLP_COMPRESSION"
TRACES = "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"
GRPC = "OTEL_EXPORTER_OTLP_PROTOCOL: grpc"


def found(tmp_path: Path, name: str, value: str, *others: str, code: str = "") -> tuple[Level, str] | None:
    """Return the level and the message of the only finding; None when there is none."""
    lines = ("OTEL_SERVICE_NAME: app", "OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.local", *others)
    compose = app("environment:", f"  {name}: {value!r}", *(f"  {line}" for line in lines))
    findings = diagnosed(tmp_path, compose, {"app.py": code})
    if not findings:
        return None
    assert list(findings) == ["otel_variable_invalid"]
    finding = findings["otel_variable_invalid"]
    assert finding.site is not None
    assert finding.site.line == 4
    return finding.level, finding.message


def over_grpc(name: str, value: str) -> str:
    return (
        f"{name} is {value!r}, and the protocol gRPC: Python's exporter takes gzip only, and raises "
        "InvalidCompressionValueException while the app starts; leave it out for none"
    )


@pytest.mark.parametrize("name", [GENERAL, TRACES])
@pytest.mark.parametrize(
    "protocol", [GRPC, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: grpc", "OTEL_TRACES_EXPORTER: otlp_proto_grpc"]
)
def test_grpc_takes_no_deflate(tmp_path: Path, name: str, protocol: str) -> None:
    assert found(tmp_path, name, "deflate", protocol) == (Level.ERROR, over_grpc(name, "deflate"))


@pytest.mark.parametrize("value", ["none", ""])
@pytest.mark.parametrize(
    ("code", "level"), [("", Level.WARNING), ("from opentelemetry import trace", Level.ERROR)]
)
def test_grpc_takes_none_in_other_languages_only(tmp_path: Path, value: str, code: str, level: Level) -> None:
    assert found(tmp_path, GENERAL, value, GRPC, code=code) == (level, over_grpc(GENERAL, value))


def test_the_exporters_take_what_the_check_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {each.value for each in Compression} == {"gzip", "deflate", "none"}
    for value in ("deflate", "none", ""):
        monkeypatch.setitem(os.environ, GENERAL, value)
        with pytest.raises(Exception, match="for compression envvar"):
            environ_to_compression(GENERAL)


@pytest.mark.parametrize("name", [GENERAL, TRACES])
def test_a_compression_that_no_exporter_knows(tmp_path: Path, name: str) -> None:
    message = f"{name} is 'zip', expected gzip, or over HTTP deflate or none"

    assert found(tmp_path, name, "zip") == (Level.ERROR, message)


@pytest.mark.parametrize(
    ("name", "value", "protocol"),
    [
        (GENERAL, "gzip", GRPC),
        (GENERAL, "deflate", "OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf"),
        (TRACES, "none", "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: grpc"),
        (TRACES, "", "A: b"),
    ],
)
def test_compressions_that_are_taken(tmp_path: Path, name: str, value: str, protocol: str) -> None:
    assert found(tmp_path, name, value, protocol) is None
