"""Segments, logs, metrics, exports and resources."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model import (
    DataPoint,
    MetricType,
    Resource,
    RunRecord,
    ScenarioRecord,
    Status,
    StatusCode,
    Temporality,
)
from tests.analysis.diff.runs import a_run, changes
from tests.builders import (
    a_log_event,
    a_log_record,
    a_metric,
    a_segment,
    a_span,
    a_subsegment,
    an_export,
)


def test_metadata_that_became_an_annotation() -> None:
    before = a_run(a_segment("backend", a_subsegment("mock", metadata={"app": {"rows": 3}})))
    after = a_run(a_segment("backend", a_subsegment("mock", annotations={"rows": 3})))

    assert changes(before, after) == ["moved at backend › mock: metadata.app.rows → annotations.rows"]
    assert changes(after, before) == ["moved at backend › mock: annotations.rows → metadata.app.rows"]


def test_an_annotation_has_no_hyphen_where_its_metadata_had_one() -> None:
    before = a_run(a_segment("backend", a_subsegment("mock", metadata={"app": {"results-size": 3}})))
    after = a_run(a_segment("backend", a_subsegment("mock", annotations={"results_size": 3})))

    moved = "moved at backend › mock: metadata.app.results-size → annotations.results_size"
    assert changes(before, after) == [moved]


def test_a_segment_that_fails_and_a_subsegment_of_another_namespace() -> None:
    before = a_run(a_segment("backend", a_subsegment("call"), http={"response": {"status": 200}}))
    after = a_run(
        a_segment(
            "backend",
            a_subsegment("call", namespace="remote"),
            http={"response": {"status": 500}},
            fault=True,
        )
    )

    assert changes(before, after) == [
        "status_changed at backend: status unset → fault",
        "scope_changed at backend › call: namespace none → remote",
        "value_changed at backend: http.response.status 200 → 500",
    ]


def test_the_type_of_an_exception_and_not_its_line() -> None:
    def failing(name: str, line: int) -> RunRecord:
        exception = {"id": "1", "type": name, "message": "m", "stack": [{"path": "a.py", "line": line}]}
        return a_run(a_segment(fault=True, cause={"exceptions": [exception]}))

    assert changes(failing("KeyError", 1), failing("KeyError", 2)) == []
    assert changes(failing("KeyError", 1), failing("TypeError", 1)) == [
        "value_changed at backend-flask: cause.type 'KeyError' → 'TypeError'"
    ]


def test_log_events() -> None:
    before = a_run(a_log_event("[2026-Nov-24 12:31] 127.0.0.1 GET /x 200 OK"))

    assert changes(before, a_run(a_log_event("[2026-Nov-25 09:02] 10.0.0.7 GET /x 200 OK"))) == []
    old, new = "[‹date›] ‹address› GET /x 200 OK", "[‹date›] ‹address› GET http /x 200 OK"
    assert changes(before, a_run(a_log_event("[2026-Nov-24 12:31] 127.0.0.1 GET http /x 200 OK"))) == [
        f"log_format_changed at {new}: {old} → {new}"
    ]
    assert changes(before, a_run()) == [f"removed at {old}: {old} → None"]


@pytest.mark.parametrize(
    ("before", "same", "other"),
    [
        ("took 7ms", "took 12.5ms", "took 7s"),
        ("took 7 ms", "took 1234 ms", "took 7 s"),
        ("served 3 rows", "served 40 rows", "served: 3 rows"),
        ("from 10.0.0.7", "from 127.0.0.1", "from ::1"),
        ("user=7 id=1", "user=8 id=2", "user 7 id 1"),
    ],
)
def test_numbers_of_a_message_are_folded_and_its_units_and_words_are_not(
    before: str, same: str, other: str
) -> None:
    assert changes(a_run(a_log_event(before)), a_run(a_log_event(same))) == []
    assert changes(a_run(a_log_event(before)), a_run(a_log_event(other)))


def test_log_groups() -> None:
    assert changes(a_run(a_log_event("ready")), a_run(a_log_event("ready", log_group="other"))) == [
        "log_group_changed at ready: log_group 'cruddur' → 'other'"
    ]


def test_log_records() -> None:
    before = a_run(a_log_record("took 12 ms", attributes={"user": "ada"}))
    after = a_run(a_log_record("took 17 ms", severity_text="WARN", attributes={"user": 7}))

    assert changes(before, after) == [
        "kind_changed at took ‹number› ms: severity INFO → WARN",
        "retyped at took ‹number› ms: attributes.user str 'ada' → int 7",
    ]


def test_log_records_without_text() -> None:
    assert changes(a_run(a_log_record({"a": 1})), a_run(a_log_record(None, event_name="ready"))) == [
        "removed at a body of type dict: a body of type dict → None",
        "added at ready: None → ready",
    ]


def test_metrics() -> None:
    point, new = DataPoint(attributes={"http.method": "GET"}, value=3), "http.server.request.duration"
    before = a_run(a_metric("http.server.duration", point, unit="ms", type=MetricType.HISTOGRAM))
    again = a_metric("http.server.duration", point, point, unit="s", type=MetricType.HISTOGRAM)
    renamed = a_metric(new, point, unit="s", type=MetricType.HISTOGRAM)
    other = DataPoint(attributes={"http.method": "PUT", "http.route": "/x"}, value=0)
    counted = a_metric("http.server.duration", other, unit="ms", temporality=Temporality.DELTA)

    assert changes(before, a_run(again)) == ["unit_changed at http.server.duration: unit 'ms' → 's'"]
    assert changes(before, a_run(renamed)) == [f"renamed at {new}: http.server.duration → {new} (ms → s)"]
    assert changes(before, a_run(counted)) == [
        "kind_changed at http.server.duration: type histogram → sum",
        "removed at http.server.duration: series http.method='GET' → None",
        "added at http.server.duration: attributes.http.route None → str",
        "added at http.server.duration: series None → http.method='PUT'",
    ]


def test_a_metric_of_another_type_has_what_that_type_brings() -> None:
    buckets = DataPoint(value=None, count=1, sum=3.0, explicit_bounds=(1.0, 5.0), bucket_counts=(0, 1, 0))
    before = a_run(a_metric("wait", buckets, type=MetricType.HISTOGRAM, temporality=Temporality.CUMULATIVE))
    total = a_metric("wait", DataPoint(value=3), temporality=Temporality.CUMULATIVE, is_monotonic=True)
    delta = a_metric("wait", DataPoint(value=3), temporality=Temporality.DELTA)
    gauge = a_metric("wait", DataPoint(value=3), type=MetricType.GAUGE)

    assert changes(before, a_run(total)) == ["kind_changed at wait: type histogram → sum"]
    assert changes(before, a_run(gauge)) == ["kind_changed at wait: type histogram → gauge"]
    assert changes(before, a_run(delta)) == [
        "kind_changed at wait: type histogram → sum",
        "value_changed at wait: temporality 'cumulative' → 'delta'",
    ]


def test_a_metric_that_one_of_two_scopes_has_no_more() -> None:
    both = a_metric("n", scope="a"), a_metric("n", scope="b")

    assert changes(a_run(*both), a_run(both[0])) == ["removed at n: n → None"]


def test_exports() -> None:
    before = a_run(an_export(headers={"x-team": "hidden", "content-length": "100"}), an_export("/v1/metrics"))
    after = a_run(an_export(headers={"content-length": "200"}), an_export("/v1/metrics", status=503))

    assert changes(before, after) == [
        "removed at otlp /v1/traces: headers.x-team str → None",
        "value_changed at otlp /v1/metrics: status 200 → 503",
    ]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"service.name": "shop", "service.instance.id": "b"}, []),
        ({"service.name": "shop2", "service.instance.id": "b"}, ["renamed at shop2: shop → shop2"]),
        (
            {"service.name": "shop", "service.instance.id": "b", "host.arch": "arm64"},
            ["added at shop: attributes.host.arch None → 'arm64'"],
        ),
    ],
)
def test_resources(attributes: dict[str, str], expected: list[str]) -> None:
    before = a_span(resource=Resource(attributes={"service.name": "shop", "service.instance.id": "a"}))

    assert changes(a_run(before), a_run(a_span(resource=Resource(attributes=attributes)))) == expected


@pytest.mark.parametrize("event_name", ["", "order.paid"])
def test_the_keys_of_a_structured_body(event_name: str) -> None:
    def logged(*bodies: Any) -> RunRecord:
        return a_run(*(a_log_record(body, event_name=event_name) for body in bodies))

    where = event_name or "a body of type dict"
    before = logged({"n": 1, "gone": True, "in": {"a": 1}, "id": "a1", "list": [1]})
    after = logged({"n": "1", "new": True, "in": {"a": 1.5}, "id": "b2", "list": ["x"]})
    assert sorted(changes(before, after)) == [
        f"renamed at {where}: body.gone → body.new",
        f"retyped at {where}: body.in.a int 1 → float",
        f"retyped at {where}: body.list list[int] [1] → list[str] ['x']",
        f"retyped at {where}: body.n int 1 → str '1'",
    ]
    both = ({"a": 1}, {"b": "x"})
    assert changes(logged(*both), logged(*both[::-1])) == []
    assert changes(logged(*both), logged({"a": 1}, {"b": 2})) == [
        f"retyped at {where}: body.b str 'x' → int 2"
    ]


def test_the_type_in_a_body_that_is_no_mapping() -> None:
    assert changes(a_run(a_log_record([1])), a_run(a_log_record(["a"]))) == [
        "retyped at a body of type list: body list[int] [1] → list[str] ['a']"
    ]
    assert changes(a_run(a_log_record([1])), a_run(a_log_record([1]))) == []


def test_a_log_event_that_is_gone_from_one_of_two_log_groups() -> None:
    both = a_run(a_log_event("shared", log_group="ga"), a_log_event("shared", log_group="gb"))
    one = a_run(a_log_event("shared", log_group="ga"))

    name = "shared (log_group = 'gb')"
    assert changes(both, one) == [f"removed at shared: {name} → None"]
    assert changes(one, both) == [f"added at shared: None → {name}"]


def test_a_counter_that_may_fall_now() -> None:
    before, after = (
        a_run(a_metric("jobs", type=MetricType.SUM, is_monotonic=flag)) for flag in (True, False)
    )

    assert changes(before, after) == ["kind_changed at jobs: is_monotonic True → False"]


def test_a_log_record_that_is_in_no_span_any_more() -> None:
    within = a_run(a_log_record("ready", trace_id="a" * 32, span_id="b" * 16))

    assert changes(within, a_run(a_log_record("ready"))) == ["removed at ready: trace_id str → None"]


def test_a_status_with_another_description() -> None:
    def failed(description: str) -> RunRecord:
        return a_run(a_span("pay", status=Status(code=StatusCode.ERROR, message=description)))

    assert changes(failed("card 17 refused"), failed("card 18 refused")) == []
    assert changes(failed("card 17 refused"), failed("no card 17")) == [
        "value_changed at pay: status.description 'card ‹number› refused' → 'no card ‹number›'"
    ]


def test_items_of_a_list_in_a_list() -> None:
    before, after = ({"ns": {"rows": rows}} for rows in ([[1, 2], [3]], [[1, "2"], [3]]))

    assert changes(a_run(a_segment("shop", metadata=before)), a_run(a_segment("shop", metadata=after))) == [
        "retyped at shop: metadata.ns.rows list[list[int]] → list[list[int]|list[int|str]]"
    ]


def test_an_event_of_another_name_is_renamed() -> None:
    before = a_run(a_log_record("hello", event_name="user.created", attributes={"plan": "free"}))
    after = a_run(a_log_record("hello", event_name="user.registered", attributes={"plan": "free"}))

    assert changes(before, after) == ["renamed at user.registered: user.created → user.registered"]


def test_the_text_of_an_event() -> None:
    before, after = (a_run(a_log_record(text, event_name="paid")) for text in ("paid 7 EUR", "payed 7 EUR"))

    assert changes(before, after) == [
        "log_format_changed at paid: body 'paid ‹number› EUR' → 'payed ‹number› EUR'"
    ]
    assert changes(before, a_run(a_log_record("paid 8 EUR", event_name="paid"))) == []


def test_an_event_whose_text_is_json_is_told_by_its_keys() -> None:
    before, after = (
        a_run(a_log_record(text, event_name="paid")) for text in ('{"mode": "x"}', '{"modes": "x"}')
    )

    assert changes(before, after) == ["renamed at paid: body.mode → body.modes"]


def test_a_key_that_some_mappings_of_a_list_lack() -> None:
    def segment(*items: dict[str, Any]) -> RunRecord:
        return a_run(a_segment("backend", metadata={"app": {"rows": list(items)}}))

    both = segment({"id": 1, "n": 2}, {"id": 1, "n": 2})
    one = segment({"id": 1, "n": 2}, {"id": 1})

    assert changes(both, one) == ["retyped at backend: metadata.app.rows[].n int 2 → absent|int"]
    assert changes(one, both) == ["added at backend: metadata.app.rows[].n None → 2"]
    assert changes(one, segment({"id": 1})) == ["removed at backend: metadata.app.rows[].n absent|int → None"]
    assert changes(one, segment({"id": 1, "n": "2"}, {"id": 1})) == [
        "retyped at backend: metadata.app.rows[].n absent|int → absent|str"
    ]


def test_a_scenario_that_has_nothing_to_export_any_more() -> None:
    """Its exports are no loss of their own."""

    def two(*second: Any) -> RunRecord:
        both = (a_run(a_span("GET /a"), an_export("/v1/traces"), name="a"), a_run(*second, name="b"))
        return RunRecord(scenarios=tuple(scenario for run in both for scenario in run.scenarios))

    request = a_span("GET /b", trace_id="b" * 32)
    whole = two(request, an_export("/v1/traces"))

    assert changes(whole, two()) == ["removed at GET /b: GET /b → None"]
    assert changes(two(), whole) == ["added at GET /b: None → GET /b"]
    emptied = RunRecord(scenarios=(ScenarioRecord(name="a"), *whole.scenarios[1:]))
    assert changes(two(request), emptied) == [
        "removed at GET /a: GET /a → None",
        "count_changed at otlp /v1/traces: count 0 → 1",
    ]
    assert changes(whole, two(request)) == ["removed at otlp /v1/traces: otlp /v1/traces → None"]
    assert changes(two(an_export("/v1/traces")), whole) == ["added at GET /b: None → GET /b"]
    assert changes(two(an_export("/v1/traces")), two()) == [
        "removed at otlp /v1/traces: otlp /v1/traces → None"
    ]


def test_the_number_of_a_severity() -> None:
    def logged(number: int, text: str = "INFO") -> RunRecord:
        return a_run(a_log_record("ready", severity_number=number, severity_text=text))

    assert changes(logged(9), logged(10)) == ["value_changed at ready: severity_number 9 → 10"]
    assert changes(logged(9), logged(13, "WARN")) == ["kind_changed at ready: severity INFO → WARN"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("took 7ms", "took 7 ms"), ("ok 3/4", "ok: 3/4"), ("user ann signed in", "user ann signed-in")],
)
def test_a_short_line_that_was_reworded(before: str, after: str) -> None:
    (change,) = changes(a_run(a_log_event(before)), a_run(a_log_event(after)))
    assert change.startswith("log_format_changed")


def test_another_short_line_is_another() -> None:
    assert len(changes(a_run(a_log_event("cart empty")), a_run(a_log_event("cache ready")))) == 2
