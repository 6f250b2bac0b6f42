"""What comes anew and is gone elsewhere keeps what the file says of it."""

from __future__ import annotations

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import RunRecord, ScenarioRecord, Telemetry
from tests.builders import a_segment, a_span, a_subsegment, a_telemetry

QUERY = "- span: query\n"
OF_THE_TEAM = """\
# the query that the dashboard shows,
{pad}# and its index
{pad}- span: query  # slow
{pad}  tier: public
{pad}  used_by: [Home]
"""
KEPT = ("# the query that", "# and its index", "- span: query  # slow", "used_by: [Home]", "  # as ann asked")


def chain(*names: str, rows: int = 3) -> RunRecord:
    """Return a run of one request whose spans are each below the one before."""
    spans = [a_span(names[0])]
    for number, name in enumerate(names[1:], 1):
        attributes = {"rows": rows} if name == "query" else {}
        one = a_span(name, parent=spans[-1], span_id=f"{number:016x}", attributes=attributes)
        spans.append(one)
    return a_run(a_telemetry(*spans))


def a_run(telemetry: Telemetry) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


def of_the_team(run: RunRecord) -> str:
    """Return a contract in which people have said more of the query."""
    text = contract_text(run)
    pad = " " * text.split(QUERY)[0].rpartition("\n")[2].count(" ")
    return text.replace(QUERY, OF_THE_TEAM.format(pad=pad)).replace("rows: 3", "rows: 3  # as ann asked")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("GET /", "query", "fetch"), ("GET /", "service", "query", "fetch")),
        (("GET /", "query"), ("GET /", "service", "cache", "query")),
        (("GET /", "query", "fetch"), ("GET /", "fetch", "query")),
        (("GET /", "fetch", "query"), ("GET /", "query", "fetch")),
        (("GET /", "mock", "query", "fetch"), ("GET /", "query", "fetch")),
        (("GET /", "query", "fetch"), ("GET /", "service", "query", "rows")),
    ],
    ids=["wrapped", "wrapped twice", "below its child", "above its parent", "unwrapped", "another below"],
)
def test_what_is_below_another_span_now_keeps_what_was_said(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    text, run = of_the_team(chain(*before)), chain(*after)

    new, _, left = accepted_text(text, run)

    assert left == []
    assert check_contract(parse_contract(new), run) == ()
    for line in KEPT:
        assert new.count(line) == text.count(line) == 1, new
    back, _, _ = accepted_text(new, chain(*before))
    assert sorted(back.split()) == sorted(text.split())


def test_a_child_that_is_a_root_now_keeps_what_was_said() -> None:
    root, alone = a_span("GET /"), a_span("query", trace_id="9" * 32, attributes={"rows": 3})
    run = a_run(a_telemetry(root, alone))

    new, _, left = accepted_text(of_the_team(chain("GET /", "query")), run)

    assert left == []
    assert check_contract(parse_contract(new), run) == ()
    assert all(new.count(line) == 1 for line in KEPT), new
    assert "\n  - span: query  # slow\n    tier: public\n    used_by: [Home]\n" in new


def test_a_root_that_is_a_child_now_keeps_what_was_said() -> None:
    root, alone = a_span("GET /"), a_span("query", trace_id="9" * 32, attributes={"rows": 3})
    text = of_the_team(a_run(a_telemetry(root, alone)))
    run = chain("GET /", "query")

    new, _, left = accepted_text(text, run)

    assert [change.before for change in left] == ["span 'query'"]
    assert new.count("used_by: [Home]") == new.count("- span: query  # slow") == 2
    new, _, left = accepted_text(new, run, [left[0].id])
    assert left == []
    assert check_contract(parse_contract(new), run) == ()
    assert "\n      - span: query  # slow\n        tier: public\n        used_by: [Home]\n" in new


def test_what_is_otherwise_now_comes_as_it_is() -> None:
    run = chain("GET /", "service", "query", rows=4)

    new, _, _ = accepted_text(of_the_team(chain("GET /", "query")), run)

    assert check_contract(parse_contract(new), run) == ()
    assert "rows: 4" in new
    assert not any(line in new for line in KEPT)


def test_of_two_that_are_alike_none_is_taken_for_the_other() -> None:
    def twice(*, wrapped: bool) -> RunRecord:
        root = a_span("GET /")
        spans = [root]
        for number, name in enumerate(("read", "write"), 1):
            above = a_span(name, parent=root, span_id=f"{number}" * 16)
            spans.append(above)
            if wrapped:
                above = a_span("pool", parent=above, span_id=f"a{number}" * 8)
                spans.append(above)
            spans.append(a_span("query", parent=above, span_id=f"b{number}" * 8))
        return a_run(a_telemetry(*spans))

    text = contract_text(twice(wrapped=False)).replace("- span: query\n", "- span: query  # which?\n", 1)

    new, _, _ = accepted_text(text, twice(wrapped=True))

    assert check_contract(parse_contract(new), twice(wrapped=True)) == ()
    assert "# which?" not in new


def test_an_item_of_a_flow_list_keeps_what_it_says() -> None:
    text = (
        "version: 1\noperations:\n  - span: GET /\n"
        "    children: [{span: query, count: 1, used_by: [Home], attributes: {rows: 3}}]\n"
    )
    run = chain("GET /", "service", "query")

    new, _, _ = accepted_text(text, run)

    assert "span: query, used_by: [Home], attributes: {rows: 3}" in new
    assert check_contract(parse_contract(new), run) == ()


def test_a_subsegment_below_a_new_one_keeps_what_was_said() -> None:
    def user(*, wrapped: bool) -> RunRecord:
        query = a_subsegment("query", id="2" * 16)
        return a_run(
            Telemetry(segments=(a_segment("app", a_subsegment("mock", query) if wrapped else query),))
        )

    text = contract_text(user(wrapped=False)).replace("- subsegment: query", "- subsegment: query  # slow")

    new, _, _ = accepted_text(text, user(wrapped=True))

    assert "          - subsegment: query  # slow\n" in new
    assert check_contract(parse_contract(new), user(wrapped=True)) == ()
