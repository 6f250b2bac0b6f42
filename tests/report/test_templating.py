from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.report.html import render_html, templating
from harness.report.html.templating import environment
from tests.report.records import example_run


@pytest.fixture(autouse=True)
def _made_anew() -> Iterator[None]:
    environment.cache_clear()
    yield
    environment.cache_clear()


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return where Python would keep the compiled templates."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def compiled(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def test_a_compiled_template_is_used_again(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    html = render_html(example_run())
    assert len(compiled(directory)) == 5

    environment.cache_clear()
    monkeypatch.setattr(type(environment()), "compile", None)
    assert render_html(example_run()) == html


def test_one_that_was_compiled_with_other_options_is_not(
    directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    html = render_html(example_run())
    before = [path.read_bytes() for path in compiled(directory)]

    other = tmp_path.with_suffix(".py")
    other.write_text("# other options", encoding="utf-8")
    monkeypatch.setattr(templating, "__file__", str(other))
    environment.cache_clear()
    assert render_html(example_run()) == html
    assert [path.read_bytes() for path in compiled(directory)] != before


def test_nothing_is_kept_where_python_keeps_nothing(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    render_html(example_run())

    assert compiled(directory) == []


def test_a_directory_that_cannot_be_made_is_no_error(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = directory / "file"
    file.touch()
    monkeypatch.setattr(sys, "pycache_prefix", str(file))

    assert render_html(example_run()).startswith("<!doctype html>")
    assert compiled(directory) == [file]
