"""A log line that several operations make is asked of each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.contract.logged_in import Origins
from harness.errors import ContractError
from harness.model import Resource, RunRecord, ScenarioRecord
from tests.builders import a_log_record, a_span, a_telemetry

OPERATIONS = ("GET /a", "GET /b", "GET /c")
LISTED = "    operations:\n      - GET /a\n      - GET /b\n      - GET /c\n"


def a_run(*names: str, silent: Collection[int] = ()) -> RunRecord:
    """Return a run of requests, each of which logs below its child, but for the silent ones."""
    scenarios = []
    for number, name in enumerate(names):
        root = a_span(name, trace_id=f"{number + 1:032x}", span_id=f"{number + 1:016x}")
        work = a_span("work", parent=root, span_id=f"{number + 100:016x}")
        ids = {"trace_id": work.trace_id, "span_id": work.span_id}
        logged = [] if number in silent else [a_log_record("loading", **ids)]
        scenarios.append(ScenarioRecord(name=f"t{number}", telemetry=a_telemetry(root, work, *logged)))
    return RunRecord(scenarios=tuple(scenarios))


def found(text: str, record: RunRecord) -> list[str]:
    return [f"{f.level.value} {f.id}: {f.message}" for f in check_contract(parse_contract(text), record)]


def test_what_one_of_several_operations_logs_no_more_is_missing() -> None:
    text = contract_text(a_run(*OPERATIONS))
    assert text.endswith(LISTED)
    assert found(text, a_run(*OPERATIONS)) == []

    assert found(text, a_run(*OPERATIONS, silent={1})) == [
        "error log_record_missing: no log record 'loading' was captured in 'GET /b', which makes one"
    ]
    assert found(text, a_run(*OPERATIONS, silent={0, 1, 2})) == [
        "error log_record_missing: no log record 'loading' was captured"
    ]


def test_of_an_operation_that_no_scenario_exercised_nothing_is_asked() -> None:
    assert found(contract_text(a_run(*OPERATIONS)), a_run("GET /a", "GET /c")) == [
        "warning operation_unexercised: no scenario exercised span 'GET /b'; add one, or remove the operation"
    ]


def test_one_request_of_an_operation_that_logs_is_enough() -> None:
    text = contract_text(a_run(*OPERATIONS))

    assert found(text, a_run(*OPERATIONS, "GET /b", silent={3})) == []


@pytest.mark.parametrize(
    ("names", "silent"),
    [
        (("GET /a", "GET /a", "GET /b"), {2}),
        (("GET /a", "GET /b"), ()),
        (("GET /a", "GET /a", "GET /b", "GET /b"), {0, 2}),
    ],
    ids=["one operation", "once in each of two processes", "some requests"],
)
def test_what_may_be_elsewhere_in_the_next_run_is_asked_of_no_operation(
    names: tuple[str, ...], silent: Collection[int]
) -> None:
    assert (
        "operations:\n      -" not in contract_text(a_run(*names, silent=silent)).partition("log_records")[2]
    )


def each(*records: tuple[str, dict[str, Any]]) -> RunRecord:
    """Return a run of requests, each with one log record."""
    scenarios = []
    for number, (name, fields) in enumerate(records, 1):
        root = a_span(name, trace_id=f"{number:032x}", span_id=f"{number:016x}")
        record = a_log_record(
            **{"body": "cache filled", **fields}, trace_id=root.trace_id, span_id=root.span_id
        )
        scenarios.append(ScenarioRecord(name=f"t{number}", telemetry=a_telemetry(root, record)))
    return RunRecord(scenarios=tuple(scenarios))


def an_item(fields: Mapping[str, Any]) -> str:
    body = "null" if "body" in fields else "cache filled"
    details = "".join(f"    {name}: {value}\n" for name, value in fields.items() if name != "body")
    return f"  - log_record: {body}\n{details}    operations: [GET /a, GET /b]\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"body": None, "event_name": "paid"}, {"body": None, "event_name": "shipped"}),
        ({"severity_text": "INFO"}, {"severity_text": "WARN"}),
    ],
)
def test_another_record_of_the_same_body_is_not_the_one_that_is_missing(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    both = [(name, fields) for name in ("GET /a", "GET /b") for fields in (one, other)]
    text = "version: 1\noperations:\n  - span: GET /a\n  - span: GET /b\nlog_records:\n"
    text += "".join(map(an_item, (one, other)))
    assert found(text, each(*both)) == []

    told = found(text, each(*(pair for pair in both if pair != ("GET /b", one))))

    missing = [message for message in told if message.startswith("error log_record_missing")]
    assert [message.partition(" was ")[2] for message in missing] == ["captured in 'GET /b', which makes one"]


def test_what_loses_its_trace_is_accepted_at_once() -> None:
    text = contract_text(a_run(*OPERATIONS))
    scenarios = a_run(*OPERATIONS).scenarios
    alone = [
        replace(one, telemetry=replace(one.telemetry, log_records=(a_log_record("loading"),)))
        for one in scenarios
    ]
    run = RunRecord(scenarios=tuple(alone))

    new, _, _ = accepted_text(text, run)

    assert found(new, run) == []
    assert accepted_text(new, run)[1] == []


def test_an_operation_that_has_an_id_in_its_name_is_named_by_its_form() -> None:
    names = [f"job {UUID(int=(number << 96) + 7)}" for number in range(2)]
    text = contract_text(a_run(*names, "GET /b"))
    assert text.endswith("    operations:\n      - GET /b\n      - regex: '\\Ajob [0-9a-fA-F-]{36}\\Z'\n")
    again = [f"job {UUID(int=(number << 96) + 9)}" for number in range(2)]

    assert found(text, a_run(*again, "GET /b")) == []
    assert [one.partition(":")[0] for one in found(text, a_run(*again, "GET /b", silent={0, 1}))] == [
        "error log_record_missing"
    ]


def test_accept_takes_out_what_is_logged_no_more_and_renames() -> None:
    text = contract_text(a_run(*OPERATIONS)).replace("      - GET /c\n", "      - GET /c  # and this\n")

    new, made, _ = accepted_text(text, a_run("GET /a", "GET /b", "GET /cs", silent={0}))

    assert [change.what for change in made] == ["span", "operations"]
    assert new.endswith("    operations:\n      - GET /b\n      - GET /cs  # and this\n")
    assert found(new, a_run("GET /a", "GET /b", "GET /cs", silent={0})) == []


def test_accept_adds_a_log_record_with_the_operations_that_make_it() -> None:
    text = contract_text(a_run(*OPERATIONS)).replace("log_record: loading", "log_record: something else")

    new, _, _ = accepted_text(text, a_run(*OPERATIONS))

    assert new == contract_text(a_run(*OPERATIONS))


def test_accept_takes_out_an_operation_that_is_gone() -> None:
    text = contract_text(a_run(*OPERATIONS))
    run = a_run("GET /a", "GET /b")
    _, _, (left,) = accepted_text(text, run)
    without, _, _ = accepted_text(text, run, [left.id])

    new, made, _ = accepted_text(without, run)

    assert [change.what for change in made] == ["operations"]
    assert new.endswith("    operations:\n      - GET /a\n      - GET /b\n")
    assert found(new, run) == []


def of_services(*requests: tuple[str, str, bool]) -> RunRecord:
    """Return a run of requests: of which service, its name, and whether it logs."""
    scenarios = []
    for number, (service, name, logs) in enumerate(requests, 1):
        resource = Resource(attributes={"service.name": service})
        root = a_span(name, trace_id=f"{number:032x}", span_id=f"{number:016x}", resource=resource)
        ids = {"trace_id": root.trace_id, "span_id": root.span_id}
        logged = [a_log_record("loading", resource=resource, **ids)] if logs else []
        scenarios.append(ScenarioRecord(name=f"t{number}", telemetry=a_telemetry(root, *logged)))
    return RunRecord(scenarios=tuple(scenarios))


def test_a_request_of_the_same_name_of_another_service_is_another() -> None:
    web = [("web", name, True) for name in ("GET /h", "GET /i", "GET /j")]
    text = contract_text(of_services(*web, ("worker", "GET /h", False)))
    assert text.endswith("    operations:\n      - GET /h\n      - GET /i\n      - GET /j\n")

    assert found(text, of_services(*web, ("worker", "GET /h", False))) == []
    assert found(text, of_services(("web", "GET /h", False), *web[1:], ("worker", "GET /h", False))) == [
        "error log_record_missing: no log record 'loading' was captured in 'GET /h', which makes one"
    ]
    left = found(text, of_services(*web[1:], ("worker", "GET /h", False)))
    assert [message.partition(":")[0] for message in left] == ["warning operation_unexercised"]


def test_a_name_that_is_no_operation_is_told() -> None:
    text = contract_text(a_run(*OPERATIONS)).replace("      - GET /b\n", "      - GET /bb\n")

    assert found(text, a_run(*OPERATIONS)) == [
        "warning item_unexercised: operations: 'GET /bb' is no operation of the contract; closest: 'GET /b'"
    ]


def test_a_pattern_of_no_operation_is_told() -> None:
    text = contract_text(a_run(*OPERATIONS)).replace("      - GET /b\n", "      - regex: /bx$\n")

    assert found(text, a_run(*OPERATIONS)) == [
        "warning item_unexercised: operations: regex('/bx$') is no operation of the contract"
    ]
    assert found(text.replace("/bx$", "/b$"), a_run(*OPERATIONS)) == []


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("GET /a", "operations: expected a list of items, each starting with '- '"),
        ("[]", "operations: a list of names is empty; remove it"),
        ("['']", "operations: expected a name, '' given"),
        ("[GET /a, GET /b, GET /a]", "'GET /a' is given twice; keep one"),
        ("[17]", "operations: expected a name, 17 given"),
        ("[{attributes: 1}]", "operations: expected a name, a mapping given"),
        ("[GET /a, {gt: 3}]", "contract:4:27: operations: operator 'gt' does not fit text"),
    ],
)
def test_what_is_no_list_of_names_is_refused(said: str, message: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(f"version: 1\nlog_records:\n  - log_record: x\n    operations: {said}\n")
    assert message in str(raised.value)


def test_only_a_log_record_names_operations() -> None:
    with pytest.raises(ContractError, match="unknown key 'operations' in log_event"):
        parse_contract("version: 1\nlog_events:\n  - log_event: x\n    operations: [GET /a]\n")


def test_parents_in_a_circle_have_no_root() -> None:
    one, other = (
        a_span("x", span_id=id_, parent_span_id=above)
        for id_, above in (("a" * 16, "b" * 16), ("b" * 16, "a" * 16))
    )
    record = a_log_record("x", trace_id=one.trace_id, span_id=one.span_id)

    origins = Origins(a_telemetry(one, other))

    assert origins.roots == []
    assert origins.root_of(record) is None
