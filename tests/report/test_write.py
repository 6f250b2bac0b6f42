from __future__ import annotations

import stat
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.errors import ConfigurationError, RecordError
from harness.model import RunRecord
from harness.report import read_record, redact, render, report_formats, write_reports
from tests.report.records import example_run


def test_a_run_becomes_a_record_and_a_page(tmp_path: Path) -> None:
    directory = tmp_path / "made" / "reports"

    written = write_reports(example_run(), directory)

    assert written == {"json": directory / "run.json", "html": directory / "index.html"}
    assert sorted(file.name for file in directory.iterdir()) == ["index.html", "run.json"]
    assert read_record(directory) == redact(example_run())
    assert (directory / "index.html").read_text(encoding="utf-8") == render(example_run(), "html")


def test_no_secret_is_written(tmp_path: Path) -> None:
    for file in write_reports(example_run(), tmp_path).values():
        assert b"k" * 22 not in file.read_bytes()


def test_a_file_is_replaced_and_readable_by_all(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(b"old")
    (tmp_path / "run.json").chmod(0o600)

    write_reports(RunRecord(), tmp_path, names=["json"])

    assert read_record(tmp_path) == RunRecord(redacted=True)
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o644


def test_a_link_to_itself_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "run.json").symlink_to("run.json")

    write_reports(RunRecord(), tmp_path, names=["json"])

    assert read_record(tmp_path) == RunRecord(redacted=True)


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(RecordError) as error:
        write_reports(RunRecord(), tmp_path / "file", names=["json"])
    assert str(error.value) == (
        f"{tmp_path}/file/run.json: cannot be written: File exists; choose another directory (--out DIR)"
    )


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()

    with pytest.raises(RecordError) as error:
        write_reports(RunRecord(), tmp_path, names=["json"])
    assert str(error.value) == (
        f"{tmp_path}/run.json: cannot be written: Is a directory; choose another directory (--out DIR)"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_a_format_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        write_reports(RunRecord(), tmp_path, names=["pdf"])
    assert (
        str(error.value) == "no report format 'pdf'; expected one of github, html, jaeger, json,"
        " junit, markdown, sarif, terminal, zipkin"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_format_without_a_file_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        write_reports(RunRecord(), tmp_path, names=["terminal"])
    assert str(error.value) == ("format 'terminal' is read on a terminal and has no file; render it instead")


def test_a_format_of_a_third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint(name="tally", value="tests.report.third_party_format", group="harness.reports")
    monkeypatch.setattr("harness.registry.installed", lambda: EntryPoints([point]))

    written = write_reports(example_run(), tmp_path, names=["tally"])

    assert written == {"tally": tmp_path / "tally.txt"}
    assert (tmp_path / "tally.txt").read_text(encoding="utf-8") == "5 scenarios, redacted (22 chars)\n"


def test_a_built_in_format_cannot_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    other = SimpleNamespace(NAME="json")
    monkeypatch.setattr("harness.report.write.third_party", lambda group: {"json": other})

    assert report_formats()["json"] is not other


def test_a_format_of_a_third_party_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint(name="lost", value="tests.report.no_such_module", group="harness.reports")
    monkeypatch.setattr("harness.registry.installed", lambda: EntryPoints([point]))

    with pytest.raises(ConfigurationError) as error:
        report_formats()
    assert str(error.value) == (
        "a report format in entry point group 'harness.reports' cannot be loaded:"
        " No module named 'tests.report.no_such_module'; upgrade or remove the package that registers it"
    )


def test_a_format_that_fails_does_not_take_the_record_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(record: RunRecord) -> str:
        raise OverflowError("too large")

    broken = SimpleNamespace(NAME="broken", FILE_NAME="broken.txt", render=render)
    monkeypatch.setattr("harness.report.write.third_party", lambda group: {"broken": broken})

    with pytest.raises(RecordError) as error:
        write_reports(example_run(), tmp_path, names=["broken", "json"])

    assert str(error.value).startswith("broken.txt: cannot be made of this run: OverflowError: too large (")
    assert read_record(tmp_path) == redact(example_run())
