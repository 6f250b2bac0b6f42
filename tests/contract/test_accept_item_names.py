"""An item that was renamed is renamed: what is said in it, and below it, stays, with its comments."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.model import DataPoint, RunRecord, ScenarioRecord
from tests.builders import a_log_event, a_log_record, a_metric, a_segment, a_span, a_subsegment, a_telemetry

SPANS = """\
version: 1
operations:
  - span: job
    children:
      # sales look at it
      - span: load order  # every time
        used_by: [Orders board]
        attributes:
          rows: 3  # board
        children:
          - span: db query
            tier: public
            attributes:
              # how many
              db.rows/type: int  # any
      - span: render
"""


def a_run(*captured: Any) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=a_telemetry(*captured)),))


def spans(load: str = "load order", query: str = "db query", rows: int = 3, db_rows: Any = 5) -> RunRecord:
    root = a_span("job")
    order = a_span(load, parent=root, attributes={"rows": rows}, span_id="1" * 16)
    below = a_span(query, parent=order, attributes={"db.rows": db_rows}, span_id="2" * 16)
    return a_run(root, order, below, a_span("render", parent=root, span_id="3" * 16))


def accepted(text: str, record: RunRecord) -> tuple[list[str], list[str]]:
    """Return the changes and the lines that they change, once it is sure that the run then holds."""
    after, made, _ = accepted_text(text, record)
    assert check_contract(parse_contract(after), record) == ()
    diff = difflib.unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    lines = [f"{one[0]} {one[1:].strip()}" for one in diff if not one.startswith(("@@", "---", "+++"))]
    return [str(change)[10:] for change in made], lines


def test_a_child() -> None:
    assert accepted(SPANS, spans("load orders")) == (
        ["job › load order: span: load order → span: load orders; used by Orders board"],
        ["- - span: load order  # every time", "+ - span: load orders  # every time"],
    )


def test_a_child_and_what_is_below_it() -> None:
    assert accepted(SPANS, spans("load orders", "db queries", db_rows="5")) == (
        [
            "job › load order: span: load order → span: load orders; used by Orders board",
            "job › load orders › db query: - span 'db query'; it is public",
            "job › load orders: + children: span: db queries",
        ],
        [
            "- - span: load order  # every time",
            "+ - span: load orders  # every time",
            "- - span: db query",
            "- tier: public",
            "+ - span: db queries",
            "+ kind: internal",
            "+ status: unset",
            "- # how many",
            "- db.rows/type: int  # any",
            "+ db.rows: '5'",
        ],
    )
    assert accepted(SPANS, spans("load orders", "db.query"))[0] == [
        "job › load order: span: load order → span: load orders; used by Orders board",
        "job › load orders › db query: span: db query → span: db.query; it is public",
    ]


def test_a_child_of_which_something_else_holds_is_another_one() -> None:
    told, _ = accepted(SPANS, spans("load orders", rows=4))
    assert told == [
        "job › load order: - span 'load order'; used by Orders board",
        "job: + children: span: load orders",
    ]


def test_a_child_of_another_name_is_another_one() -> None:
    told, _ = accepted(SPANS, spans("find"))
    assert told == [
        "job › load order: - span 'load order'; used by Orders board",
        "job: + children: span: find",
    ]


def test_a_child_that_is_there_is_not_renamed_to_another_one() -> None:
    root = a_span("job")
    order = a_span("load order", parent=root, span_id="1" * 16)
    other = a_span("load orders", parent=root, span_id="2" * 16)
    told, _ = accepted(contract_text(a_run(root, order)), a_run(root, order, other))
    assert told == ["job: + children: span: load orders"]


def test_an_optional_child() -> None:
    def run(name: str) -> RunRecord:
        root = a_span("job")
        child = a_span(name, parent=root, attributes={"n": 5}, span_id="1" * 16)
        return RunRecord(scenarios=(*a_run(root, child).scenarios, *a_run(a_span("job")).scenarios))

    text, record = contract_text(run("warm cache")), run("warmed cache")
    after, made, _ = accepted_text(text, record)
    assert [str(change)[10:] for change in made] == [
        "job › warm cache: span: warm cache → span: warmed cache"
    ]
    assert after == text.replace("warm cache", "warmed cache")


def test_a_child_with_an_id_in_its_name() -> None:
    def run(name: str, id_: str) -> RunRecord:
        root = a_span("job")
        return a_run(root, a_span(f"{name} {id_}", parent=root, span_id="1" * 16))

    before = run("order", "17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e")
    after = run("orders", "27cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e")
    told, _ = accepted(contract_text(before), after)
    assert len(told) == 1
    assert accepted_text(contract_text(before), after)[0] == contract_text(after)


def test_siblings_of_one_name() -> None:
    def run(name: str) -> RunRecord:
        root = a_span("job")
        steps = (
            a_span(name, parent=root, attributes={"step": step}, span_id=f"{n:016x}", at_ms=n)
            for n, step in enumerate(("load", "save"), 1)
        )
        return a_run(root, *steps)

    told, lines = accepted(contract_text(run("step")), run("steps"))
    assert told == ["job › step: span: step → span: steps (2 items)"]
    assert lines == ["- - span: step", "+ - span: steps"] * 2


def test_a_subsegment() -> None:
    def run(name: str) -> RunRecord:
        return a_run(a_segment("shop", a_subsegment(name, annotations={"n": 1})))

    text = contract_text(run("load")).replace("n: 1", "n: 1  # alarm")
    told, lines = accepted(text, run("loads"))
    assert told == ["shop › load: subsegment: load → subsegment: loads"]
    assert lines == ["- - subsegment: load", "+ - subsegment: loads"]


def test_every_series_of_a_metric() -> None:
    def run(name: str) -> RunRecord:
        points = (DataPoint(attributes={"kind": kind}, value=1) for kind in ("retail", "trade"))
        return a_run(a_metric(name, *points, unit="1"), a_metric("other", unit="1"))

    text = contract_text(run("orders")).replace("kind: trade", "kind: trade  # ours\n    used_by: [Alarm]")
    told, lines = accepted(text, run("orders.total"))
    assert told == ["metrics › orders: metric: orders → metric: orders.total (2 items); used by Alarm"]
    assert lines == ["- - metric: orders", "+ - metric: orders.total"] * 2


@pytest.mark.parametrize("emit", [a_log_event, a_log_record])
def test_a_message(emit: Any) -> None:
    text = contract_text(a_run(emit("order 3 loaded in 12 ms"), emit("ready")))
    text = "".join(f"{line}  # {n}\n" for n, line in enumerate(text.splitlines()) if line[0] != "#")
    record = a_run(emit("order 3 was loaded in 12 ms"), emit("ready"))
    told, lines = accepted(text, record)
    assert len(told) == 1
    assert len(lines) == 2
    told, _ = accepted(text, a_run(emit("cache warmed in 12 ms"), emit("ready")))
    assert [one[one.index(": ") + 2] for one in told] == ["-", "+"]


def test_an_operation_in_each_of_its_variants() -> None:
    def run(name: str) -> RunRecord:
        roots = (
            a_span(name, attributes={"http.status_code": code}, trace_id=f"{code:032x}")
            for code in (200, 404)
        )
        return a_run(*roots, a_span("other", trace_id="f" * 32))

    text = contract_text(run("GET /order")).replace(
        "- span: GET /order\n", "- span: GET /order  # ours\n    used_by: [Board]\n", 1
    )
    told, _ = accepted(text, run("GET /orders"))
    after, _, left = accepted_text(text, run("GET /orders"))
    assert told == ["operations › GET /order: span: GET /order → span: GET /orders (2 items); used by Board"]
    assert left == []
    assert after == text.replace("GET /order", "GET /orders")


def test_an_operation_that_is_there_is_not_renamed_to_another_one() -> None:
    text = contract_text(a_run(a_span("job", attributes={"n": 1})))
    roots = (
        a_span(name, attributes={"n": n}, trace_id=f"{n:032x}") for n, name in enumerate(("job", "jobs"), 1)
    )
    assert accepted(text, a_run(*roots))[0] == ["jobs: + operation: {span: jobs}"]


def test_an_operation_of_which_something_else_holds_is_another_one() -> None:
    text = contract_text(a_run(a_span("job", attributes={"n": 1})))
    _, made, left = accepted_text(text, a_run(a_span("jobs", attributes={"n": 2})))
    assert [str(change)[10:] for change in (*made, *left)] == [
        "jobs: + operation: {span: jobs}",
        "job: - span 'job'",
    ]


@pytest.mark.parametrize(
    ("name", "new_name", "key"),
    [
        ("http.server.duration", "http.server.request.duration", "http.request.method"),
        ("order.wait_ms", "order.wait_s", "http.method"),
    ],
)
def test_a_metric_with_another_unit_of_time(name: str, new_name: str, key: str) -> None:
    def waits(name: str, unit: str, key: str) -> RunRecord:
        points = [DataPoint(attributes={key: method}, value=1) for method in ("GET", "POST")]
        return a_run(a_metric(name, *points, unit=unit, scope="shop"))

    text = contract_text(waits(name, "ms", "http.method"))
    text = text.replace("    unit: ms\n", "    unit: ms\n    used_by: [Board]  # daily\n")

    changes, _ = accepted(text, waits(new_name, "s", key))
    after, _, _ = accepted_text(text, waits(new_name, "s", key))

    assert changes[0].startswith(f"metrics › {name}: metric: {name} → metric: {new_name} (2 items)")
    assert after == text.replace(name, new_name).replace("unit: ms", "unit: s").replace("http.method", key)


def test_a_metric_of_another_unit_is_another_metric() -> None:
    text = contract_text(a_run(a_metric("order.wait", DataPoint(value=1), unit="ms", scope="shop")))

    changes, _ = accepted(text, a_run(a_metric("order.waits", DataPoint(value=1), unit="By", scope="shop")))

    assert [one.partition(": ")[2][0] for one in changes] == ["-", "+"]
