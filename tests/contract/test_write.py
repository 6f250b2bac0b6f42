"""Contracts written from runs: they hold, they are the same bytes again, and they notice losses."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from harness.codec.xray_trees import join_documents
from harness.contract import check_contract, contract_text, parse_contract
from harness.contract.messages import forms_of
from harness.contract.write.volatile import expected_entry
from harness.contract.write.yaml_text import Said, yaml_lines
from harness.model import (
    DataPoint,
    ExportRequest,
    Level,
    Link,
    LogRecord,
    Metric,
    MetricType,
    RunRecord,
    ScenarioRecord,
    Segment,
    SpanEvent,
    SpanKind,
    Status,
    StatusCode,
    Telemetry,
    Temporality,
)
from tests.builders import (
    A_NUMBER,
    a_log_event,
    a_log_record,
    a_metric,
    a_segment,
    a_span,
    a_subsegment,
    a_telemetry,
    hex_id,
)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def a_run(now: str = "2026-03-01T12:00:00+00:00", port: int = 5000, **rows: Any) -> RunRecord:
    root = a_span(
        "GET /home",
        kind=SpanKind.SERVER,
        attributes={
            "http.status_code": 200,
            "net.peer.port": port,
            "http.url": f"http://localhost:{port}/home",
        },
    )
    query = a_span("query", parent=root, attributes={"app.now": now, "rows": rows.get("rows", 3)})
    segment = a_segment(
        "backend",
        a_subsegment("mock", metadata={"ns": {"now": now, "size": 1}}),
        http={"request": {"method": "GET", "url": "http://localhost/home"}, "response": {"status": 200}},
    )
    telemetry = Telemetry(
        spans=(root, query),
        segments=(segment,),
        log_events=(a_log_event(f"[{now}] 127.0.0.1 GET / 200 OK"),),
        metrics=(Metric(name="requests", type=MetricType.SUM, unit="1"),),
        exports=(ExportRequest(channel="otlp", path="/v1/traces", headers={"x-team": "hidden"}, items=2),),
    )
    return RunRecord(scenarios=(ScenarioRecord(name="test_home", telemetry=telemetry),))


def a_record(*captured: Any) -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=a_telemetry(*captured)),))


def test_a_contract_as_it_is_written() -> None:
    assert (
        contract_text(a_run())
        == r"""# yaml-language-server: $schema=./contract.schema.json
# levels: {unexercised: error}  # where all scenarios run, as in CI: what none of them captured was lost
version: 1
operations:
  - span: GET /home
    kind: server
    status: unset
    attributes:
      http.status_code: 200
      http.url/regex: '\Ahttp://localhost:\d+/home\Z'
      net.peer.port/type: int
    children:
      - span: query
        kind: internal
        status: unset
        attributes:
          app.now/format: date-time
          rows: 3
  - segment: backend
    error: false
    fault: false
    throttle: false
    http:
      request:
        method: GET
        url: http://localhost/home
      response:
        status: 200
    subsegments:
      - subsegment: mock
        error: false
        fault: false
        throttle: false
        metadata:
          ns:
            now/format: date-time
            size: 1
log_events:
  - log_event/regex: '\A\[\d{4}-\d\d?-\d\d?T\d\d?:\d\d:\d\d(?:[.,]\d+)?[+-]\d\d:\d\d\] [\d.]+ GET / 200 OK\Z'
    log_group: cruddur
metrics:
  - metric: requests
    type: sum
    is_monotonic: false
    unit: '1'
exports:
  - export: /v1/traces
    channel: otlp
    headers:
      x-team/present: true
"""
    )


def test_it_holds_for_the_run_and_for_the_next_one() -> None:
    contract = parse_contract(contract_text(a_run()))
    assert check_contract(contract, a_run()) == ()
    again = a_run("2026-03-02T08:30:00.123+00:00", 6000)
    assert check_contract(contract, again) == ()
    assert contract_text(again) == contract_text(a_run())


def test_it_notices_what_changed() -> None:
    contract = parse_contract(contract_text(a_run()))
    assert [f.id for f in check_contract(contract, a_run(rows=4))] == ["attribute_mismatch"]
    assert (
        next(f.id for f in check_contract(contract, a_run(now="2026-03-01T12:00:00"))) == "attribute_mismatch"
    )


def test_values_that_differ_between_scenarios_are_generalised() -> None:
    first, second = a_run(rows=3).scenarios[0], a_run(rows=5).scenarios[0]
    text = contract_text(RunRecord(scenarios=(first, second)))
    assert "          rows/type: int  # differs\n" in text


@pytest.mark.parametrize(
    ("key", "values", "always", "entry"),
    [
        ("a", [1], True, ("a", 1)),
        ("a", [True, False], True, ("a/type", "bool")),
        ("a", [1.5], True, ("a", 1.5)),
        ("a", [1.5, 2.5], True, ("a/type", "float")),
        ("a", [1, 2.5], True, ("a/type", "number")),
        ("a", ["x"], False, ("a/optional", "x")),
        ("k8s.io/pod", ["x"], True, ("k8s.io/pod/is", "x")),
        ("a", ["0af7651916cd43dd8448eb211c80319c"], True, ("a/hex_id", 32)),
        ("a", ["123e4567-e89b-12d3-a456-426614174000"], True, ("a/format", "uuid")),
        ("a", [1_700_000_000], True, ("a/type", "int")),
        ("a", [["x", 1]], True, ("a", ["x", 1])),
        ("a", [["x"], ["y"]], True, ("a/each", {"type": Said("str", "2 values, such as x")})),
        ("a", [1, "x"], True, ("a/type", ["int", "str"])),
    ],
)
def test_what_stays_of_values(key: str, values: list[Any], always: bool, entry: tuple[str, Any]) -> None:
    assert expected_entry(key, values, always=always) == entry


def linking(*links: Link) -> RunRecord:
    telemetry = Telemetry(spans=(a_span("consume", kind=SpanKind.CONSUMER, links=links),))
    return RunRecord(scenarios=(ScenarioRecord(name="test_consume", telemetry=telemetry),))


def a_link(id_: str, **attributes: Any) -> Link:
    return Link(trace_id=hex_id(id_, 32), span_id=hex_id(id_), attributes=attributes)


def test_links_are_kept_without_their_ids() -> None:
    text = contract_text(linking(a_link("a", queue="orders", n=1), a_link("b", queue="orders", n=2)))
    assert text.endswith(
        "    kind: consumer\n    status: unset\n    links:\n" + "      - attributes:\n"
        "          n/type: int  # differs\n          queue: orders\n" * 2
    )
    contract = parse_contract(text)
    others = [a_link(id_, queue="orders", n=3) for id_ in "cde"]
    assert check_contract(contract, linking(*others)) == ()
    assert [f.id for f in check_contract(contract, linking(*others[:1]))] == ["link_missing"]
    moved = a_link("f", queue="returns", n=3)
    assert [f.id for f in check_contract(contract, linking(others[0], moved))] == ["attribute_mismatch"]


def test_many_links_are_three() -> None:
    text = contract_text(linking(*(a_link(str(n)) for n in range(9))))
    assert text.count("- attributes: {}\n") == 3
    assert check_contract(parse_contract(text), linking(*(a_link(str(n)) for n in range(5)))) == ()


@pytest.mark.parametrize("unit", ["ms", " ms", "s", " s", "µs", " seconds"])
def test_a_duration_is_no_part_of_a_message(unit: str) -> None:
    form = rf"\Atook {A_NUMBER}{re.escape(unit).replace(chr(92) + ' ', ' ')} for {A_NUMBER} rows\Z"
    assert forms_of([f"took 7{unit} for 2 rows"]) == [("regex", form)]
    assert forms_of([f"took 1234.5{unit} for 12 rows"]) == [("regex", form)]


def test_a_message_of_several_lines_is_known_by_the_first() -> None:
    assert forms_of(["Error on /\nTraceback …"]) == [("starts_with", "Error on /")]


@given(st.dictionaries(st.text(max_size=12), PLAIN, max_size=4))
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    assert YAML(typ="safe", pure=True).load("\n".join(yaml_lines(value)) or "{}") == value


def test_a_tree_deeper_than_a_contract_may_be_is_cut() -> None:
    documents = [a_segment("deep", id="0")] + [
        a_subsegment("f", id=str(n), parent_id=str(n - 1), trace_id=a_segment().trace_id)
        for n in range(1, 400)
    ]
    segments, _ = join_documents(documents)
    run = RunRecord(scenarios=(ScenarioRecord(name="test", telemetry=Telemetry(segments=segments)),))

    text = contract_text(run)

    assert text.count("subsegment: f") == 20
    assert not [f for f in check_contract(parse_contract(text), run) if f.level is Level.ERROR]


@pytest.mark.parametrize(
    "http", [{"request": 5}, {"response": 5}, {"request": {"url": "http://[no"}, "response": {"status": {}}}]
)
def test_an_http_block_of_another_shape_is_written(http: dict[str, Any]) -> None:
    run = RunRecord(
        scenarios=(ScenarioRecord(name="t", telemetry=Telemetry(segments=(a_segment("s", http=http),))),)
    )

    assert "segment: s" in contract_text(run)


def test_a_comment_quotes_printable_characters_only() -> None:
    run = a_record(*(a_span(f"{n}", attributes={"a": text}) for n, text in enumerate(["\x1f\ud800", "x"])))
    named = [msgspec.structs.replace(span, name="GET /") for span in run.scenarios[0].telemetry.spans]
    text = contract_text(a_record(*named))
    assert "a/type: str  # 2 values, such as ��\n" in text
    assert check_contract(parse_contract(text), a_record(*named)) == ()


def spans_with(*statuses: StatusCode) -> RunRecord:
    """Return a run of requests, each with a span below it that has one of the statuses."""
    spans = []
    for number, status in enumerate(statuses, 1):
        root = a_span("GET /home", trace_id=hex_id(str(number), 32), kind=SpanKind.SERVER)
        spans += [root, a_span("query", parent=root, status=Status(status))]
    return a_record(*spans)


@pytest.mark.parametrize("status", [StatusCode.ERROR, StatusCode.OK])
def test_a_status_that_appears_is_noticed_on_an_inner_span(status: StatusCode) -> None:
    contract = parse_contract(contract_text(spans_with(StatusCode.UNSET)))
    assert check_contract(contract, spans_with(StatusCode.UNSET)) == ()
    assert [f.id for f in check_contract(contract, spans_with(status))] == ["status_mismatch"]


def test_statuses_that_differ_are_named() -> None:
    run = spans_with(StatusCode.UNSET, StatusCode.ERROR)
    text = contract_text(run)
    assert "        status/one_of:\n          - error\n          - unset\n" in text
    assert check_contract(parse_contract(text), run) == ()
    found = check_contract(parse_contract(text), spans_with(StatusCode.OK))
    assert [f.id for f in found] == ["status_mismatch"]


WIRE: dict[str, Any] = {"witnesses": ("wire",), "temporality": Temporality.DELTA, "is_monotonic": True}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"is_monotonic": False}, ["is_monotonic_mismatch"]),
        ({"temporality": Temporality.CUMULATIVE}, ["temporality_mismatch"]),
        ({"temporality": Temporality.CUMULATIVE, "witnesses": ("process",)}, []),
        ({"is_monotonic": False, "witnesses": ("process",)}, ["is_monotonic_mismatch"]),
    ],
)
def test_another_kind_of_sum_is_noticed(changed: dict[str, Any], found: list[str]) -> None:
    contract = parse_contract(contract_text(a_record(a_metric(**WIRE))))
    run = a_record(a_metric(**WIRE | changed))
    assert [f.id for f in check_contract(contract, run)] == found


def test_the_temporality_of_metrics_captured_in_process_is_ours_and_not_written() -> None:
    text = contract_text(a_record(a_metric(**WIRE | {"witnesses": ("process",)})))
    assert "temporality" not in text
    assert "    is_monotonic: true\n" in text
    assert check_contract(parse_contract(text), a_record(a_metric(**WIRE))) == ()


def test_metrics_of_one_name_that_differ_are_named() -> None:
    run = a_record(a_metric(unit="s"), a_metric(unit="ms", type=MetricType.GAUGE))
    text = contract_text(run)
    assert text.endswith(
        "type/one_of:\n      - gauge\n      - sum\n    is_monotonic: false\n"
        "    unit/one_of:\n      - ms\n      - s\n"
    )


@pytest.mark.parametrize("namespace", [None, "cruddur"])
def test_a_metric_that_gets_a_unit_is_noticed(namespace: str | None) -> None:
    text = contract_text(a_record(a_metric(unit="", namespace=namespace)))
    assert "    unit: ''\n" in text
    run = a_record(a_metric(unit="ms", namespace=namespace))
    (found,) = check_contract(parse_contract(text), run)
    assert (found.id, found.message) == (
        "unit_mismatch",
        "unit: expected '', captured 'ms' (in test)",
    )


def measuring(*points: dict[str, Any]) -> RunRecord:
    return a_record(
        a_metric("requests", *(DataPoint(attributes=attributes, value=1) for attributes in points))
    )


@pytest.mark.parametrize(
    ("points", "found"),
    [
        (({"route": "/", "n": 1}, {"route": "/"}), []),
        (({"route": "/", "n": 1},), []),
        (({"route": "/", "n": "1"}, {"route": "/"}), ["attribute_mismatch"]),
        (({"route": "/", "n": 1}, {"n": 1}), ["attribute_missing"]),
        (({"route": "/", "n": 1}, {"route": "/", "user": "ann"}), ["attribute_undeclared"]),
    ],
)
def test_each_data_point_counts(points: tuple[dict[str, Any], ...], found: list[str]) -> None:
    contract = parse_contract(contract_text(measuring({"route": "/", "n": 1}, {"route": "/"})))
    assert [f.id for f in check_contract(contract, measuring(*points))] == found


def caused(type_: str | None = "ValueError", **fields: Any) -> Segment:
    exception = {"id": hex_id(str(fields)), "message": "no", **({"type": type_} if type_ else {})}
    return a_segment("backend", **{"fault": True, "cause": {"exceptions": [exception]}, **fields})


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (caused(user="ann", id="2" * 16), []),
        (caused("KeyError", user="ann"), ["cause_mismatch"]),
        (caused(None, user="ann"), ["cause_mismatch"]),
        (caused(user="ann", cause=None), ["cause_mismatch"]),
        (caused(user="ann", cause="3" * 16), ["cause_mismatch"]),
        (caused(user="ann", throttle=True), ["throttle_mismatch"]),
        (caused(user="bob"), ["user_mismatch"]),
        (caused(), ["user_mismatch"]),
    ],
)
def test_what_a_segment_says_of_its_failure_and_user_is_noticed(changed: Segment, found: list[str]) -> None:
    text = contract_text(a_record(caused(user="ann")))
    assert "    cause:\n      exceptions:\n        - type: ValueError\n    user: ann\n" in text
    assert [f.id for f in check_contract(parse_contract(text), a_record(changed))] == found


@pytest.mark.parametrize(
    "causes",
    [
        [None, {"exceptions": [{"type": "ValueError"}]}, {"exceptions": [{"type": "KeyError"}]}],
        ["1" * 16, None],
        ["1" * 16, "2" * 16],
        [{"exceptions": "x"}, {}],
        [{"exceptions": [{"type": {"a/b": 1}}, {"type": 5}]}],
        [{"exceptions": [{"type": "regex", "id": 5}]}, {"exceptions": []}],
    ],
)
def test_causes_of_any_shape_hold_for_their_own_run(causes: list[Any]) -> None:
    segments = [
        a_segment(id=f"{n:016x}", cause=cause, user=("ann", None)[n % 2]) for n, cause in enumerate(causes)
    ]
    text = contract_text(a_record(*segments))
    assert check_contract(parse_contract(text), a_record(*segments)) == ()
    assert contract_text(a_record(*reversed(segments))) == text


def failing(*events: dict[str, Any]) -> RunRecord:
    happened = tuple(
        SpanEvent(name="exception", time_unix_nano=n, attributes=attributes)
        for n, attributes in enumerate(events)
    )
    return a_record(a_span("GET /home", events=happened))


def an_exception(**changed: Any) -> dict[str, Any]:
    attributes = {
        "exception.type": "ValueError",
        "exception.message": "no",
        "exception.stacktrace": "File …",
        "retries": 3,
        "shard/id": "a",
    } | changed
    return {key: value for key, value in attributes.items() if value is not None}


def test_the_attributes_of_events_are_kept() -> None:
    assert contract_text(failing(an_exception(), an_exception(retries=None))).endswith(
        "    events:\n" + "      - event: exception\n        attributes:\n"
        "          exception.message/type: str\n          exception.stacktrace/type: str\n"
        "          exception.type: ValueError\n          retries: 3\n          shard/id/is: a\n"
        "      - event: exception\n        attributes:\n"
        "          exception.message/type: str\n          exception.stacktrace/type: str\n"
        "          exception.type: ValueError\n          shard/id/is: a\n"
    )


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"exception.message": "other"}, []),
        ({"exception.stacktrace": None}, ["attribute_missing"]),
        ({"exception.message": 7}, ["attribute_mismatch"]),
        ({"exception.type": "KeyError"}, ["attribute_mismatch"]),
        ({"retries": "3"}, ["attribute_mismatch"]),
        ({"retries": None}, ["attribute_missing"]),
    ],
)
def test_what_an_event_loses_is_noticed(changed: dict[str, Any], found: list[str]) -> None:
    contract = parse_contract(contract_text(failing(an_exception(), an_exception())))
    assert [f.id for f in check_contract(contract, failing(an_exception(**changed), an_exception()))] == found
    assert [f.id for f in check_contract(contract, failing(an_exception()))] == ["event_missing"]


def test_log_records_as_they_are_written() -> None:
    run = a_record(
        a_log_record(
            "user 12345 in", scope="app", attributes={"code.lineno": 7, "code.file": "/a.py", "tries": 1}
        ),
        a_log_record("user 23456 in", scope="app", attributes={"code.lineno": 8, "tries": 1, "new": True}),
        a_log_record({"event": "login", "user": {"id": 3, "role": "admin"}}, scope="app"),
        a_log_record(None, severity_text="", event_name="tick"),
        a_log_record([1, "a"], severity_text="", severity_number=0),
    )
    text = contract_text(run)
    assert text.endswith(
        rf"""log_records:
  - log_record:
      - 1
      - a
  - log_record: null
    severity_number: 9
    event_name: tick
  - log_record/regex: '\Auser {A_NUMBER} in\Z'
    severity_text: INFO
    severity_number: 9
    scope: app
    attributes:
      code.file/optional/type: str
      code.lineno/type: int
      new/optional: true
      tries: 1
  - log_record:
      event: login
      user:
        id/type: int
        role: admin
    severity_text: INFO
    severity_number: 9
    scope: app
"""
    )
    assert check_contract(parse_contract(text), run) == ()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (a_log_record("ready", attributes={"n": 1}), []),
        (a_log_record("ready", attributes={"n": "1"}), ["attribute_mismatch"]),
        (a_log_record("ready"), ["attribute_missing"]),
        (a_log_record("ready", attributes={"n": 1, "m": 2}), ["attribute_undeclared"]),
        (a_log_record("ready", attributes={"n": 1}, severity_text="WARN"), ["severity_text_mismatch"]),
        (a_log_record("ready", attributes={"n": 1}, severity_number=0), ["severity_number_mismatch"]),
        (a_log_record({"event": "in", "n": "3"}), ["log_record_undeclared"]),
        (a_log_record({"event": "in"}), ["log_record_undeclared"]),
    ],
)
def test_what_one_of_many_log_records_loses_is_noticed(changed: LogRecord, found: list[str]) -> None:
    good = (a_log_record("ready", attributes={"n": 1}), a_log_record({"event": "in", "n": 3}))
    contract = parse_contract(contract_text(a_record(*good)))
    assert [f.id for f in check_contract(contract, a_record(*good, changed))] == found


@given(st.lists(st.tuples(PLAIN, st.dictionaries(st.text(max_size=6), PLAIN, max_size=3)), max_size=5))
def test_log_records_of_any_body_hold_for_their_own_run(records: list[tuple[Any, dict[str, Any]]]) -> None:
    captured = [a_log_record(body, attributes=attributes) for body, attributes in records]
    text = contract_text(a_record(a_span(), *captured))
    assert check_contract(parse_contract(text), a_record(a_span(), *captured)) == ()
    assert contract_text(a_record(a_span(), *reversed(captured))) == text


@pytest.mark.parametrize("kind", [dict, list])
def test_a_value_deeper_than_a_contract_may_be_is_cut(kind: type) -> None:
    value: Any = 1
    for _ in range(60):
        value = {"a": value} if kind is dict else [value]
    deepest = a_span(attributes={"deep": value})
    for n in range(20):
        deepest = a_span(f"{n}", parent=deepest, attributes={"deep": value})
    run = a_record(deepest, a_segment(metadata={"ns": {"deep": value}}), a_log_record({"deep": value}))
    assert check_contract(parse_contract(contract_text(run)), run) == ()


METRICS = st.builds(
    lambda name, attributes, **fields: a_metric(
        name, *(DataPoint(attributes=one, value=1) for one in attributes), **fields
    ),
    st.sampled_from(["requests", "latency"]),
    st.lists(st.dictionaries(st.sampled_from(["route", "n", "a/b"]), PLAIN, max_size=3), max_size=3),
    type=st.sampled_from(MetricType),
    unit=st.sampled_from(["", "s"]),
    temporality=st.sampled_from(Temporality),
    is_monotonic=st.booleans(),
    witnesses=st.sampled_from([("wire",), ("process",)]),
)


@given(st.lists(METRICS, min_size=1, max_size=4))
def test_metrics_hold_for_their_own_run(metrics: list[Metric]) -> None:
    text = contract_text(a_record(*metrics))
    assert check_contract(parse_contract(text), a_record(*metrics)) == ()
    assert contract_text(a_record(*reversed(metrics))) == text
