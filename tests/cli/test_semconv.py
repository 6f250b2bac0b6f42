"""`harness check --semconv`: Weaver's findings as ours. A stand-in with its interface is the binary."""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.launch import weaver
from harness.model import Resource, RunRecord, ScenarioRecord, SpanKind
from harness.report import encode_record, read_record
from tests.builders import a_log_record, a_metric, a_segment, a_span, a_telemetry
from tests.cli.test_check import CONTRACT
from tests.project import ROOT

UNKNOWN = "Attribute 'rows.read' does not exist in the registry."


@pytest.fixture
def run(tmp_path: Path) -> Path:
    resource = Resource(attributes={"service.name": "backend"})
    spans = (
        a_span("GET /", kind=SpanKind.SERVER, resource=resource, attributes={"rows": 4, "rows.read": 4}),
        a_span("GET /b", kind=SpanKind.SERVER, resource=resource, attributes={"http.route": "/b"}),
    )
    telemetry = a_telemetry(*spans, a_log_record(event_name="served"), a_metric())
    record = RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))
    (tmp_path / "run.json").write_bytes(encode_record(record))
    return tmp_path


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    directory = tmp_path / "registry"
    directory.mkdir()
    (directory / "names").write_text("rows http.route service.name")
    return directory


@pytest.fixture(autouse=True)
def binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the stand-in on PATH as `weaver`."""
    file = tmp_path / "bin" / "weaver"
    file.parent.mkdir()
    file.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.cli.weaver_stand_in "$@"\n')
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(file.parent), prepend=":")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return file


def test_violations_fail(run: Path, registry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(run), "--semconv", str(registry)]) == 1
    assert capsys.readouterr().out == (
        f"error semconv_missing_attribute: GET /: {UNKNOWN}\n1 finding, 1 of them fails\n"
    )


def test_improvements_do_not_fail_and_equal_ones_are_one(
    run: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = read_record(run)
    again = (*record.scenarios, ScenarioRecord(name="again", telemetry=record.scenarios[0].telemetry))
    (run / "run.json").write_bytes(encode_record(RunRecord(scenarios=again)))
    (registry / "names").write_text("rows.read http.route service.name")

    assert main(["check", str(run), "--semconv", str(registry), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "id": "semconv_missing_namespace",
            "signal": "span",
            "message": "Attribute 'rows' does not exist in the registry. (2 times)",
            "level": "warning",
            "where": "GET /",
        }
    ]


def test_beside_a_contract_and_into_every_report(
    run: Path, registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "c.contract.yaml"
    contract.write_text(CONTRACT)
    out = tmp_path / "out"

    arguments = ["check", str(run), "--semconv", str(registry), "--contract", str(contract)]
    assert main([*arguments, "--out", str(out)]) == 1
    printed = capsys.readouterr().out
    assert "error semconv_missing_attribute" in printed
    assert "error attribute_mismatch: GET /: rows: expected 3, captured 4" in printed

    formats = ("sarif", "junit", "markdown", "github")
    assert main(["report", str(out), *(word for name in formats for word in ("--format", name))]) == 1
    for file in ("telemetry.sarif", "junit.xml", "summary.md", "run.json", "index.html"):
        assert "semconv_missing_attribute" in (out / file).read_text(), file
    assert "semconv_missing_attribute" in capsys.readouterr().out


def test_a_waiver_covers_it(
    run: Path,
    registry: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.telemetry-harness.waivers]]\nfinding = "semconv_missing_attribute"\n'
        'owner = "ann"\nreason = "ours"\nexpires = "2999-01-01"\n'
    )
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(run), "--semconv", str(registry)]) == 0
    assert capsys.readouterr().out == (
        f"waived semconv_missing_attribute: GET /: {UNKNOWN}\n1 finding, 0 of them fail\n"
    )


def test_without_weaver_nothing_passes(
    run: Path,
    registry: Path,
    binary: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(run))
    assert main(["check", str(run), "--semconv", str(registry)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "harness: --semconv needs OpenTelemetry Weaver, and no 'weaver' is on PATH: nothing was checked;"
        " install a release of https://github.com/open-telemetry/weaver/releases (0.22 or newer)\n"
    )


def test_a_run_with_nothing_for_weaver_fails(
    run: Path, registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = ScenarioRecord(name="xray", telemetry=a_telemetry(a_segment()))
    (run / "run.json").write_bytes(encode_record(RunRecord(scenarios=(scenario,))))
    assert main(["check", str(run), "--semconv", str(registry)]) == 1
    assert "error run_empty: the run captured no spans, metrics or log records" in capsys.readouterr().out


def test_nothing_to_check_against(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(run)]) == 2
    assert capsys.readouterr().err == (
        "harness: nothing to check the run against; give --contract FILE, --semconv REGISTRY\n"
    )


def complaint(run: Path, registry: Path | str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that a failing Weaver is told with."""
    assert main(["check", str(run), "--semconv", str(registry)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "\x1b" not in err
    return err


def test_a_registry_that_is_not_there(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = complaint(run, "no/such", capsys)
    assert told.startswith("harness: weaver registry live-check --registry no/such ")
    assert told.endswith("it ended with code 1; its last lines: × The registry `no/such` is not found\n")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("silent", "weaver wrote no report and ended with code 1"),
        ("garbled", "weaver's report: it is not as Weaver 0.25 writes it: Input data was truncated"),
        ("forgetful", "weaver's report: it is about no sample at all, and some were sent"),
        ("refusing", "weaver did not take an export: UNAVAILABLE: the registry is on fire"),
    ],
)
def test_weaver_fails(
    run: Path,
    registry: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    told: str,
) -> None:
    monkeypatch.setenv("STAND_IN", how)
    assert complaint(run, registry, capsys).startswith(f"harness: {told}")


def test_weaver_never_listens(
    run: Path, registry: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "deaf")
    monkeypatch.setattr(
        "harness.launch.weaver.live_check", functools.partial(weaver.live_check, ready_timeout_s=0.1)
    )
    assert "did not answer on 127.0.0.1:" in (told := complaint(run, registry, capsys))
    assert "within 0.1 s" in told
