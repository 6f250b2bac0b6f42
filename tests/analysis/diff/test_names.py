"""Names and keys that hold ids: two runs of the same app do not differ."""

from __future__ import annotations

from uuid import UUID

import pytest

from harness.analysis.diff.values import value_of
from harness.contract.write.names import key_form, name_form, names_of
from harness.model import DataPoint, RunRecord, SpanEvent
from tests.analysis.diff.runs import a_run, changes, child
from tests.builders import a_log_event, a_log_record, a_metric, a_segment, a_span, a_subsegment


def app(number: int, *, rows: int = 3) -> RunRecord:
    """Return what an app with an id in every name emits."""
    one = UUID(int=(number << 96) + 0xA1)
    root = a_span(f"root {one.hex}")
    return a_run(
        root,
        child(
            f"order {one}",
            parent=root,
            attributes={f"k.{one}.n": rows, f"k.{UUID(int=number + 7)}.n": rows},
            events=(SpanEvent(name=f"saved {one}", time_unix_nano=1),),
        ),
        a_segment(f"job {one}", a_subsegment(f"db {one}", metadata={"default": {f"cart {one}": {"a": 1}}})),
        a_metric(f"queue.{one}", DataPoint(attributes={f"q.{one}": 1}, value=1)),
        a_log_record("done", event_name=f"done {one}"),
        a_log_event("done", log_group=f"app-{one}"),
    )


def test_two_runs_of_an_app_with_ids_in_its_names_do_not_differ() -> None:
    assert changes(app(1), app(2)) == []


def test_what_differs_below_such_names_is_told() -> None:
    assert changes(app(1), app(2, rows=4)) == [
        "value_changed at root ‹hex› › order ‹uuid›: attributes.k.‹uuid›.n 3 → 4"
    ]


@pytest.mark.parametrize("name", ["GET /", "order 17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e", "app.rows"])
def test_names_are_folded_as_contracts_do(name: str) -> None:
    assert (name_form(name) == name) == (names_of([name])[name][0] == "is") == (key_form(name) == name)


@pytest.mark.parametrize("value", [[1, "a"], [[1]], [{}], []])
def test_lists_are_values(value: list[object]) -> None:
    assert hash(value_of("v", value)) == hash(value_of("v", list(value)))
