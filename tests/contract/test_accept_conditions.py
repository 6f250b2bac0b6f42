"""Variants whose ``when`` names an attribute that has another name now."""

from __future__ import annotations

from collections.abc import Sequence

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import RunRecord, ScenarioRecord, SpanKind
from tests.builders import a_span, a_telemetry

OLD, NEW = "http.status_code", "http.response.status_code"


def web(key: str, *codes: int, name: str = "GET /x", extra: Sequence[str] = ()) -> RunRecord:
    """Return requests that were answered with these codes, which they have under a key."""
    roots = [
        a_span(
            name,
            kind=SpanKind.SERVER,
            trace_id=f"{number:032x}",
            span_id=f"{number:016x}",
            attributes={key: code, "app.code": code, **{f"{key}.{one}": code for one in extra}},
        )
        for number, code in enumerate(codes, 1)
    ]
    return RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(*roots)),))


def of_the_team(*codes: int) -> str:
    text = contract_text(web(OLD, *codes))
    return text.replace("    when:\n", "    used_by: [Home]\n    when:  # which\n").replace(
        f"        {OLD}: 404\n", f"        {OLD}: 404  # nobody there\n"
    )


def test_each_variant_is_told_by_the_new_key() -> None:
    text, run = of_the_team(200, 404), web(NEW, 200, 404)

    new, made, left = accepted_text(text, run)

    assert [str(change).split("  ", 1)[1] for change in made] == [
        f"GET /x: {OLD} → {NEW} (2 items); used by Home",
        f"GET /x: {OLD}: 200 → {NEW}: 200; used by Home",
        f"GET /x: {OLD}: 404 → {NEW}: 404; used by Home",
    ]
    assert left == []
    assert new == text.replace(OLD, NEW)
    assert check_contract(parse_contract(new), run) == ()


def test_a_variant_that_no_scenario_exercised_is_told_by_it_too() -> None:
    text = of_the_team(200, 404)

    new, _, left = accepted_text(text, web(NEW, 200))

    assert f"        {NEW}: 404  # nobody there\n" in new
    assert [change.before for change in left] == [
        f"span 'GET /x' when span('GET /x', attributes={{'{NEW}': 404}})"
    ]
    assert check_contract(parse_contract(new), web(OLD, 200)) != ()


def test_in_one_line() -> None:
    text = (
        "version: 1\noperations:\n"
        f"  - {{span: GET /x, when: {{attributes: {{{OLD}: 200}}}}, used_by: [Home]}}\n"
        f"  - {{span: GET /x, when: {{attributes: {{{OLD}/one_of: [404, 410]}}}}}}\n"
    )
    run = web(NEW, 200, 404)

    new, _, _ = accepted_text(text, run)

    assert new == text.replace(OLD, NEW)
    assert check_contract(parse_contract(new), run) == ()


def test_a_key_that_is_there_is_not_renamed() -> None:
    """A code that is not declared is a new variant, and no other key."""
    new, made, _ = accepted_text(of_the_team(200, 404), web(OLD, 500, extra=["again"]))

    assert f"        {OLD}: 404  # nobody there\n" in new
    assert [change.what for change in made] == ["operation"]


def test_of_an_operation_that_has_requests_of_a_variant_no_key_is_renamed() -> None:
    run = web(OLD, 200)
    other = web(NEW, 404)
    both = RunRecord(scenarios=(*run.scenarios, *other.scenarios))

    new, _, _ = accepted_text(of_the_team(200, 404), both)

    assert f"        {OLD}: 404  # nobody there\n" in new
