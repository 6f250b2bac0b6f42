from __future__ import annotations

from typing import Any

from harness.model import LogRecord, Rejected, Resource, RunRecord, Site, Telemetry
from harness.report.walk import SETTLED, containers, rebuild
from tests.report.records import a_run, a_scenario, a_span, example_run


def test_what_does_not_change_is_the_original() -> None:
    record = example_run()

    assert rebuild(record, lambda value: value) is record


def test_only_what_changes_is_replaced() -> None:
    one, other = a_scenario("one"), a_scenario("other")

    def rename(value: Any) -> Any:
        return "renamed" if value == "other" else value

    rebuilt = rebuild(a_run(one, other), rename)

    assert rebuilt.scenarios[0] is one
    assert rebuilt.scenarios[1].name == "renamed"
    assert rebuilt.scenarios[1].telemetry is other.telemetry


def test_what_occurs_twice_is_changed_once() -> None:
    shared = Resource(attributes={"service.name": "x"})
    calls = []

    def change(value: Any) -> Any:
        if value == {"service.name": "x"}:
            calls.append(value)
            return {}
        return value

    spans = rebuild((a_span(resource=shared), a_span(resource=shared)), change)

    assert len(calls) == 1
    assert spans[0].resource is spans[1].resource


def test_what_is_settled_is_passed_by() -> None:
    site = Site("a.py", 1, "run")

    assert rebuild(site, str.upper, SETTLED | {str}) is site


def test_the_containers_of_every_struct_and_nothing_flat() -> None:
    span = a_span(attributes={"a": 1}, resource=Resource(attributes={"b": "x"}))

    found = list(containers(a_run(a_scenario(telemetry=Telemetry(spans=(span,))))))

    assert {"a": 1} in found
    assert {"b": "x"} in found
    assert not any(isinstance(value, int | bytes | tuple) for value in found)


def test_equal_structs_of_texts_are_changed_alike_and_shared_where_they_do_not_change() -> None:
    first, second, other = (a_span(site=Site(file, 1)) for file in ("a.py", "a.py", "b.py"))
    rebuilt = rebuild(Telemetry(spans=(first, second, other)), lambda v: "c.py" if v == "b.py" else v)
    assert rebuilt.spans[0] is first
    assert rebuilt.spans[1] is second
    assert rebuilt.spans[2].site == Site("c.py", 1)


def test_a_type_settled_in_fields_of_that_type_is_walked_in_others() -> None:
    record = RunRecord(
        outside=Telemetry(
            log_records=(LogRecord(body=b"body"),),
            rejected=(Rejected(channel="otlp", reason="r", payload=b"payload"),),
        )
    )

    outside = rebuild(record, lambda value: "changed", SETTLED | {str, float}, frozenset({bytes})).outside

    assert outside.log_records[0].body == "changed"
    assert outside.rejected[0].payload == b"payload"
