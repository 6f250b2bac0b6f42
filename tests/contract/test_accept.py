"""Accepting a run into its contract: the file afterwards holds, and what was not touched stays as it was."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.accept import accepted_text
from harness.contract.accept.document import Document
from harness.errors import ConfigurationError
from harness.model import (
    DataPoint,
    ExportRequest,
    MetricType,
    Resource,
    RunRecord,
    ScenarioRecord,
    SpanKind,
    Telemetry,
)
from tests.builders import (
    a_log_event,
    a_log_record,
    a_metric,
    a_segment,
    a_span,
    a_subsegment,
    a_telemetry,
)

CONTRACT = """\
# Reviewed by ann.
version: 1
operations:
  - span: GET /home  # the front page
    kind: server
    attributes:
      http.status_code: 200
      size/type: int  # any
    children:
      - span: query
        attributes:
          rows: 3  # always three
          table: users
  - segment: backend
    subsegments:
      - subsegment: mock
        metadata:
          ns:
            size: 1
log_events:
  - log_event: started
    log_group: cruddur
"""


def a_run(*children: Any, log_group: str = "cruddur", metadata: Any = None, **root: Any) -> RunRecord:
    attributes = {"http.status_code": 200, "size": 7} | root
    home = a_span("GET /home", kind=SpanKind.SERVER, attributes=attributes)
    below = children or (("query", {"rows": 3, "table": "users"}),)
    telemetry = Telemetry(
        spans=(
            home,
            *(
                a_span(name, parent=home, attributes=values, span_id=f"{n:016x}", at_ms=n)
                for n, (name, values) in enumerate(below, 1)
            ),
        ),
        segments=(a_segment("backend", a_subsegment("mock", metadata=metadata or {"ns": {"size": 1}})),),
        log_events=(a_log_event("started", log_group=log_group),),
    )
    return RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))


def changed_lines(record: RunRecord, *only: str, text: str = CONTRACT) -> list[str]:
    """Return the lines that differ after everything was accepted, and see that the run then holds."""
    after, _, _ = accepted_text(text, record, only)
    if not only:
        assert check_contract(parse_contract(after), record) == ()
    before = text.splitlines()
    gone = [f"- {line.strip()}" for line in before if line not in after.splitlines()]
    return gone + [f"+ {line.strip()}" for line in after.splitlines() if line not in before]


def test_a_run_that_holds_changes_nothing() -> None:
    assert accepted_text(CONTRACT, a_run()) == (CONTRACT, [], [])


@pytest.mark.parametrize(
    ("record", "lines"),
    [
        (
            a_run(("query", {"rows": 4, "table": "users"})),
            ["- rows: 3  # always three", "+ rows: 4  # always three"],
        ),
        (
            a_run(("query", {"rowz": 3, "table": "users"})),
            ["- rows: 3  # always three", "+ rowz: 3  # always three"],
        ),
        (
            a_run(("query", {"rows": 3, "table": "users", "app.now": "2026-03-01T12:00:00+00:00"})),
            ["+ app.now/format: date-time"],
        ),
        (a_run(size="7"), ["- size/type: int  # any", "+ size: '7'  # any"]),
        (
            a_run(("query", {"rows": 3, "table": "users"}), ("query", {"rows": 3, "table": "users"})),
            ["+ count: 2"],
        ),
        (
            a_run(("query", {"rows": 3, "table": "users"}), ("render", {"n": 1})),
            ["+ - span: render", "+ kind: internal", "+ status: unset", "+ n: 1"],
        ),
        (a_run(metadata={"ns": {"size": 2}}), ["- size: 1", "+ size: 2"]),
        (a_run(log_group="Cruddur"), ["- log_group: cruddur", "+ log_group: Cruddur"]),
    ],
    ids=["value", "renamed", "added", "retyped", "twice", "child", "metadata", "log group"],
)
def test_one_change(record: RunRecord, lines: list[str]) -> None:
    assert changed_lines(record) == lines


def test_a_child_that_is_gone_is_removed_and_one_that_is_gone_sometimes_is_optional() -> None:
    gone = a_run(("other", {}))
    assert "- - span: query" in changed_lines(gone)

    both = RunRecord(scenarios=(*a_run().scenarios, *gone.scenarios))
    assert "+ presence: optional" in changed_lines(both)


def test_a_new_operation_is_sorted_in() -> None:
    other = Telemetry(spans=(a_span("GET /about", kind=SpanKind.SERVER, trace_id="1" * 32),))
    record = RunRecord(scenarios=(*a_run().scenarios, ScenarioRecord(name="test_about", telemetry=other)))
    after, _, _ = accepted_text(CONTRACT, record)
    assert after.index("GET /about") < after.index("GET /home")
    assert check_contract(parse_contract(after), record) == ()


def test_what_no_scenario_exercised_is_removed_only_when_asked() -> None:
    text = CONTRACT + "# the end\n"
    record = RunRecord(
        scenarios=(ScenarioRecord(name="t", telemetry=Telemetry(log_events=(a_log_event("started"),))),)
    )
    after, made, left = accepted_text(text, record)
    assert (after, made) == (text, [])
    assert [str(change)[10:] for change in left] == [
        "GET /home: - span 'GET /home'",
        "backend: - segment 'backend'",
    ]

    after, made, _ = accepted_text(text, record, [left[1].id])
    assert "backend" not in after
    assert made == [made[0]]


def test_only_what_is_named() -> None:
    record = a_run(("query", {"rows": 4, "table": "posts"}))
    _, made, _ = accepted_text(CONTRACT, record)
    rows, table = made
    assert changed_lines(record, table.id) == ["- table: users", "+ table: posts"]
    assert rows.id != table.id


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"rowz": 3, "table": "users"}, ["rows: 3 → rowz: 3"]),
        ({"rowz": 4, "table": "users"}, ["- rows: 3", "+ rowz: 4"]),
        ({"n": 3, "table": "users"}, ["- rows: 3", "+ n: 3"]),
        ({"row_count": 3, "table": "users"}, ["rows: 3 → row_count: 3"]),
        ({"row": 3, "rowz": 3, "table": "users"}, ["rows: 3 → row: 3", "+ rowz: 3"]),
        ({"rows/z": 3, "table": "users"}, ["rows: 3 → rows/z/is: 3"]),
        ({"rowz": 3, "tables": "users"}, ["rows: 3 → rowz: 3", "table: users → tables: users"]),
    ],
)
def test_a_renamed_key_is_one_change(query: dict[str, Any], told: list[str]) -> None:
    record = a_run(("query", query))
    after, made, _ = accepted_text(CONTRACT, record)
    assert [str(change)[10:] for change in made] == [f"GET /home › query: {edit}" for edit in told]
    assert check_contract(parse_contract(after), record) == ()


def test_an_optional_key_that_the_run_lacks_stays_where_no_other_is_as_it_says() -> None:
    text = CONTRACT.replace("table: users", "table/optional: users")
    _, made, _ = accepted_text(text, a_run(("query", {"rows": 3, "tables": "carts"})))
    assert [str(change)[10:] for change in made] == ["GET /home › query: + tables: carts"]


def test_a_renamed_key_keeps_its_operator() -> None:
    record = a_run()
    root, *below = record.scenarios[0].telemetry.spans
    root = msgspec.structs.replace(root, attributes={"http.status_code": 200, "sizes": 9})
    telemetry = msgspec.structs.replace(record.scenarios[0].telemetry, spans=(root, *below))
    record = RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))
    assert changed_lines(record) == ["- size/type: int  # any", "+ sizes/type: int  # any"]


def test_ids_stay_when_an_earlier_change_was_made() -> None:
    record = a_run(("query", {"rows": 4, "table": "posts", "app.now": 1}), metadata={"ns": {"size": 2}})
    _, made, _ = accepted_text(CONTRACT, record)
    after, _, _ = accepted_text(CONTRACT, record, [made[0].id, made[2].id])
    _, later, _ = accepted_text("# a line more\n" + after, record)
    assert [change.id for change in later] == [made[1].id, *(change.id for change in made[3:])]


def test_the_same_change_of_two_variants_has_two_ids() -> None:
    variants = "".join(
        f"  - span: GET /home\n    when: {{attributes: {{http.status_code: {status}}}}}\n    kind: client\n"
        for status in (200, 404)
    )
    not_found: dict[str, Any] = {"http.status_code": 404}
    record = RunRecord(scenarios=(*a_run().scenarios, *a_run(**not_found).scenarios))
    _, made, _ = accepted_text(f"version: 1\noperations:\n{variants}", record)
    first, second = (change for change in made if change.what == "kind")
    assert str(first)[8:] == str(second)[8:] == "  GET /home: kind: client → kind: server"
    assert first.id != second.id


def test_an_id_that_is_none() -> None:
    with pytest.raises(ConfigurationError, match="no change 'abc'; known: there is none"):
        accepted_text(CONTRACT, a_run(), ["abc"])


def test_the_resource_is_accepted_too() -> None:
    text = CONTRACT.replace("operations:", "resource:\n  service.name: shop  # ours\noperations:", 1)
    scenario = a_run().scenarios[0]
    renamed = tuple(
        msgspec.structs.replace(span, resource=Resource(attributes={"service.name": "bank"}))
        for span in scenario.telemetry.spans
    )
    telemetry = msgspec.structs.replace(scenario.telemetry, spans=renamed)
    record = RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))

    assert changed_lines(record, text=text) == [
        "- service.name: shop  # ours",
        "+ service.name: bank  # ours",
    ]


@given(
    st.sampled_from(
        ["3", 3, 3.5, True, None, "x: y", "#", "2026-03-01T12:00:00+00:00", ["a", 1], "é\n", "\x85"]
    )
)
def test_any_value_is_accepted_as_text_that_holds(value: Any) -> None:
    record = a_run(("query", {"rows": value, "table": "users"}))
    after, _, _ = accepted_text(CONTRACT, record)
    assert check_contract(parse_contract(after), record) == ()


def test_what_is_written_is_dumped_as_it_was() -> None:
    text = contract_text(a_run())
    assert Document(text).text() == text


SECTIONS = """\
version: 1
operations: []
log_records:
  - log_record: ready
    severity_text: INFO
    attributes:
      n: 1  # the first
metrics:
  - metric: requests
    type: sum
    unit: '1'
    attributes:
      route: /
  - metric: requests
    type: sum
    unit: '1'
    attributes:
      route: /b
"""


def sections_run(*points: dict[str, Any], record: Any = None, **fields: Any) -> RunRecord:
    measured = (DataPoint(attributes=one, value=1) for one in (points or ({"route": "/"},)))
    other = a_metric("requests", DataPoint(attributes={"route": "/b"}, value=1), unit="1")
    telemetry = a_telemetry(
        a_metric("requests", *measured, **{"unit": "1", **fields}),
        other,
        record or a_log_record("ready", attributes={"n": 1}),
    )
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=telemetry),))


@pytest.mark.parametrize(
    ("record", "lines"),
    [
        (sections_run(), []),
        (sections_run({"route": "/", "user": 7}), ["+ user: 7"]),
        (sections_run({"route": "/", "user": 7}, {"route": "/"}), ["+ user/optional: 7"]),
        (sections_run({"route": 5}), ["- route: /", "+ route: 5"]),
        (sections_run({"path": "/"}), ["- route: /", "+ path: /"]),
        (sections_run(type=MetricType.GAUGE), ["+ type: gauge"]),
        (
            sections_run(record=a_log_record("ready", attributes={"n": "1", "m": 2})),
            ["- n: 1  # the first", "+ m: 2", "+ n: '1'  # the first"],
        ),
        (
            sections_run(record=a_log_record("ready", attributes={"n": 1}, severity_text="WARN")),
            ["- severity_text: INFO", "+ severity_text: WARN"],
        ),
    ],
    ids=["holds", "more", "sometimes", "retyped", "renamed", "kind", "record", "severity"],
)
def test_one_change_of_a_metric_or_log_record(record: RunRecord, lines: list[str]) -> None:
    assert changed_lines(record, text=SECTIONS) == lines


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["route", "n", "m/x"]), st.none() | st.integers() | st.text(max_size=4)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_attributes_of_a_metric_are_accepted(points: list[dict[str, Any]]) -> None:
    changed_lines(sections_run(*points), text=SECTIONS)


def test_a_file_that_would_be_no_contract_any_more_is_left_alone() -> None:
    text = """\
version: 1
operations:
  - span: A
    attributes:
      ? x
      : 1
  - span: B
"""
    spans = tuple(
        a_span(name, kind=SpanKind.SERVER, trace_id=id_ * 32) for name, id_ in (("A", "1"), ("B", "2"))
    )
    record = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=Telemetry(spans=spans)),))

    with pytest.raises(ConfigurationError, match=r"^contract: nothing was changed: .*accept fewer of them"):
        accepted_text(text, record)


EXPORTS = """\
version: 1
operations: []
exports:
  - export: /v1/traces
    channel: otlp
    headers:
      content-type: application/json
      x-old/present: true
      X-Team/starts_with: a
      x-kept/present: true
"""


def test_headers_are_accepted_as_they_are_written() -> None:
    sent = {"content-type": "application/x-protobuf", "x-team": "secret", "x-kept": "k", "host": "a"}
    exports = [
        ExportRequest(
            channel="otlp", path="/v1/traces", items=1, headers=sent | {"content-length": length, **more}
        )
        for length, more in (("1", {"x-old": "once"}), ("2", {}))
    ]
    failed = ExportRequest(channel="otlp", path="/v1/traces", status=503, headers={"host": "a"})
    record = RunRecord(scenarios=(ScenarioRecord(name="t", telemetry=Telemetry(exports=(failed, *exports))),))
    assert changed_lines(record, text=EXPORTS) == [
        "- content-type: application/json",
        "- x-old/present: true",
        "- X-Team/starts_with: a",
        "+ content-type: application/x-protobuf",
        "+ x-team/present: true",
    ]
