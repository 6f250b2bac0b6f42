"""Contracts of runs in which the same thing is captured in several ways: they hold for their own run."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import LogRecord, Metric, Resource, RunRecord, ScenarioRecord, Span, SpanKind, Telemetry
from tests.builders import a_log_event, a_log_record, a_metric, a_segment, a_span, a_subsegment, a_telemetry

PLAIN = a_log_record("a", severity_number=0, severity_text="")


def a_run(*scenarios: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(scenarios))
    )


def written(*scenarios: Telemetry) -> str:
    """Return the contract of the scenarios, which holds for them, and is the same in any order."""
    texts = set()
    for order in list(permutations(scenarios))[:24]:
        text = contract_text(a_run(*order))
        assert check_contract(parse_contract(text), a_run(*order)) == ()
        texts.add(text)
    (text,) = texts
    return text


def test_the_kinds_of_a_span() -> None:
    kinds = (SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.SERVER)
    text = written(*(a_telemetry(a_span("work", kind=kind)) for kind in kinds))
    assert "    kind/one_of:\n      - internal\n      - server\n" in text


def test_another_kind_is_accepted() -> None:
    first, second = (a_telemetry(a_span("work", kind=k)) for k in (SpanKind.SERVER, SpanKind.INTERNAL))
    text, made, _ = accepted_text(contract_text(a_run(first)), a_run(first, second))
    assert [str(change)[10:] for change in made] == ["work: kind: server → kind/one_of: [internal, server]"]
    assert text == contract_text(a_run(first, second))


@pytest.mark.parametrize(
    "records",
    [
        (a_log_record("a", scope="s", attributes={"q": 1}), a_log_record("a")),
        (a_log_record("a"), PLAIN),
        (a_log_record("a"), a_log_record("a", scope="s"), PLAIN),
    ],
)
def test_log_records_with_a_detail_and_without(records: tuple[LogRecord, ...]) -> None:
    written(a_telemetry(*records), a_telemetry(*records[::-1]))
    for gone in records:
        others = a_run(a_telemetry(*(record for record in records if record is not gone)))
        (finding,) = check_contract(parse_contract(contract_text(a_run(a_telemetry(*records)))), others)
        assert finding.id == "log_record_missing"


def with_children(*scopes: str) -> Telemetry:
    root = a_span("work")
    return a_telemetry(
        root, *(a_span("c", parent=root, scope=s, span_id=f"{n:016x}") for n, s in enumerate(scopes, 1))
    )


@pytest.mark.parametrize("scopes", [("a", ""), ("", "a"), ("", "a", "a"), ("a", "", "b", "a", "")])
def test_children_with_a_scope_and_without(scopes: tuple[str, ...]) -> None:
    written(with_children(*scopes))
    written(with_children(*scopes), with_children(*scopes[:2]), with_children("a"))


def test_lists_that_differ_only_in_the_type_of_what_is_in_them() -> None:
    lists: tuple[list[Any], ...] = ([1, 2], [True, 2])
    text = written(*(a_telemetry(a_span("work", attributes={"l": one})) for one in lists))
    assert "l/each:\n        type:\n          - bool\n          - int\n" in text


def res(name: str) -> Resource:
    return Resource(attributes={"service.name": name})


@pytest.mark.parametrize("captured", [a_log_record("a", resource=res("A")), a_metric("m", resource=res("A"))])
def test_the_resource_of_an_app_without_spans(captured: LogRecord | Metric) -> None:
    text = written(a_telemetry(captured))
    assert "resource:\n  service.name: A\n" in text


@pytest.mark.parametrize("resource", [res("B"), Resource()])
def test_resources_that_differ_between_signals(resource: Resource) -> None:
    span: Span = a_span("work", resource=res("A"))
    written(a_telemetry(span, a_metric("m", resource=resource)))
    written(a_telemetry(span, a_log_record("a", resource=resource)))


def requested(url: str, *below: str) -> Telemetry:
    http = {"request": {"method": "GET", "url": url}, "response": {"status": 200}}
    return a_telemetry(a_segment("shop", *map(a_subsegment, below or ("in",)), http=http))


UUID, TOKEN = "17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e", "aGVsbG8gd29ybGQhIQ=="


@pytest.mark.parametrize(
    "urls",
    [
        ("http://x/health", "http://x/v1/health"),
        ("http://x/", "http://x/foo/", "http://x"),
        ("http://x/a?page=1", "http://x/b?page=2", "http://x/b#top"),
        ("/a?x=1", "/b/a"),
        (f"http://x/o/{UUID}", "http://x/o/list", f"http://x/v1/o/list?id={UUID}"),
        ("http://x/o/1234abcd", "http://x/o/feed", "http://x/o/add"),
        (f"http://x/f/{TOKEN}", "http://x/f/list", "http://x/f/list/all"),
        ("http://x/a.b", "http://x/aXb"),
    ],
)
def test_segments_of_several_paths_are_each_checked_as_what_they_are(urls: tuple[str, ...]) -> None:
    written(*(requested(url, url) for url in urls))


def test_an_id_of_decimal_digits_is_one_with_the_others() -> None:
    ids = ("1234abcd", "12345", "12345678", "deadbeefdeadbeef")
    text = written(*(requested(f"http://x/o/{id_}") for id_ in ids))
    assert text.count("segment: shop") == 1
    text = written(a_telemetry(*(a_log_event(f"request {id_} done") for id_ in ids)))
    assert text.endswith(
        "log_events:\n  - log_event/regex: '\\Arequest [0-9a-f]+ done\\Z'\n    log_group: cruddur\n"
    )
    text = written(a_telemetry(*(a_log_record(f"request {id_} done", attributes={"i": 1}) for id_ in ids)))
    assert text.count("log_record") == 2


def test_a_message_that_begins_another_takes_none_of_its_events() -> None:
    boom, longer = a_log_event("boom\n1"), a_log_event("boom again\n2")
    text = written(a_telemetry(longer, boom), a_telemetry(longer))
    (finding,) = check_contract(parse_contract(text), a_run(a_telemetry(longer)))
    assert finding.message == (
        "no log event matching starts_with('boom') was captured besides what log event matching"
        " starts_with('boom again') (line 8) takes"
    )


def test_the_roles_of_a_service_are_named_and_one_that_is_renamed_is_found() -> None:
    def run(*roles: str) -> Telemetry:
        resources = (Resource(attributes={"service.name": "a", "app.role": role}) for role in roles)
        return a_telemetry(
            *(a_span("work", span_id=f"{n:016}", resource=one) for n, one in enumerate(resources))
        )

    text = written(run("x", "y"))
    assert "resource:\n  app.role/one_of:\n    - x\n    - y\n" in text
    (finding,) = check_contract(parse_contract(text), a_run(run("x", "z")))
    assert finding.message.startswith("app.role: expected one_of('x', 'y'), captured 'z'")
    after, (change,), _ = accepted_text(text, a_run(run("x", "z")))
    assert after == text.replace("- y", "- z")
    assert change.where == "resource"
    assert "app.role/type: str  # more than 5 values" in written(run(*"abcdef"))


def test_resources_that_differ_in_what_is_no_text() -> None:
    def run(**values: Any) -> Telemetry:
        resource = Resource(attributes={"service.name": "a", **values})
        return a_telemetry(a_span("work", span_id=f"{len(values['args']):016}", resource=resource))

    text = written(run(args=["-v"], n=1), run(args=[1, "-q"], n=[2]))
    assert "  service.name: a\n" in text


def test_a_list_where_the_file_names_texts_is_accepted() -> None:
    run = a_run(a_telemetry(a_span("work", attributes={"mode": ["a"]})))
    text = contract_text(run).replace("mode:\n        - a", "mode/one_of: [a, b]")
    assert "one_of" in text

    after, (change,), _ = accepted_text(text, run)
    assert change.what == "mode"
    assert check_contract(parse_contract(after), run) == ()


@pytest.mark.parametrize("key", ["a/optional", "a‹uuid›"])
def test_a_key_that_a_contract_cannot_say_is_left_out(key: str) -> None:
    run = a_run(a_telemetry(a_span("work", attributes={key: 1, "b": 2})))
    found = check_contract(parse_contract(contract_text(run)), run)

    assert [(str(one.level), one.id) for one in found] == [("warning", "attribute_undeclared")]
