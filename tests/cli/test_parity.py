"""`harness parity`: exit codes, text and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.model import RunRecord, ScenarioRecord, SpanKind
from harness.report import encode_record
from tests.builders import a_segment, a_span, a_telemetry

HTTP = {"request": {"method": "GET", "url": "http://shop/"}, "response": {"status": 200, "content_length": 0}}
ASKED = {"http.method": "GET", "http.url": "http://shop/", "http.status_code": 200, "peer.service": "shop"}
HARMLESS = (
    "harmless, normalised:\n"
    "  parity_explicit_false ×1, such as GET /:"
    " the exporter sends error, fault and throttle when they are false, too (in test_home)\n"
    "  parity_metadata_extra ×1, such as GET /:"
    " metadata of OpenTelemetry only: default.peer.service (in test_home)\n"
)


def write(directory: Path, *captured: Any, **fields: Any) -> str:
    directory.mkdir()
    scenario = ScenarioRecord(name="test_home", telemetry=a_telemetry(*captured))
    (directory / "run.json").write_bytes(encode_record(RunRecord(scenarios=(scenario,), **fields)))
    return str(directory)


@pytest.fixture
def xray(tmp_path: Path) -> str:
    return write(tmp_path / "xray", a_segment("shop", http=HTTP, annotations={"rows": 3}))


@pytest.fixture
def otel(tmp_path: Path) -> str:
    span = a_span("GET /", kind=SpanKind.SERVER, attributes={**ASKED, "rows": 3})
    return write(tmp_path / "otel", span)


def test_runs_with_a_gap(xray: str, otel: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parity", xray, otel]) == 1
    assert capsys.readouterr().out == (
        "error parity_annotation_is_metadata: GET /: annotation 'rows': X-Ray 3,"
        " OpenTelemetry metadata default.rows = 3, which no filter finds;"
        " list the attribute in aws.xray.annotations of its span, or in indexed_attributes of the exporter"
        " (in test_home)\n" + HARMLESS + "parity does not hold: 1 requests compared, 1 gaps\n"
    )


@pytest.mark.parametrize("option", [("--indexed-attribute", "rows"), ("--index-all-attributes",)])
def test_runs_without_a_gap(
    xray: str, otel: str, option: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parity", xray, otel, *option]) == 0
    assert capsys.readouterr().out.endswith("parity holds: 1 requests compared, 0 gaps\n")


def test_findings_as_json(xray: str, otel: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parity", xray, otel, "--indexed-attribute", "rows", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["requests"] == 1
    assert {
        "id": "parity_explicit_false",
        "signal": "segment",
        "message": "the exporter sends error, fault and throttle when they are false, too (in test_home)",
        "level": "info",
        "where": "GET /",
    } in told["findings"]


def test_runs_in_the_wrong_order(xray: str, otel: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parity", otel, xray]) == 2
    assert capsys.readouterr().err == (
        f"harness: {otel}: no scenario captured segments;"
        " give the run on the X-Ray SDK first, then the one on OpenTelemetry\n"
    )


def test_a_run_that_is_not_there(xray: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "no.json"
    assert main(["parity", xray, str(missing)]) == 2
    assert capsys.readouterr().err.startswith(f"harness: {missing}: ")


def test_what_a_run_lacks_is_told(xray: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = write(tmp_path / "cut", a_span("GET /", kind=SpanKind.SERVER, attributes=ASKED), cut=("no end",))
    main(["parity", xray, cut])
    assert capsys.readouterr().err == f"harness: {cut}: no end\n"
