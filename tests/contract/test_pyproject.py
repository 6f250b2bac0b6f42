"""Waivers of a project, and every mistake in them."""

from pathlib import Path

import pytest

from harness.contract import read_waivers
from harness.errors import ContractError


def written(directory: Path, text: str) -> Path:
    file = directory / "pyproject.toml"
    file.write_text(text)
    return file


def test_a_project_without(tmp_path: Path) -> None:
    assert read_waivers(tmp_path / "pyproject.toml") == ()
    assert read_waivers(written(tmp_path, "[project]\nname = 'x'\n")) == ()


def test_a_day_may_be_quoted_or_not(tmp_path: Path) -> None:
    text = "".join(
        f"[[tool.telemetry-harness.waivers]]\nfinding = 'a'\nowner = 'b'\nreason = 'c'\nexpires = {day}\n"
        for day in ("2027-01-31", "'2027-01-31'")
    )
    first, second = read_waivers(written(tmp_path, text))
    assert (first.finding, first.where, first.expires) == ("a", "", "2027-01-31")
    assert second.expires == first.expires
    assert [str(one.site) for one in (first, second)] == ["pyproject.toml:1", "pyproject.toml:6"]


def test_waivers_that_are_written_inline_are_at_the_first_line(tmp_path: Path) -> None:
    inline = "{finding = 'a', owner = 'b', reason = 'c', expires = 2027-01-31}"
    (waiver,) = read_waivers(written(tmp_path, f"[tool.telemetry-harness]\nwaivers = [{inline}]\n"))
    assert str(waiver.site) == "pyproject.toml:1"


def test_every_mistake_is_told(tmp_path: Path) -> None:
    text = (
        "[[tool.telemetry-harness.waivers]]\nfinding = 'a'\nowenr = 'b'\nexpires = 'now'\n"
        "[[tool.telemetry-harness.waivers]]\nfinding = 'a'\nowner = 'b'\nreason = 'c'\nexpires = 'soon'\n"
    )
    with pytest.raises(ContractError) as raised:
        read_waivers(written(tmp_path, text))
    assert raised.value.problems == (
        "pyproject.toml:1: waiver: unknown key 'owenr'; did you mean 'owner'?",
        "pyproject.toml:1: waiver: owner, reason missing; who waives what, why and until when?",
        "pyproject.toml:1: waiver: expires: expected a day such as 2027-01-31, 'now' given",
        "pyproject.toml:5: waiver: expires: expected a day such as 2027-01-31, 'soon' given",
    )


@pytest.mark.parametrize("text", ["[", "[tool.telemetry-harness]\nwaivers = 3\n"])
def test_no_toml_or_no_tables(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContractError, match=r"pyproject\.toml: "):
        read_waivers(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tool = 'x'\n", "tool: expected a table [tool], 'x' given"),
        (
            "[tool]\ntelemetry-harness = 3\n",
            "tool.telemetry-harness: expected a table [tool.telemetry-harness], 3 given",
        ),
        ("[[tool]]\n", "tool: expected a table [tool], [{}] given"),
    ],
)
def test_what_should_be_a_table_and_is_none(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ContractError) as raised:
        read_waivers(written(tmp_path, text))
    assert raised.value.problems == (f"pyproject.toml: {problem}",)
