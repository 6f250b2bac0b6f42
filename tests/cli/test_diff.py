from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.analysis.diff import Diff
from harness.cli import main
from harness.model import RunRecord, ScenarioRecord
from harness.report import encode_record
from tests.builders import a_span, a_telemetry


def written(directory: Path, name: str, **attributes: object) -> str:
    """Write a run with one span, and return its path."""
    span = a_span("GET /x", attributes={key.replace("__", "."): value for key, value in attributes.items()})
    scenario = ScenarioRecord(name="test_x", telemetry=a_telemetry(span))
    file = directory / name
    file.write_bytes(encode_record(RunRecord(scenarios=(scenario,))))
    return str(file)


def test_runs_that_do_not_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = written(tmp_path, "a.json", rows=3), written(tmp_path, "b.json", rows=3)

    assert main(["diff", before, after]) == 0
    assert capsys.readouterr() == ("no changes\n", "")


def test_a_breaking_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = written(tmp_path, "a.json", rows=3), written(tmp_path, "b.json", rows="3")

    assert main(["diff", before, after]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "1 change: 1 breaking, 0 additive, 0 neutral",
        "",
        "span GET /x",
        "  ~ retyped rows: int 3 → str '3'  [breaking · 1 span · test_x]",
    ]


def test_severities_may_be_overridden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = written(tmp_path, "a.json", rows=3), written(tmp_path, "b.json", rows=4)

    assert main(["diff", before, after]) == 0
    assert main(["diff", before, after, "--severity", "value_changed=breaking"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == ("  ~ rows: 3 → 4  [breaking · 1 span · test_x]")


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = written(tmp_path, "a.json", app__rows=3), written(tmp_path, "b.json", app__row_count=3)

    assert main(["diff", before, after, "--json"]) == 1

    diff = msgspec.json.decode(capsys.readouterr().out, type=Diff)
    assert msgspec.to_builtins(diff) == {
        "changes": (
            {
                "kind": "renamed",
                "severity": "breaking",
                "signal": "span",
                "noun": "span",
                "before": "attributes.app.rows",
                "after": "attributes.app.row_count",
                "places": ({"path": ("GET /x",), "nodes": 1, "unchanged": (0,)},),
                "scenarios": ("test_x",),
            },
        ),
        "packages": (),
        "only_before": (),
        "only_after": (),
    }


def test_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = written(tmp_path, "a.json"), written(tmp_path, "b.json", rows=4)

    assert main(["diff", before, after, "--markdown"]) == 0
    assert capsys.readouterr().out == (
        "### Telemetry diff: 1 change: 0 breaking, 1 additive, 0 neutral\n"
        "\n"
        "#### Additive\n"
        "\n"
        "- `GET /x` `+ rows = 4` (additive · 1 span · test\\_x)\n"
    )


def test_a_severity_that_does_not_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = written(tmp_path, "a.json")

    assert main(["diff", run, run, "--severity", "added=bad"]) == 2
    assert capsys.readouterr() == (
        "",
        "harness: --severity: no severity 'bad'; expected one of breaking, additive, neutral\n",
    )


def test_a_run_that_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = written(tmp_path, "a.json")

    assert main(["diff", run, str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err == (
        f"harness: {tmp_path}/none.json: no such run record; a run writes one"
        " (pytest with telemetry_channels, or `harness run`)\n"
    )
