"""Files beside the compose file that cannot be read: left out with a note, and the rest is checked."""

import os
from pathlib import Path

import pytest

from harness.doctor import read_project
from harness.model import Level
from tests.doctor.project import app, diagnosed

FINE = app("image: shop")


def test_a_directory_named_as_a_document_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.md").mkdir()

    note = diagnosed(tmp_path, FINE)["file_left_out"]

    assert note.level is Level.INFO
    assert note.message == "cannot be read: Is a directory; the file is left out"
    assert note.site is not None
    assert note.site.file.endswith("x.md")


def test_a_link_to_nowhere_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.py").symlink_to("none")

    assert diagnosed(tmp_path, FINE)["file_left_out"].message == (
        "cannot be read: No such file or directory; the file is left out"
    )


def test_a_link_to_itself_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.py").symlink_to("x.py")

    note = diagnosed(tmp_path, FINE)["file_left_out"]

    assert note.message == "cannot be read: Too many levels of symbolic links; the file is left out"
    assert note.site is not None
    assert note.site.file.endswith("x.py")


@pytest.mark.parametrize(
    ("code", "where"),
    [(b"x = 1\nif x = 1: pass\n", " (line 2)"), (b"x = '\0'\n", ""), (b"# coding: nowhere\n", "")],
)
def test_code_that_is_none_is_left_out(tmp_path: Path, code: bytes, where: str) -> None:
    note = diagnosed(tmp_path, FINE, {"x.py": code})["file_left_out"]

    assert note.message == f"is no Python that this interpreter reads{where}; the file is left out"


@pytest.mark.parametrize("name", ["x.py", "x.md", ".env"])
def test_a_pipe_is_left_out(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)

    assert diagnosed(tmp_path, FINE)["file_left_out"].message == (
        "cannot be read: it is no file; the file is left out"
    )


def test_a_document_that_is_not_utf8_is_left_out(tmp_path: Path) -> None:
    assert diagnosed(tmp_path, FINE, {"x.md": b"caf\xe9 "})["file_left_out"].message == (
        "is not UTF-8 text: invalid continuation byte; the file is left out"
    )


def test_a_directory_of_variables_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()

    assert list(diagnosed(tmp_path, FINE)) == ["file_left_out"]


def test_code_that_is_nested_without_end_is_left_out(tmp_path: Path) -> None:
    calls = "x" + ".a()" * 5000

    assert diagnosed(tmp_path, FINE, {"x.py": calls})["file_left_out"].message == (
        "is nested too deeply; the file is left out"
    )


def test_brackets_that_are_nested_without_end_are_no_traceback(tmp_path: Path) -> None:
    diagnosed(tmp_path, FINE, {"x.py": "(" * 5000 + ")" * 5000, "y.py": "-" * 100_000 + "1"})


def test_variables_beside_the_compose_file_may_have_comments(tmp_path: Path) -> None:
    compose = app("environment:", "  OTEL_SERVICE_NAME: app", '  OTEL_EXPORTER_OTLP_ENDPOINT: "${A:-${B}}"')

    assert diagnosed(tmp_path, compose, {".env": "\ufeffexport B=http://collector.local:4318 # ours\n"}) == {}


@pytest.mark.parametrize(
    ("given", "value"),
    [("", "of .env"), ("a", "of a"), ("a b", "of b"), ("a .env", "of .env"), ("b a b", "of b")],
)
def test_the_last_file_of_variables_wins(tmp_path: Path, given: str, value: str) -> None:
    compose = tmp_path / "docker-compose.yml"
    compose.write_text(app("environment:", "  A: ${A}"))
    for name in ("a", "b", ".env"):
        (tmp_path / name).write_text(f"A=of {name}\n")

    project = read_project(compose, env_files=[tmp_path / name for name in given.split()], environ={})

    assert project.services["app"].environment["A"].value == value
