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
    assert first == second
    assert (first.finding, first.where, first.expires) == ("a", "", "2027-01-31")


def test_every_mistake_is_told(tmp_path: Path) -> None:
    text = (
        "[[tool.telemetry-harness.waivers]]\nfinding = 'a'\nowenr = 'b'\nexpires = 'now'\n"
        "[[tool.telemetry-harness.waivers]]\nfinding = 'a'\nowner = 'b'\nreason = 'c'\nexpires = 'soon'\n"
    )
    with pytest.raises(ContractError) as raised:
        read_waivers(written(tmp_path, text))
    table = "pyproject.toml: tool.telemetry-harness.waivers, number"
    assert raised.value.problems == (
        f"{table} 1: unknown key 'owenr'; did you mean 'owner'?",
        f"{table} 1: owner, reason missing; who waives what, why and until when?",
        f"{table} 1: expires: expected a day such as 2027-01-31, 'now' given",
        f"{table} 2: expires: expected a day such as 2027-01-31, 'soon' given",
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
