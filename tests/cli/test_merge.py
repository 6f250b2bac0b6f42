"""`harness merge`: shards as one run, and the contract over the whole."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from harness.model import RunRecord, ScenarioRecord
from harness.report import encode_record, read_record
from tests.builders import a_span, a_telemetry

CONTRACT = "version: 1\noperations:\n  - span: GET /a\n  - span: GET /b\nlevels: {unexercised: error}\n"


def a_shard(directory: Path, name: str, **fields: Any) -> Path:
    shard = directory / name.replace("/", "")
    shard.mkdir()
    scenario = ScenarioRecord(name=f"test_{name}", telemetry=a_telemetry(a_span(f"GET {name}")))
    (shard / "run.json").write_bytes(encode_record(RunRecord(scenarios=(scenario,), **fields)))
    return shard


def test_what_each_shard_exercised_is_exercised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contract = tmp_path / "c.yaml"
    contract.write_text(CONTRACT)
    shards = [str(a_shard(tmp_path, name, contract=str(contract))) for name in ("/a", "/b")]
    assert main(["check", shards[0], "--contract", str(contract)]) == 1

    assert main(["merge", *shards, "--out", str(tmp_path / "out")]) == 0

    merged = read_record(tmp_path / "out")
    assert [scenario.name for scenario in merged.scenarios] == ["test_/a", "test_/b"]
    assert (merged.findings, merged.contract) == ((), str(contract))
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {tmp_path / 'out' / 'index.html'}"


def test_different_contracts_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shards = [str(a_shard(tmp_path, name, contract=f"{name[1:]}.yaml")) for name in ("/a", "/b")]
    assert main(["merge", *shards, "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "harness: the runs were checked against different contracts, a.yaml and b.yaml;"
        " give the one that the joined run must hold: --contract FILE\n"
    )
    assert not (tmp_path / "out").exists()


def test_different_contents_of_one_contract_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(CONTRACT)
    digests = {"/a": "1" * 64, "/b": "2" * 64}
    shards = [
        str(a_shard(tmp_path, name, contract=str(file), contract_digest=digest))
        for name, digest in digests.items()
    ]
    assert main(["merge", *shards, "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"harness: the runs were checked against different versions of {file}, sha256 111111111111 and"
        " 222222222222; run every shard on the same commit, or give the one that the joined run must hold:"
        " --contract FILE\n"
    )
    assert not (tmp_path / "out").exists()
    assert main(["merge", *shards, "--out", str(tmp_path / "out"), "--contract", str(file)]) == 0


def test_a_contract_that_was_changed_since_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(CONTRACT)
    shard = a_shard(tmp_path, "/a")
    assert main(["check", str(shard), "--contract", str(file), "--out", str(tmp_path / "checked")]) == 1
    checked = read_record(tmp_path / "checked")
    assert checked.contract_digest == hashlib.sha256(CONTRACT.encode()).hexdigest()
    capsys.readouterr()

    file.write_text(f"{CONTRACT}# reviewed\n")
    assert main(["merge", str(tmp_path / "checked"), "--out", str(tmp_path / "out")]) == 2
    assert f"{file} is not as it was when the runs were checked, sha256 " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_run_that_does_not_say_its_contracts_contents_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(CONTRACT)
    digest = hashlib.sha256(CONTRACT.encode()).hexdigest()
    old = a_shard(tmp_path, "/a", contract=str(file))
    new = a_shard(tmp_path, "/b", contract=str(file), contract_digest=digest)
    assert main(["merge", str(old), str(new), "--out", str(tmp_path / "out")]) == 0
    assert read_record(tmp_path / "out").contract_digest == digest


def test_a_run_of_another_version_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shard = a_shard(tmp_path, "/a")
    (tmp_path / "run.json").write_text('{"schema_version": 9}')
    assert main(["merge", str(shard), str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "expected schema_version 1, captured 9" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["a", "a/run.json", "a/../a"])
def test_a_run_is_not_replaced_by_the_joined_one(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shards = [a_shard(tmp_path, name) for name in ("/a", "/b")]
    before = (shards[0] / "run.json").read_bytes()
    assert main(["merge", str(tmp_path / given), str(shards[1]), "--out", str(shards[0])]) == 2
    assert capsys.readouterr().err == (
        f"harness: {tmp_path / given} is one of the runs, and would be replaced by the joined one;"
        " choose another directory: --out DIR\n"
    )
    assert (shards[0] / "run.json").read_bytes() == before


def test_a_run_that_was_not_checked_is_told_and_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(CONTRACT)
    checked, bare = a_shard(tmp_path, "/a", contract=str(file)), a_shard(tmp_path, "/b")
    merge = ["merge", str(checked), str(bare), "--out", str(tmp_path / "out")]
    assert main(merge) == 0
    assert capsys.readouterr().err == (
        "harness: 1 of 2 runs had not been checked against a contract;"
        f" the joined run is checked against {file}, all of it\n"
    )
    assert main([*merge, "--contract", str(file)]) == 0
    assert capsys.readouterr().err == ""


def test_a_run_that_is_given_twice_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shard = a_shard(tmp_path, "/a")
    file = shard / "run.json"
    assert main(["merge", str(shard), str(file), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"harness: {file} is the run that is also given as {shard}; give each run once\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_contract_is_written_into_a_new_directory(tmp_path: Path) -> None:
    shard = a_shard(tmp_path, "/a")
    assert main(["contract", "write", str(shard), "--out", str(tmp_path / "new/c.contract.yaml")]) == 0
    assert sorted(file.name for file in (tmp_path / "new").iterdir()) == [
        "c.contract.yaml",
        "contract.schema.json",
    ]
