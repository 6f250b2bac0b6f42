"""Runs against contracts: every deviation, as what it is, once."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest

from harness.contract import check_contract, checked_record, contract_text, parse_contract
from harness.invariants import known_ids
from harness.model import (
    DataPoint,
    ExportRequest,
    Finding,
    LogEvent,
    Metric,
    RunRecord,
    ScenarioRecord,
    SpanKind,
    Status,
    StatusCode,
    Telemetry,
)
from tests.builders import a_log_event, a_log_record, a_metric, a_segment, a_span, a_subsegment, a_telemetry

HOME = """\
  - span: GET /home
    kind: server
    attributes:
      http.status_code: 200
    children:
      - span: query
        attributes:
          rows/type: int
"""


def contract_of(operations: str, rest: str = "") -> Any:
    return parse_contract(f"version: 1\noperations:\n{operations}{rest}", file="c.yaml")


def a_run(*telemetry: Telemetry) -> RunRecord:
    return RunRecord(
        scenarios=tuple(ScenarioRecord(name=f"test_{n}", telemetry=one) for n, one in enumerate(telemetry, 1))
    )


def home(*children: Any, **fields: Any) -> Telemetry:
    fields = {"kind": SpanKind.SERVER, "attributes": {"http.status_code": 200}} | fields
    root = a_span("GET /home", **fields)
    below = children or (("query", {"rows": 3}),)
    return a_telemetry(
        root,
        *(
            a_span(name, parent=root, attributes=attributes, span_id=f"{number:016x}", at_ms=number)
            for number, (name, attributes) in enumerate(below, 1)
        ),
    )


def shown(findings: tuple[Finding, ...]) -> list[str]:
    return [
        f"{f.level.value} {f.id} {f.where}: {f.message} @{f.site.line if f.site else '-'}" for f in findings
    ]


def found(telemetry: Telemetry, operations: str = HOME, rest: str = "") -> list[str]:
    return shown(check_contract(contract_of(operations, rest), a_run(telemetry)))


def test_a_run_that_holds() -> None:
    assert found(home()) == []


@pytest.mark.parametrize(
    ("emitted", "finding"),
    [
        (
            home(("query", {"rows": "3"})),
            (
                "error attribute_mismatch GET /home › query: rows: expected instance_of(int), captured '3'"
                " (int expected, str captured) (in test_1) @8"
            ),
        ),
        (
            home(("query", {"row": 3})),
            (
                "error attribute_missing GET /home › query: no attribute 'rows'; closest: 'row' = 3"
                " (in test_1) @8"
            ),
        ),
        (
            home(("querry", {"rows": 3})),
            (
                "error span_missing GET /home: no span 'query' was captured below it; closest: 'querry'"
                " (in test_1) @8"
            ),
        ),
        (
            home(("query", {"rows": 3}), ("query", {"rows": 4})),
            "error span_count GET /home: span 'query': expected 1 below it, captured 2 (in test_1) @8",
        ),
        (
            home(("query", {"rows": 3, "cols": 4})),
            (
                "warning attribute_undeclared GET /home › query: attribute 'cols' = 4 is not in the contract"
                " (in test_1) @8"
            ),
        ),
        (
            home(("query", {"rows": 3}), ("render", {})),
            "warning span_undeclared GET /home: span 'render' below it is not in the contract (in test_1) @3",
        ),
        (
            home(kind=SpanKind.CLIENT),
            "error kind_mismatch GET /home: kind: expected SERVER, captured CLIENT (in test_1) @3",
        ),
    ],
)
def test_one_deviation(emitted: Telemetry, finding: str) -> None:
    assert finding in found(emitted)


def test_a_renamed_operation_is_red_on_both_sides() -> None:
    root = a_span("GET /hone", kind=SpanKind.SERVER)
    assert found(a_telemetry(root)) == [
        (
            "error operation_undeclared GET /hone: span 'GET /hone' is no operation of the contract;"
            " closest: 'GET /home' (in test_1) @1"
        ),
        (
            "warning operation_unexercised GET /home: no scenario exercised span 'GET /home';"
            " add one, or remove the operation @3"
        ),
    ]


def test_equal_deviations_are_one_finding_that_counts() -> None:
    broken = home(("query", {"rows": "3"}))
    (finding,) = check_contract(contract_of(HOME), a_run(broken, broken, broken, broken))
    assert finding.message.endswith("(4 times, in test_1, test_2, test_3 and 1 more)")


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        (
            [home(("query", {"rows": n})) for n in (4, 5, 5)],
            [
                (
                    "error attribute_mismatch GET /home › query: rows: expected 3, captured 4"
                    " (3 times with different values, in test_1, test_2, test_3) @8"
                ),
            ],
        ),
        (
            [home(("query", {"rows": 4})), home(("query", {"rows": "4"}))],
            [
                "error attribute_mismatch GET /home › query: rows: expected 3, captured 4 (in test_1) @8",
                (
                    "error attribute_mismatch GET /home › query: rows: expected 3, captured '4'"
                    " (int expected, str captured) (in test_2) @8"
                ),
            ],
        ),
        (
            [home(("query", {"row_s": n / 7})) for n in (4, 5)],
            [
                (
                    "error attribute_missing GET /home › query: no attribute 'rows'; closest: 'row_s' ="
                    " 0.5714285714285714 (2 times with different values, in test_1, test_2) @8"
                ),
                (
                    "warning attribute_undeclared GET /home › query: attribute 'row_s' = 0.5714285714285714"
                    " is not in the contract (2 times with different values, in test_1, test_2) @8"
                ),
            ],
        ),
        (
            [home(*[("query", {"rows": 3})] * n) for n in (2, 3)],
            [
                (
                    "error span_count GET /home: span 'query': expected 1 below it, captured 2"
                    " (2 times with different values, in test_1, test_2) @8"
                ),
            ],
        ),
    ],
    ids=("values", "types", "names", "counts"),
)
def test_a_deviation_is_one_finding_whatever_was_captured(runs: list[Telemetry], told: list[str]) -> None:
    assert shown(check_contract(contract_of(HOME.replace("/type: int", ": 3")), a_run(*runs))) == told


def test_log_events_that_no_contract_has_are_told_by_their_form() -> None:
    events = [a_log_event(f"took {n} ms") for n in range(7)]
    telemetry = msgspec.structs.replace(
        home(), log_events=(a_log_event("ready"), *events, a_log_event("lost"))
    )
    contract = contract_of(HOME + "log_events:\n  - log_event: ready\n")
    told = [f.message for f in check_contract(contract, a_run(telemetry)) if f.id == "log_event_undeclared"]
    assert told == [
        "log event 'took 0 ms' is not in the contract (7 times with different values, in test_1)",
        "log event 'lost' is not in the contract (in test_1)",
    ]


VARIANTS = """\
  - span: GET /home
    when: {attributes: {http.status_code: 200}}
    attributes: {http.status_code: 200}
  - span: GET /home
    when: {attributes: {http.status_code: 404}}
    attributes: {http.status_code: 404}
"""


def test_the_variant_is_the_one_whose_condition_holds() -> None:
    telemetry = a_telemetry(a_span("GET /home", attributes={"http.status_code": 404}))
    assert found(telemetry, VARIANTS) == [
        (
            "warning operation_unexercised GET /home: no scenario exercised span 'GET /home' when"
            " span('GET /home', attributes={'http.status_code': 200}); add one, or remove the operation @3"
        ),
    ]


def test_no_variant() -> None:
    telemetry = a_telemetry(
        a_span("GET /home", attributes={"http.status_code": 500}, status=Status(StatusCode.ERROR))
    )
    assert found(telemetry, VARIANTS)[0] == (
        "error variant_undeclared GET /home: span 'GET /home' is as no 'when' of its 2 variants says;"
        " closest: http.status_code: expected 200, captured 500 (in test_1) @3"
    )


def test_metadata_moved_to_annotations() -> None:
    below = "    subsegments:\n      - subsegment: mock\n        metadata: {ns: {size: 1}}\n"
    moved = a_segment("backend", a_subsegment("mock", annotations={"size": 1}))
    (finding,) = found(Telemetry(segments=(moved,)), f"  - segment: backend\n{below}")
    assert finding == (
        "error metadata_missing backend › mock: no metadata 'ns.size'; captured as annotation: 1"
        " (in test_1) @5"
    )


def test_optional_forbidden_and_unexercised_items() -> None:
    operations = (
        "  - span: GET /home\n    children:\n"
        "      - {span: cache, presence: optional}\n      - {span: debug, presence: forbidden}\n"
    )
    assert found(home(("debug", {})), operations) == [
        "error span_forbidden GET /home: span 'debug' was captured; the contract forbids it (in test_1) @6",
        (
            "warning item_unexercised GET /home: no scenario captured optional span 'cache';"
            " add one, or remove the item @5"
        ),
    ]


def test_siblings_of_one_name_pair_by_what_fits() -> None:
    operations = (
        "  - span: GET /home\n    children:\n"
        "      - {span: SELECT, attributes: {table: users}}\n"
        "      - {span: SELECT, attributes: {table: posts}}\n"
    )
    assert found(home(("SELECT", {"table": "posts"}), ("SELECT", {"table": "users"})), operations) == []


def test_log_events_exports_and_resources_of_the_whole_run() -> None:
    rest = (
        "log_events:\n  - {log_event/contains: Home, log_group: cruddur, used_by: alarm}\n"
        "exports:\n  - {export: /v1/traces, headers: {x-key/present: true}}\n"
        "resource: {service.name: backend}\n"
    )
    telemetry = Telemetry(
        spans=home().spans,
        log_events=(a_log_event("HomeActivities", log_group="Cruddur"), a_log_event("other")),
        exports=(ExportRequest(channel="otlp", path="/v1/traces", headers={}, items=1),),
    )
    assert found(telemetry, HOME, rest) == [
        (
            "warning log_event_undeclared log event other: log event 'other' is not in the contract"
            " (in test_1) @1"
        ),
        (
            "error log_group_mismatch log event contains('Home'): log_group: expected 'cruddur',"
            " captured 'Cruddur'; used by alarm @12"
        ),
        (
            "error header_missing export request /v1/traces: no header 'x-key'; none was captured"
            " (in test_1) @14"
        ),
        (
            "error resource_missing resource: no resource attribute 'service.name'; none was captured"
            " (in test_1) @15"
        ),
    ]


METRICS = """\
metrics:
  - metric: requests
    unit: '1'
    attributes: {route: /a, n/type: int}
  - metric: requests
    unit: '1'
    attributes: {route: /b}
  - metric: secrets
    presence: forbidden
"""


def counted(*attributes: dict[str, Any], **fields: Any) -> Telemetry:
    points = (DataPoint(attributes=one, value=1) for one in attributes)
    return a_telemetry(a_metric("requests", *points, **{"unit": "1", **fields}))


@pytest.mark.parametrize(
    ("emitted", "finding"),
    [
        (
            counted({"route": "/a", "n": "1"}, {"route": "/a", "n": 1}, {"route": "/b"}),
            (
                "error attribute_mismatch metric requests: n: expected instance_of(int), captured '1'"
                " (int expected, str captured) (in test_1) @5"
            ),
        ),
        (
            counted({"route": "/a", "n": 1}, {"route": "/b", "user": 7}),
            (
                "warning attribute_undeclared metric requests: attribute 'user' = 7"
                " is not in the contract (in test_1) @8"
            ),
        ),
        (
            counted({"route": "/a", "n": 1}, {"route": "/b"}, unit="s"),
            "error unit_mismatch metric requests: unit: expected '1', captured 's' (in test_1) @5",
        ),
        (
            a_telemetry(a_metric("secrets")),
            (
                "error metric_forbidden metric secrets: metric 'secrets' was captured;"
                " the contract forbids it @11"
            ),
        ),
    ],
)
def test_each_metric_is_as_one_item_of_its_name_says(emitted: Telemetry, finding: str) -> None:
    assert found(counted({"route": "/a", "n": 1}, {"route": "/b"}), "  []\n", METRICS) == []
    assert finding in found(emitted, "  []\n", METRICS)


def test_one_metric_that_differs_is_told_though_others_do_not() -> None:
    good = counted({"route": "/a", "n": 1}, {"route": "/b"})
    bad = counted({"route": "/a"})
    (finding,) = check_contract(contract_of("  []\n", METRICS), a_run(good, bad))
    assert finding.message == "no attribute 'n'; captured: 'route' (in test_2)"


def test_an_empty_run_holds_nothing() -> None:
    (finding,) = check_contract(contract_of(HOME), RunRecord())
    assert finding.id == "run_empty"


def test_waivers_hold_until_their_day() -> None:
    waiver = (
        "waivers:\n  - finding: attribute_mismatch\n    where: GET /home\n"
        "    owner: ann\n    reason: r\n    expires: 2026-06-30\n"
    )
    contract = contract_of(HOME, waiver)
    run = a_run(home(("query", {"rows": "3"})))

    (held,) = checked_record(contract, run, date(2026, 6, 30)).findings
    assert held.acknowledged
    broken, expired = checked_record(contract, run, date(2026, 7, 1)).findings
    assert not broken.acknowledged
    assert expired.message == (
        "waiver of 'attribute_mismatch' at 'GET /home' by ann expired on 2026-06-30;"
        " mend it, or agree on a new day"
    )
    (stale,) = checked_record(contract, a_run(home()), date(2026, 6, 1)).findings
    assert stale.id == "waiver_stale"
    assert stale.message == "waiver of 'attribute_mismatch' at 'GET /home' by ann covers nothing; remove it"


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        ("atribute_mismatch", ": there is no finding of this id; did you mean 'attribute_mismatch'?"),
        ("span_unfinishd", ": there is no finding of this id; did you mean 'span_unfinished'?"),
        ("zzz", ": there is no finding of this id; see docs/findings.md"),
        ("semconv_our_policy", "; remove it"),
        ("operation_undeclared", "; remove it"),
        ("span_unfinished", "; remove it"),
    ],
)
def test_a_waiver_that_covers_nothing(finding: str, why: str) -> None:
    waiver = f"waivers:\n  - {{finding: {finding}, owner: ann, reason: r, expires: 2026-06-30}}\n"
    contract = contract_of(HOME, waiver)
    (stale,) = checked_record(contract, a_run(home()), date(2026, 6, 1), known=known_ids()).findings
    assert stale.message == f"waiver of {finding!r} by ann covers nothing{why}"


SECTIONED = """\
log_events:
  - log_event: HomeActivities
    log_group: cruddur
  - log_event/regex: '\\Asent order \\d+ to ann\\Z'
    log_group: cruddur
metrics:
  - metric: shop.orders
    unit: '1'
"""


@pytest.mark.parametrize(
    ("telemetry", "finding", "where"),
    [
        (a_log_event("HomeActivities", log_group="web"), "log_group_mismatch", "log event HomeActivities"),
        (None, "log_event_missing", "log event HomeActivities"),
        (None, "log_event_missing", "log event regex('\\\\Asent order \\\\d+ to ann\\\\Z')"),
        (None, "metric_missing", "metric shop.orders"),
        (a_metric("shop.orders", unit="s"), "unit_mismatch", "metric shop.orders"),
        (a_metric("shop.order"), "metric_undeclared", "metric shop.order"),
        (a_log_event("order 17 lost"), "log_event_undeclared", "log event order ‹number› lost"),
    ],
)
def test_what_belongs_to_no_request_is_waived_by_its_place(
    telemetry: LogEvent | Metric | None, finding: str, where: str
) -> None:
    events = (telemetry,) if isinstance(telemetry, LogEvent) else ()
    metrics = (telemetry,) if isinstance(telemetry, Metric) else ()
    run = a_run(home(), Telemetry(log_events=events, metrics=metrics))
    one = f"waivers:\n  - finding: {finding}\n    where: {json.dumps(where)}\n    owner: a\n    reason: r\n"
    contract = contract_of(HOME, SECTIONED + one + "    expires: 2026-06-30\n")

    findings = checked_record(contract, run, date(2026, 6, 30)).findings

    assert [(one.id, one.where) for one in findings if one.acknowledged] == [(finding, where)]


def test_a_waiver_is_of_a_whole_place() -> None:
    waiver = (
        "waivers:\n  - finding: operation_undeclared\n    where: GET /a\n"
        "    owner: ann\n    reason: r\n    expires: 2026-06-30\n"
    )
    run = a_run(a_telemetry(a_span("GET /a/b")), home())
    found, stale = checked_record(contract_of(HOME, waiver), run, date(2026, 6, 30)).findings

    assert not found.acknowledged
    assert stale.message == (
        "waiver of 'operation_undeclared' at 'GET /a' by ann covers nothing; remove it;"
        " did you mean 'GET /a/b'?"
    )


def test_a_message_that_changed_has_its_closest() -> None:
    contract = contract_of("  []\n", SECTIONED)
    run = a_run(Telemetry(log_events=(a_log_event("sent order 17 to bob"),)))

    assert [one.message for one in check_contract(contract, run) if "to ann" in one.where] == [
        (
            r"no log event matching regex('\\Asent order \\d+ to ann\\Z') was captured;"
            " closest: 'sent order 17 to bob'"
        )
    ]


OPTIONAL = """\
  - span: GET /home
    attributes:
      http.status_code: 200
      user.name/optional/type: str
      user.role/optional: admin
    children:
      - span: query
        status/optional: unset
        attributes: {rows: 3, cached/optional: true}
  - segment: backend
    metadata:
      ns:
        a: 1
        b/optional: 2
      other/optional: {x: 1}
"""
OPTIONAL_SECTIONS = """\
log_records:
  - log_record: ready
    attributes: {n: 1, m/optional: 2}
metrics:
  - metric: requests
    attributes: {route: /, user/optional: 7}
  - metric: requests
    attributes: {route: /b, user/optional: 7}
exports:
  - export: /v1/traces
    headers: {X-Team/optional/present: true}
"""


def optional_run(
    *attributes: dict[str, Any], metadata: Any, point: Any, record: Any, headers: Any
) -> RunRecord:
    homes = [home(attributes={"http.status_code": 200} | one) for one in attributes]
    export = ExportRequest(channel="otlp", path="/v1/traces", items=1, headers=headers)
    points = (DataPoint(attributes=one, value=1) for one in ({"route": "/"} | point, {"route": "/b"}))
    rest = a_telemetry(
        a_segment("backend", metadata=metadata),
        a_metric("requests", *points),
        a_log_record("ready", attributes={"n": 1} | record),
        export,
    )
    return a_run(*homes, rest)


def test_an_optional_key_that_no_scenario_captured_is_unexercised() -> None:
    contract = contract_of(OPTIONAL, OPTIONAL_SECTIONS)
    record = optional_run({}, {}, metadata={"ns": {"a": 1}}, point={}, record={}, headers={})
    said = "warning item_unexercised {}: no scenario captured optional {}; add one, or remove the key @{}"
    assert shown(check_contract(contract, record)) == [
        said.format(*one)
        for one in (
            ("log record ready", "attribute 'm' of log record 'ready'", 20),
            ("metric requests", "attribute 'user' of metric 'requests'", 23),
            ("metric requests", "attribute 'user' of metric 'requests'", 25),
            ("export request /v1/traces", "header 'x-team' of export request '/v1/traces'", 28),
            ("GET /home", "attribute 'user.name' of span 'GET /home'", 6),
            ("GET /home", "attribute 'user.role' of span 'GET /home'", 7),
            ("GET /home › query", "attribute 'cached' of span 'query'", 11),
            ("backend", "metadata 'ns.b' of segment 'backend'", 16),
            ("backend", "metadata 'other' of segment 'backend'", 17),
        )
    ]


def test_an_optional_key_that_any_scenario_captured_is_exercised() -> None:
    record = optional_run(
        {"user.name": "ann"},
        {"user.role": "admin"},
        metadata={"ns": {"a": 1, "b": 2}, "other": {"x": 1}},
        point={"user": 7},
        record={"m": 2},
        headers={"x-team": "t"},
    )
    assert [
        line.rpartition("@")[2]
        for line in shown(check_contract(contract_of(OPTIONAL, OPTIONAL_SECTIONS), record))
    ] == ["25", "11"]


@pytest.mark.parametrize(
    ("query", "rest", "level"),
    [
        ("attributes: {a/optional: 1, rows: 3}", "levels: {unexercised: info}\n", "info"),
        ("attributes: {a/optional: 1, rows: 3}, used_by: Pager", "", "error"),
    ],
    ids=["configured", "public"],
)
def test_levels_of_an_optional_key(query: str, rest: str, level: str) -> None:
    operations = f"  - span: GET /home\n    children:\n      - {{span: query, {query}}}\n"
    (finding,) = found(home(), operations, rest)
    assert finding.startswith(f"{level} item_unexercised GET /home › query: no scenario captured optional ")


def test_of_an_item_that_was_never_captured_the_keys_are_not_told_too() -> None:
    gone = "{span: gone, presence: optional, attributes: {a/optional: 1}}"
    operations = f"  - span: GET /home\n    children:\n      - {gone}\n      - span: query\n"
    (finding,) = found(home(), operations)
    assert finding.startswith("warning item_unexercised GET /home: no scenario captured optional span 'gone'")


NAMED = {"ns": {"key": {"results-size": 1}}}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            {"metadata": {"ns": {"results-size": 1}}},
            {"annotations": {"results_size": 1}},
            "no metadata 'ns.results-size'; captured as annotation 'results_size': 1",
        ),
        (
            {"metadata": {"ns": {"results-size": 1, "b": 2}}},
            {"annotations": {"results_size": "1"}, "metadata": {"ns": {"b": 2}}},
            "no metadata 'ns.results-size'; captured as annotation 'results_size': '1'",
        ),
        (
            {"metadata": NAMED},
            {"annotations": {"results_size": 1}},
            "no metadata 'ns.key.results-size'; captured as annotation 'results_size': 1",
        ),
        (
            {"annotations": {"results_size": 1}},
            {"metadata": NAMED},
            "no annotation 'results_size'; captured as metadata 'ns.key.results-size': 1",
        ),
    ],
)
def test_what_moved_between_annotations_and_metadata_is_said_so(
    before: dict[str, Any], after: dict[str, Any], message: str
) -> None:
    contract = parse_contract(contract_text(a_run(Telemetry(segments=(a_segment("backend", **before),)))))
    run = a_run(Telemetry(segments=(a_segment("backend", **after),)))
    assert [f.message for f in check_contract(contract, run)] == [f"{message} (in test_1)"]
