from __future__ import annotations

from typing import Any

from harness.model import Resource
from harness.report.walk import rebuild
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
