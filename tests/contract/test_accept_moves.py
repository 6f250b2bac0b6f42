"""An item that moved below another one keeps what the file says of it."""

from __future__ import annotations

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_segment, a_span, a_subsegment, a_telemetry

OF_THE_TEAM = """\
          # the query that the dashboard shows,
          # and its index
          - span: query  # slow
            tier: public
            used_by: [Home]
"""


def home(below: str, rows: int = 3, queries: int = 1) -> Telemetry:
    """Return a request that calls mock and cache, and queries below one of them, or below itself."""
    root = a_span("GET /home")
    calls = {
        name: a_span(name, parent=root, span_id=f"{n}" * 16) for n, name in enumerate(("mock", "cache"), 1)
    }
    parent = calls.get(below, root)
    some = [
        a_span("query", parent=parent, span_id=f"{n + 3:016x}", attributes={"rows": rows})
        for n in range(queries)
    ]
    fetches = [a_span("fetch", parent=query, span_id=f"{n + 9:016x}") for n, query in enumerate(some)]
    return a_telemetry(root, *calls.values(), *some, *fetches)


def a_run(telemetry: Telemetry) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


def of_the_team(below: str) -> str:
    """Return a contract in which people have said more of the query."""
    return (
        contract_text(a_run(home(below)))
        .replace("          - span: query\n", OF_THE_TEAM)
        .replace("rows: 3", "rows: 3  # as ann asked")
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("mock", "cache", "GET /home › mock › query: below mock → below cache; used by Home"),
        ("mock", "", "GET /home › mock › query: below mock → below GET /home; used by Home"),
    ],
)
def test_an_item_moves_with_its_comments(before: str, after: str, told: str) -> None:
    text, run = of_the_team(before), a_run(home(after))

    new, made, left = accepted_text(text, run)

    assert [str(change).split("  ", 1)[1] for change in made] == [told]
    assert left == []
    assert check_contract(parse_contract(new), run) == ()
    for line in ("# and its index", "- span: query  # slow", "used_by: [Home]", "rows: 3  # as ann asked"):
        assert new.count(line) == text.count(line) == 1
    back, _, _ = accepted_text(new, a_run(home(before)))
    assert sorted(back.split()) == sorted(text.split())


def test_an_item_that_moves_down() -> None:
    text = contract_text(a_run(home(""))).replace(
        "- span: query\n", "- span: query\n        used_by: [Home]\n"
    )
    run = a_run(home("mock"))

    new, made, _ = accepted_text(text, run)

    assert [change.after for change in made] == ["below mock"]
    assert "          - span: query\n            used_by: [Home]\n" in new
    assert check_contract(parse_contract(new), run) == ()


def test_an_item_of_a_flow_list_moves_with_what_it_says() -> None:
    text = (
        "version: 1\noperations:\n  - span: GET /home\n"
        "    children: [{span: mock, children: [{span: query, used_by: [Home], attributes: {rows: 3}, "
        "children: [{span: fetch}]}]}, {span: cache}]\n"
    )
    run = a_run(home("cache"))

    new, made, _ = accepted_text(text, run)

    assert [change.after for change in made] == ["below cache"]
    assert "{span: query, used_by: [Home], attributes: {rows: 3}, children: [{span: fetch}]}" in new
    assert check_contract(parse_contract(new), run) == ()


@pytest.mark.parametrize("other", [home("cache", rows=4), home("cache", queries=2)])
def test_what_changed_on_its_way_comes_anew(other: Telemetry) -> None:
    new, made, _ = accepted_text(of_the_team("mock"), a_run(other))

    assert sorted((bool(change.before), bool(change.after)) for change in made) == [
        (False, True),
        (True, False),
    ]
    assert check_contract(parse_contract(new), a_run(other)) == ()


def test_a_subsegment_moves() -> None:
    def user(*, below: bool) -> RunRecord:
        query, call = a_subsegment("query", id="2" * 16), a_subsegment("mock", id="1" * 16)
        children = (a_subsegment("mock", query, id="1" * 16),) if below else (call, query)
        return a_run(Telemetry(segments=(a_segment("backend", *children),)))

    text = contract_text(user(below=True)).replace("- subsegment: query", "- subsegment: query  # slow")

    new, made, _ = accepted_text(text, user(below=False))

    assert [change.after for change in made] == ["below backend"]
    assert "      - subsegment: query  # slow\n" in new
    assert check_contract(parse_contract(new), user(below=False)) == ()
