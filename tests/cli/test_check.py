"""`harness check` and `harness contract write`: exit codes, and what they print and touch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main
from harness.contract.schema import schema_text
from harness.model import RunRecord, ScenarioRecord, SpanKind
from harness.report import encode_record, read_record
from tests.builders import a_span, a_telemetry

CONTRACT = """\
version: 1
operations:
  - span: GET /
    kind: server
    attributes:
      rows: 3
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    telemetry = a_telemetry(a_span("GET /", kind=SpanKind.SERVER, attributes={"rows": 4}))
    record = RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))
    (tmp_path / "run.json").write_bytes(encode_record(record))
    return tmp_path


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    file = tmp_path / "c.contract.yaml"
    file.write_text(CONTRACT)
    return file


def test_a_run_that_does_not_hold(run: Path, contract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(run), "--contract", str(contract)]) == 1
    assert capsys.readouterr().out == (
        f"{contract}:3: error attribute_mismatch: GET /: rows: expected 3, captured 4 (in test_home)\n"
        "1 finding, 1 of them fails\n"
    )


def test_what_a_terminal_would_obey_is_written_as_escapes(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    span = a_span("GET \x1b[31m/\x07\n", kind=SpanKind.SERVER)
    record = RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=a_telemetry(span)),))
    (run / "run.json").write_bytes(encode_record(record))
    contract.write_text("version: 1\noperations: []\n")
    assert main(["check", str(run), "--contract", str(contract)]) == 1
    assert capsys.readouterr().out == (
        f"{contract}:1: error operation_undeclared: GET \\x1b[31m/\\x07\\n: span 'GET \\x1b[31m/\\x07\\n'"
        " is no operation of the contract (in test_home)\n1 finding, 1 of them fails\n"
    )


def test_a_run_that_is_checked_again_says_only_what_the_last_contract_found(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = contract.rename(contract.with_name("d.contract.yaml"))
    contract.write_text(CONTRACT)
    checked, again = run / "checked", run / "again"
    main(["check", str(run), "--contract", str(contract), "--out", str(checked)])
    main(["check", str(checked), "--contract", str(other), "--out", str(again)])
    capsys.readouterr()

    assert main(["report", str(again), "--format", "terminal"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line.startswith("      in ")] == [f"      in the contract, {other}:3"]
    assert [line.split(":")[0] for line in told if " × " in line] == ["  1 × attribute_mismatch"]


def test_findings_as_json(run: Path, contract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(run), "--contract", str(contract), "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding == {
        "id": "attribute_mismatch",
        "signal": "span",
        "message": "rows: expected 3, captured 4 (in test_home)",
        "level": "error",
        "where": "GET /",
        "site": {"file": str(contract), "line": 3, "function": ""},
    }


def test_a_run_that_holds(run: Path, contract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract.write_text(CONTRACT.replace("3", "4"))
    assert main(["check", str(run), "--contract", str(contract)]) == 0
    assert capsys.readouterr().out == "0 findings, 0 of them fail\n"


def test_every_mistake_of_a_contract_is_a_line(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract.write_text("version: 1\noperation: []\nlevel: 3\n")
    assert main(["check", str(run), "--contract", str(contract)]) == 2
    assert capsys.readouterr().err == (
        f"harness: {contract}:2:1: unknown key 'operation' in the contract; did you mean 'operations'?\n"
        f"harness: {contract}:3:1: unknown key 'level' in the contract; did you mean 'levels'?\n"
    )


def test_a_pattern_that_runs_away_is_an_error_with_its_place(
    tmp_path: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry = a_telemetry(a_span("GET /", kind=SpanKind.SERVER, attributes={"rows": "a" * 5000 + "!"}))
    record = RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))
    (tmp_path / "run.json").write_bytes(encode_record(record))
    contract.write_text(CONTRACT.replace("rows: 3", "rows/not: {regex: ^(a|aa)+$}"))
    assert main(["check", str(tmp_path), "--contract", str(contract)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"harness: {contract}:6:25: regex('^(a|aa)+$') ran longer")


def test_writing_replaces_nothing_unasked(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["contract", "write", str(run), "--out", str(contract)]) == 2
    assert contract.read_text() == CONTRACT
    assert capsys.readouterr().err == (
        f"harness: {contract}: is there already and was not touched;"
        " review a new one beside it, or give --force\n"
    )

    assert main(["contract", "write", str(run), "--out", str(contract), "--force"]) == 0
    assert contract.read_text().endswith("      rows: 4\n")
    assert (run / "contract.schema.json").read_text() == schema_text()


def test_a_hyphen_is_standard_output(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())

    assert main(["contract", "write", str(run), "--out", "-"]) == 0
    assert "\nversion: 1\n" in capsys.readouterr().out
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_without_telemetry_writes_no_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_bytes(encode_record(RunRecord()))
    assert main(["contract", "write", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"harness: {tmp_path}: the run captured no telemetry; run the scenarios first\n"
    )


def test_accepting_changes_the_file_and_says_what(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert main(["contract", "accept", str(run), "--contract", str(contract), "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert told.endswith(
        "  GET /: rows: 3 → rows: 4\n1 change would be made\nthe run then holds the contract\n"
    )
    assert contract.read_text() == CONTRACT

    assert main(["contract", "accept", str(run), "--contract", str(contract), "--only", told[:8]]) == 0
    assert contract.read_text() == CONTRACT.replace("rows: 3", "rows: 4")
    assert capsys.readouterr().out.endswith(
        "1 change made; review the diff and commit it\nthe run then holds the contract\n"
    )


@pytest.mark.parametrize(
    ("promised", "told", "code"),
    [
        (CONTRACT.replace("rows: 3", "rows: 4"), "nothing was changed\nthe run holds the contract\n", 0),
        (
            "version: 1\noperations:\n  - span: GET /\n    presence: forbidden\n",
            (
                "nothing was changed\n"
                "the run does not hold the contract: what remains was not asked for, or is nothing that a run"
                " can decide; mend the app, or edit the contract by hand\n"
                "FILE:3: error span_forbidden: GET /: span 'GET /' was captured; the contract forbids it"
                " (in test_home)\n"
                "1 finding, 1 of them fails\n"
            ),
            1,
        ),
    ],
)
def test_accepting_says_when_there_is_nothing_to_change(
    run: Path,
    contract: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    promised: str,
    told: str,
    code: int,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    contract.write_text(promised)
    assert main(["contract", "accept", str(run), "--contract", str(contract)]) == code
    assert capsys.readouterr().out == told.replace("FILE", str(contract))


def test_accepting_keeps_the_line_ends_of_a_file(
    run: Path, contract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    contract.write_bytes(b"\xef\xbb\xbf" + CONTRACT.replace("\n", "\r\n").encode())
    assert main(["contract", "accept", str(run), "--contract", str(contract)]) == 0
    after = CONTRACT.replace("rows: 3", "rows: 4").replace("\n", "\r\n").encode()
    assert contract.read_bytes() == b"\xef\xbb\xbf" + after


def test_accepting_leaves_the_mode_of_a_file_and_a_link_to_it(
    run: Path, contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    contract.chmod(0o600)
    link = tmp_path / "link.yaml"
    link.symlink_to(contract)

    assert main(["contract", "accept", str(run), "--contract", str(link)]) == 0

    assert link.is_symlink()
    assert contract.read_text() == CONTRACT.replace("rows: 3", "rows: 4")
    assert contract.stat().st_mode & 0o777 == 0o600


def test_a_contract_is_never_accepted_in_ci(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert main(["contract", "accept", str(run), "--contract", str(contract)]) == 2
    assert capsys.readouterr().err == (
        "harness: CI is set, and a contract is changed by a person who reviews the diff;"
        " accept on your own machine and commit, or give --dry-run\n"
    )
    assert contract.read_text() == CONTRACT


def test_another_check_replaces_what_the_one_before_found(
    run: Path, contract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["check", str(run), "--contract", str(contract), "--out", str(first)]) == 1
    assert main(["report", str(first)]) == 1
    respelled = str(contract.parent / "." / ".." / contract.parent.name / contract.name)
    assert main(["check", str(first), "--contract", respelled, "--out", str(second)]) == 1
    assert len(read_record(second).findings) == 1
    contract.write_text(CONTRACT.replace("3", "4"))

    assert main(["check", str(second), "--contract", str(contract), "--out", str(first)]) == 0

    assert main(["report", str(first)]) == 0


def test_every_change_that_is_named_must_be_known(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    accept = ["contract", "accept", str(run), "--contract", str(contract)]
    assert main([*accept, "--dry-run"]) == 0
    known = capsys.readouterr().out[:8]

    assert main([*accept, "--only", "deadbeef", "--only", known]) == 2

    assert "deadbeef" in capsys.readouterr().err
    assert contract.read_text() == CONTRACT


def test_a_schema_of_somebody_else_is_left(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "contract.schema.json").write_text("{}")

    assert main(["contract", "write", str(run), "--out", str(run / "new.contract.yaml")]) == 0

    assert (run / "contract.schema.json").read_text() == "{}"
    assert "is not the schema of contracts, and was not touched" in capsys.readouterr().err


def test_a_device_is_no_contract(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(run), "--contract", "/dev/zero"]) == 2
    assert capsys.readouterr().err == "harness: /dev/zero: not a file; give a contract file\n"


@pytest.mark.parametrize(
    "command", ["check --contract", "contract write --force --out", "contract accept --contract"]
)
def test_a_run_nested_too_deeply_is_one_line(
    run: Path,
    contract: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    file = run / "run.json"
    # The harness itself writes no run that is as deep.
    file.write_text(file.read_text().replace('"rows":4', f'"rows":{"[" * 5000}4{"]" * 5000}'))
    assert main([*command.split(), str(contract), str(run)]) == 2
    assert capsys.readouterr().err == (
        f"harness: {file}: a value is nested too deeply; look for it in the file, and shorten it\n"
    )


def test_a_run_nested_less_deeply_is_cut_not_refused(
    run: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = run / "run.json"
    file.write_text(file.read_text().replace('"rows":4', f'"rows":{"[" * 900}4{"]" * 900}'))
    assert main(["check", "--contract", str(contract), str(run)]) == 1
    assert "rows" in capsys.readouterr().out
