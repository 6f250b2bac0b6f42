"""Ids of changes: each has its own, so that what was not chosen stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from harness.contract import contract_text
from harness.contract.accept import accepted_text
from harness.model import DataPoint, RunRecord, ScenarioRecord
from tests.builders import a_log_event, a_metric, a_segment, a_span, a_telemetry

OPERATIONS = "version: 1\noperations:\n"
LONG = "GET /" + "a" * 80


def a_run(*captured: Any) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(*captured)),))


def with_children(name: str = "GET /", **scopes: int) -> list[Any]:
    root = a_span(name)
    return [root, *(a_span("c", parent=root, scope=s, span_id=f"{n:016x}") for s, n in scopes.items())]


SAME_NAME = """\
version: 1
operations:
  - span: GET /
    children:
      - span: c
        scope: a
      - span: c
        scope: b
"""
CASES = [
    # Names of more than 60 characters that differ at their end.
    (
        OPERATIONS + f"  - {{span: {LONG}1, kind: client}}\n  - {{span: {LONG}2, kind: client}}\n",
        a_run(a_span(f"{LONG}1"), a_span(f"{LONG}2", span_id="2" * 16)),
    ),
    # Keys of one name in two namespaces, and in metadata and annotations.
    (
        OPERATIONS + "  - segment: s\n    metadata: {n: {k: 1}, m: {k: 1}}\n    annotations: {k: 1}\n",
        a_run(a_segment("s", metadata={"n": {"k": 2}, "m": {"k": 2}}, annotations={"k": 2})),
    ),
    # New children and log events that only differ in what is not shown.
    ("version: 1\noperations:\n  - span: GET /\n", a_run(*with_children(x=1, y=2))),
    (
        "version: 1\noperations: []\nlog_events:\n  - log_event: a\n    log_group: g\n",
        a_run(
            a_log_event("a", log_group="g"), a_log_event("b", log_group="g"), a_log_event("b", log_group="h")
        ),
    ),
    # Items that read alike.
    (SAME_NAME, a_run(*with_children())),
]


@pytest.mark.parametrize(("text", "record"), CASES)
def test_each_change_is_made_alone(text: str, record: RunRecord) -> None:
    _, changes, _ = accepted_text(text, record)
    ids = [change.id for change in changes]
    assert len(changes) == len(set(ids)) > 1

    alone = [accepted_text(text, record, [id_]) for id_ in ids]
    assert [[change.id for change in made] for _, made, _ in alone] == [[id_] for id_ in ids]
    assert len({after for after, _, _ in alone}) == len(ids)


@pytest.mark.parametrize("identity", ["span: GET /", "span/regex: ^GET"])
def test_an_id_does_not_depend_on_the_line(identity: str) -> None:
    text = f"version: 1\noperations:\n  - {identity}\n    attributes: {{a/regex: x, b: 1}}\n"
    moved = text.replace("operations:", "# one\n# more\noperations:")
    record = a_run(a_span("GET /", attributes={"a": "y", "b": 2}))
    first, second = (accepted_text(one, record)[1] for one in (text, moved))
    assert [change.id for change in first] == [change.id for change in second]


def test_the_id_of_a_series_stays_when_another_is_gone() -> None:
    points = [DataPoint(attributes={"kind": kind}, value=1) for kind in ("import", "export", "cleanup")]

    def counted(*some: DataPoint) -> RunRecord:
        return a_run(a_metric("jobs", *some))

    text, run = contract_text(counted(*points)), counted(points[0])
    first, second = (change.id for change in accepted_text(text, run)[1])

    after, _, _ = accepted_text(text, run, [first])

    assert [change.id for change in accepted_text(after, run)[1]] == [second]
