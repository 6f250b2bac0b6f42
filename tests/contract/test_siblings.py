"""Events, links and siblings that only some have: the loss of each is seen."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import Link, RunRecord, ScenarioRecord, Span, SpanEvent, Status, StatusCode, Telemetry
from tests.builders import a_segment, a_span, a_subsegment, a_telemetry, hex_id

ERROR = Status(code=StatusCode.ERROR)
SAVED = (SpanEvent(name="saved", time_unix_nano=1),)
LINKS = (Link(trace_id="0" * 31 + "1", span_id=hex_id("other"), attributes={"queue": "orders"}),)


def a_run(*telemetry: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(telemetry, 1))
    )


def job(*children: dict[str, Any], **fields: Any) -> Telemetry:
    root = a_span("job", **fields)
    return a_telemetry(root, *(_child(root, number, child) for number, child in enumerate(children, 1)))


def _child(root: Span, number: int, fields: dict[str, Any]) -> Span:
    given: dict[str, Any] = {"name": "step", "span_id": f"{number:016x}", "at_ms": number, "parent": root}
    return a_span(**given | fields)


def written(*telemetry: Telemetry) -> str:
    """Return the contract of a run, which holds for it without a word, and is what accepting it leaves."""
    text = contract_text(a_run(*telemetry))
    assert check_contract(parse_contract(text), a_run(*telemetry)) == ()
    assert accepted_text(text, a_run(*telemetry))[0] == text
    return text


def lines(text: str, start: str) -> str:
    """Return what a contract says from a line on."""
    return text[text.index(start) :]


def found(text: str, *telemetry: Telemetry) -> list[str]:
    return [
        f"{f.level.value} {f.id} {f.where}: {f.message}"
        for f in check_contract(parse_contract(text), a_run(*telemetry))
    ]


def test_an_event_that_some_spans_have_is_optional() -> None:
    text = written(job(events=SAVED), job())
    assert lines(text, "    events") == "    events:\n      - event: saved\n        presence: optional\n"
    assert found(text, job(), job()) == [
        (
            "warning item_unexercised job: no scenario captured optional event 'saved' of span 'job';"
            " add one, or remove it"
        )
    ]


def test_further_events_and_links_that_some_spans_have_are_optional() -> None:
    text = written(job(events=SAVED * 3, links=LINKS * 2), job(events=SAVED, links=LINKS))
    assert (
        lines(text, "    events")
        == """\
    events:
      - saved
      - event: saved
        presence: optional
    links:
      - attributes:
          queue: orders
      - attributes:
          queue: orders
        presence: optional
"""
    )
    assert found(text, job(events=SAVED, links=LINKS)) == [
        (
            "warning item_unexercised job: no scenario captured optional further event 'saved' of span 'job';"
            " add one, or remove it"
        ),
        (
            "warning item_unexercised job: no scenario captured optional further"
            " link(attributes={'queue': 'orders'}) of span 'job'; add one, or remove it"
        ),
    ]
    assert found(text, job(links=LINKS * 2, events=SAVED * 2), job(links=LINKS)) == [
        "error event_missing job: no event 'saved' was captured; the span has no events (in test_2)"
    ]


def test_an_optional_event_is_as_it_says_where_it_is() -> None:
    rows = SpanEvent(name="saved", time_unix_nano=1, attributes={"rows": 3})
    text = written(job(events=(rows,)), job())
    other = SpanEvent(name="saved", time_unix_nano=1, attributes={"rows": "3"})
    assert found(text, job(events=(other,)), job()) == [
        (
            "error attribute_mismatch job: event 'saved': rows: expected 3,"
            " captured '3' (int expected, str captured) (in test_1)"
        )
    ]


STATUSES: tuple[dict[str, Any], ...] = ({"status": ERROR}, {})
EVENTS: tuple[dict[str, Any], ...] = ({}, {"events": SAVED})
WITH_LINKS: tuple[dict[str, Any], ...] = ({}, {"links": LINKS})
NAMES: tuple[dict[str, Any], ...] = ({"attributes": {"n": "load"}}, {"attributes": {"n": "save"}})
SOME: tuple[dict[str, Any], ...] = ({"attributes": {"n": "load"}}, {})


@pytest.mark.parametrize(
    ("siblings", "finding"),
    [
        (STATUSES, "error status_mismatch job › step: status: expected ERROR, captured UNSET"),
        (EVENTS, "error event_missing job › step: no event 'saved' was captured; the span has no events"),
        (
            WITH_LINKS,
            (
                "error link_missing job › step: no link(attributes={'queue': 'orders'}) was captured;"
                " the span has no links"
            ),
        ),
        (
            NAMES,
            "error attribute_mismatch job › step: n: expected 'load', captured 'save'",
        ),
        (SOME, "error attribute_missing job › step: no attribute 'n'; none was captured"),
    ],
)
@pytest.mark.parametrize("requests", [1, 2])
def test_siblings_of_one_name_are_told_apart(
    siblings: tuple[dict[str, Any], ...], finding: str, requests: int
) -> None:
    text = written(*(job(*order) for order in itertools.islice(itertools.permutations(siblings), requests)))
    assert text.count("- span: step") == 2
    plain = siblings[0] if siblings is EVENTS or siblings is WITH_LINKS else siblings[1]
    assert found(text, job(plain, plain)) == [f"{finding} (in test_1)"]


def test_siblings_that_come_in_numbers() -> None:
    error, unset = STATUSES
    text = written(*(job(*order) for order in ((error, unset, unset), (unset, error, unset))))
    assert text.count("count: 2") == 1
    assert found(text, job(unset, unset, error)) == []
    assert found(text, job(unset, unset)) == [
        "error span_missing job: no span 'step' with status ERROR was captured below it (in test_1)"
    ]


def test_siblings_that_differ_from_request_to_request_are_described_together() -> None:
    error, unset = STATUSES
    text = written(job(error, unset), job(unset, unset))
    assert "        status/one_of:\n          - error\n          - unset\n        count: 2\n" in text


def test_a_kind_of_sibling_that_only_some_have_is_an_item_of_its_own() -> None:
    load, save = NAMES
    text = written(job(load), job(save, load), job(load, save))
    assert text.count("- span: step") == 2
    assert text.count("presence: optional") == 1
    assert found(text, job(load, save), job(load)) == []
    (finding,) = found(text, job(load), job(load))
    assert finding == (
        "warning item_unexercised job: no scenario captured optional span 'step' with attributes"
        " {'n': 'save'}; add one, or remove the item"
    )
    (finding,) = found(text, job(save), job(load, save))
    assert finding.startswith(
        "error span_missing job: no span 'step' with attributes {'n': 'load'} was captured"
    )


@pytest.mark.parametrize(
    "rows",
    [
        [{"attributes": {"n": number}} for number in range(3)],
        [{"attributes": {"n": f"row {number}"}} for number in range(3)],
        [{"attributes": {"n": name}} for name in ("a", "b", "c", "d", "e", "f")],
    ],
)
def test_rows_that_are_data_are_described_together(rows: list[dict[str, Any]]) -> None:
    text = written(job(*rows[:1]), job(*rows[:2]), job(*rows))
    assert text.count("- span: step") == 1


def test_a_number_that_one_request_alone_has_does_not_tell_siblings_apart() -> None:
    text = written(job({"attributes": {"depth": 3}}, {"attributes": {"depth": 5}}))
    assert "depth/type: int" in text


def test_siblings_with_other_children_are_told_apart() -> None:
    root = a_span("job")
    steps = [a_span("step", parent=root, span_id=f"{n:016x}", at_ms=n) for n in (1, 2)]
    below = a_span("query", parent=steps[1])
    text = written(a_telemetry(root, *steps, below))
    assert text.count("- span: step") == 2
    assert found(text, a_telemetry(root, *steps[::-1], below)) == []
    assert found(text, a_telemetry(root, *steps)) == [
        "error span_missing job › step: no span 'query' was captured below it (in test_1)"
    ]


def test_subsegments_of_one_name_are_told_apart() -> None:
    def table(*operations: str) -> Telemetry:
        calls = (a_subsegment("dynamodb", aws={"operation": name}, namespace="aws") for name in operations)
        return Telemetry(segments=(a_segment("pay", *calls),))

    text = written(table("GetItem", "PutItem"), table("PutItem", "GetItem"))
    assert found(text, table("GetItem", "GetItem")) == [
        "error aws_mismatch pay › dynamodb: aws.operation: expected 'PutItem', captured 'GetItem' (in test_1)"
    ]


def test_an_event_is_not_forbidden() -> None:
    events = "\n    events: [{event: a, presence: forbidden}]"
    with pytest.raises(Exception, match="an event or link is required or optional, 'forbidden' given"):
        parse_contract(f"version: 1\noperations:\n  - span: a{events}")


def test_the_kind_of_sibling_that_is_gone_is_named() -> None:
    root = a_span("work")
    steps = [
        a_span("step", parent=root, span_id=f"{n}" * 16, attributes={"step.name": n, "rows": 3}) for n in "ab"
    ]
    contract = parse_contract(contract_text(a_run(a_telemetry(root, *steps))))

    (found,) = check_contract(contract, a_run(a_telemetry(root, steps[0])))
    assert found.message.startswith("no span 'step' with attributes {'step.name': 'b'} was captured below it")
