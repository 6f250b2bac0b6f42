from pathlib import Path

import pytest

from harness.doctor.env_file import entries_of, malformed_lines
from tests.doctor.project import app, diagnosed

REST = ": Compose reads nothing of the file, and starts nothing; write NAME=value"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1 # one", "1"),
        ("A=1#one", "1#one"),
        ("A= # nothing", ""),
        ("A=#one", "#one"),
        ("export A=1", "1"),
        ("  A = 1\r", "1"),
        ("A='1 # one' # two", "1 # one"),
        ('A="1 # one" # two', "1 # one"),
        ('A="say \\"1\\"\\n"', 'say "1"\n'),
        ("A='$B'", "$B"),
        ("A=${B:-x}", "b"),
        ("A='1\n2'", "1\n2"),
        ("A=it's", "it's"),
        ("A='open", "'open"),
        ("# A=0\nA=1", "1"),
        ("A: 1", "1"),
    ],
)
def test_a_value_is_as_compose_reads_it(text: str, value: str) -> None:
    (entry,) = entries_of(text, {"B": "b"})

    assert (entry.name, entry.value) == ("A", value)


def test_lines_are_counted_and_names_without_a_value_passed_by() -> None:
    entries = entries_of("ALONE\n\nA='x\ny'\nB=$A\n", {})

    assert [(entry.name, entry.line, entry.value) for entry in entries] == [
        ("A", 3, "x\ny"),
        ("B", 5, "x\ny"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("A=1\nMY KEY=secret", 2, "'MY KEY' is no name of a variable"),
        ("A='x\ny'\n\nA+B=secret", 4, "'A+B' is no name of a variable"),
        ("=secret", 1, "'' is no name of a variable"),
        ("A=1\nB = 'secret\n", 2, "B has a quote that does not close"),
        ('A="secret', 1, "A has a quote that does not close"),
        ("A=1\n<html>", 2, "'<html>' is no name of a variable"),
    ],
)
def test_a_line_that_compose_refuses(text: str, line: int, what: str) -> None:
    (finding,) = malformed_lines(text, Path("app.env"))

    assert (finding.message, finding.site and finding.site.line) == (what + REST, line)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ALONE\nexport ALONE # why",
        "  # don't\n\t\n",
        "A='x # y' # z",
        "A=it's",
        "1A=b",
        "a.b-c: d\r\n\r\n",
        'A="x\n# y"',
    ],
)
def test_lines_that_compose_takes(text: str) -> None:
    assert list(malformed_lines(text, Path("app.env"))) == []


@pytest.mark.parametrize("compose", [app("image: shop"), app("env_file: .env")])
def test_a_malformed_line_has_its_place(tmp_path: Path, compose: str) -> None:
    finding = diagnosed(tmp_path, compose, {".env": "A=1\nMY KEY=secret\n"})["env_file_malformed"]

    assert finding.site is not None
    assert (Path(finding.site.file).name, finding.site.line) == (".env", 2)
