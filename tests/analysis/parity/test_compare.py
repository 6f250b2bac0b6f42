"""Two runs as X-Ray shows them: the gaps, each with both values and its cure; the harmless differences."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from typing import Any

import pytest
from hypothesis import given

import harness.analysis.parity
from harness.analysis.parity import Indexed, Parity, compare_runs, exported, parity_lines
from harness.model import (
    Level,
    Resource,
    RunRecord,
    ScenarioRecord,
    Segment,
    Site,
    Span,
    SpanEvent,
    SpanKind,
    Status,
    StatusCode,
    Subsegment,
)
from tests.analysis.parity.strategies import INDEXED, SPANS
from tests.builders import a_segment, a_span, a_subsegment, a_telemetry
from tests.project import ROOT

SERVER, CLIENT = SpanKind.SERVER, SpanKind.CLIENT
SERVICE = Resource(attributes={"service.name": "backend-flask"})
INDEX = "list the attribute in aws.xray.annotations of its span, or in indexed_attributes of the exporter"
RENAMED = INDEX.replace("attribute in", "attribute, named 'app_rows', in", 1)
HTTP_CURE = "set it with an HTTP instrumentation, or by hand as the semantic conventions name it"
MODULES = [
    info.name for info in pkgutil.walk_packages(harness.analysis.parity.__path__, "harness.analysis.parity.")
]


def a_run(*captured: Any, name: str = "test_home") -> RunRecord:
    return RunRecord(scenarios=(ScenarioRecord(name=name, telemetry=a_telemetry(*captured)),))


def a_request(*subsegments: Subsegment, path: str = "/home", status: int = 200, **fields: Any) -> Segment:
    http = {"request": {"method": "GET", "url": f"http://shop{path}"}, "response": {"status": status}}
    return a_segment("backend-flask", *subsegments, **{"http": http, **fields})


def a_server_span(path: str = "/home", status: int = 200, **fields: Any) -> Span:
    own = {"http.method": "GET", "http.url": f"http://shop{path}", "http.status_code": status}
    attributes = own | fields.pop("attributes", {})
    return a_span(f"GET {path}", kind=SERVER, resource=SERVICE, attributes=attributes, **fields)


def found(parity: Parity, level: Level = Level.ERROR) -> list[tuple[str, str, str]]:
    return [(each.id, each.where, each.message) for each in parity.findings if each.level is level]


def gaps(xray: Segment, *spans: Span) -> list[tuple[str, str, str]]:
    """Return the gaps of one request in scenarios of different names, whose name is not told."""
    return found(compare_runs(a_run(xray, name="x"), a_run(*spans, name="o")))


def test_a_request_that_is_the_same_has_harmless_differences_only() -> None:
    root = a_server_span(attributes={"rows": 3})
    parity = compare_runs(
        a_run(a_request(a_subsegment("mock-data", namespace="local"))),
        a_run(root, a_span("mock-data", parent=root)),
    )

    assert parity.holds
    assert parity.requests == 1
    assert found(parity, Level.INFO) == [
        (
            "parity_documents",
            "GET /home",
            "the exporter sends 2 documents, the SDK embeds subsegments (in test_home)",
        ),
        (
            "parity_explicit_false",
            "GET /home",
            "the exporter sends error, fault and throttle when they are false, too (in test_home)",
        ),
        (
            "parity_content_length",
            "GET /home",
            "http.response.content_length: X-Ray none, OpenTelemetry 0 (in test_home)",
        ),
        (
            "parity_metadata_extra",
            "GET /home",
            "metadata of OpenTelemetry only: default.otel.resource.service.name, default.rows (in test_home)",
        ),
        (
            "parity_namespace_local",
            "GET /home › mock-data",
            "namespace: X-Ray 'local', OpenTelemetry none (in test_home)",
        ),
    ]


def test_an_annotation_that_became_metadata() -> None:
    xray = a_request(annotations={"handle": "worf", "app_rows": 3})
    attributes = {"handle": "worf", "app.rows": 3}

    assert gaps(xray, a_server_span(attributes=attributes)) == [
        (
            "parity_annotation_is_metadata",
            "GET /home",
            (
                "annotation 'handle': X-Ray 'worf', OpenTelemetry metadata default.handle = 'worf',"
                f" which no filter finds; {INDEX}"
            ),
        ),
        (
            "parity_annotation_is_metadata",
            "GET /home",
            (
                "annotation 'app_rows': X-Ray 3, OpenTelemetry metadata default.app.rows = 3,"
                f" which no filter finds; {RENAMED}"
            ),
        ),
    ]
    cured = {"handle": "worf", "app_rows": 3, "aws.xray.annotations": ["handle", "app_rows"]}
    assert gaps(xray, a_server_span(attributes=cured)) == []


def test_the_exporters_own_settings_are_a_cure() -> None:
    runs = a_run(a_request(annotations={"handle": "w"})), a_run(a_server_span(attributes={"handle": "w"}))

    assert compare_runs(*runs, Indexed(frozenset({"handle"}))).holds
    assert compare_runs(*runs, Indexed(all=True)).holds
    assert not compare_runs(*runs).holds


def test_annotations_that_are_another_or_none() -> None:
    xray = a_request(annotations={"handle": "worf", "app_rows": 3, "size": 1, "now": "2026-03-01T12:00:00Z"})
    attributes = {"handle": "garek", "app.rows": 3, "sizes": 1, "now": "2026-03-02T12:00:01Z"}
    indexed = {"aws.xray.annotations": ["handle", "app.rows", "now"]}

    assert gaps(xray, a_server_span(attributes={**attributes, **indexed})) == [
        (
            "parity_annotation",
            "GET /home",
            "annotation 'handle': X-Ray 'worf', OpenTelemetry 'garek'; set the same value on the span",
        ),
        (
            "parity_annotation_key",
            "GET /home",
            (
                "annotation 'app_rows': X-Ray 'app_rows', OpenTelemetry 'app.rows';"
                " name the span attribute 'app_rows'"
            ),
        ),
        (
            "parity_annotation_missing",
            "GET /home",
            (
                "annotation 'size': X-Ray 1, OpenTelemetry none; closest: 'sizes';"
                " set it as a span attribute, and list its key in aws.xray.annotations"
            ),
        ),
    ]


def test_an_annotation_of_another_type_is_another() -> None:
    span = a_server_span(attributes={"rows": "3", "aws.xray.annotations": ["rows"]})
    assert gaps(a_request(annotations={"rows": 3}), span) == [
        (
            "parity_annotation",
            "GET /home",
            "annotation 'rows': X-Ray 3, OpenTelemetry '3' (int, str); set the same value on the span",
        )
    ]


def test_lost_metadata_is_a_warning() -> None:
    xray = a_request(metadata={"debug": {"rows": 3, "now": 1, "moved": 2, "lost": 4}})
    attributes = {"aws.xray.metadata.debug": '{"rows": 4, "now": 1}', "moved": 2}
    parity = compare_runs(a_run(xray), a_run(a_server_span(attributes=attributes)))

    assert parity.holds
    assert found(parity, Level.WARNING) == [
        (
            "parity_metadata",
            "GET /home",
            "metadata debug.rows: X-Ray 3, OpenTelemetry 4; set the same value on the span (in test_home)",
        ),
        (
            "parity_metadata_missing",
            "GET /home",
            (
                "metadata debug.lost: X-Ray 4, OpenTelemetry none;"
                " set the span attribute aws.xray.metadata.debug to a JSON object with 'lost' (in test_home)"
            ),
        ),
    ]
    assert (
        "parity_metadata_namespace",
        "GET /home",
        "metadata debug.moved: in OpenTelemetry it is default.moved (in test_home)",
    ) in found(parity, Level.INFO)


def test_a_call_that_is_no_client_span() -> None:
    http = {"request": {"method": "GET", "url": "http://up/"}, "response": {"status": 200}}
    xray = a_request(a_subsegment("upstream", namespace="remote", http=http))
    root = a_server_span()

    assert gaps(xray, root, a_span("upstream", parent=root)) == [
        (
            "parity_namespace",
            "GET /home › upstream",
            "namespace: X-Ray 'remote', OpenTelemetry none; make it a CLIENT span",
        ),
        (
            "parity_http",
            "GET /home › upstream",
            (
                "http: X-Ray {'request': {'method': 'GET', 'url': 'http://up/'},"
                " 'response': {'status': 200}},"
                f" OpenTelemetry none; {HTTP_CURE}"
            ),
        ),
    ]
    own = {"http.method": "GET", "http.url": "http://up/", "http.status_code": 200}
    assert gaps(xray, root, a_span("GET", parent=root, kind=CLIENT, attributes=own)) == [
        (
            "parity_subsegment_name",
            "GET /home › upstream",
            (
                "subsegment name: X-Ray 'upstream', OpenTelemetry 'GET';"
                " name the span so; a CLIENT span takes the name of peer.service"
            ),
        )
    ]
    named = {**own, "peer.service": "upstream"}
    assert gaps(xray, root, a_span("GET", parent=root, kind=CLIENT, attributes=named)) == []


def test_service_name_and_user() -> None:
    span = a_server_span()
    other = a_span("GET /home", kind=SERVER, attributes=span.attributes)

    assert gaps(a_request(user="worf"), other) == [
        (
            "parity_service_name",
            "GET /home",
            (
                "service name: X-Ray 'backend-flask', OpenTelemetry 'GET /home';"
                " set service.name of the resource (OTEL_SERVICE_NAME)"
            ),
        ),
        (
            "parity_user",
            "GET /home",
            "user: X-Ray 'worf', OpenTelemetry none; set the span attribute enduser.id",
        ),
    ]
    assert gaps(a_request(user="worf"), a_server_span(attributes={"enduser.id": "worf"})) == []


def test_http_fields() -> None:
    http = {"request": {"method": "GET", "url": "http://shop/home", "user_agent": "curl"}, "response": {}}
    xray = a_request(http=http)
    assert gaps(xray, a_server_span(attributes={"http.url": "https://shop/home"})) == [
        (
            "parity_http",
            "GET /home",
            f"http.request.url: X-Ray 'http://shop/home', OpenTelemetry 'https://shop/home'; {HTTP_CURE}",
        ),
        (
            "parity_http",
            "GET /home",
            f"http.request.user_agent: X-Ray 'curl', OpenTelemetry none; {HTTP_CURE}",
        ),
    ]


def test_query_and_loopback_port_are_harmless() -> None:
    http = {"request": {"method": "GET", "url": "http://127.0.0.1:4001/home"}, "response": {"status": 200}}
    span = a_server_span(attributes={"http.url": "http://localhost:5002/home?token=1"})
    parity = compare_runs(a_run(a_request(http=http), name="x"), a_run(span, name="o"))

    urls = "http.request.url: X-Ray 'http://127.0.0.1:4001/home', OpenTelemetry 'http://localhost:5002/home?token=1'"
    assert parity.holds
    assert ("parity_url_query", "GET /home", urls) in found(parity, Level.INFO)
    assert ("parity_url_port", "GET /home", urls) in found(parity, Level.INFO)


def test_outcomes() -> None:
    xray = a_request(a_subsegment("rows", error=True, throttle=True), a_subsegment("read", fault=True))
    root = a_server_span()
    failed = a_span("rows", parent=root, status=Status(StatusCode.ERROR))

    assert gaps(xray, root, failed, a_span("read", parent=root)) == [
        (
            "parity_error",
            "GET /home › rows",
            (
                "error: X-Ray True, OpenTelemetry False;"
                " set the HTTP status of 400 to 499 on the span: only that makes an error"
            ),
        ),
        (
            "parity_fault",
            "GET /home › rows",
            (
                "fault: X-Ray False, OpenTelemetry True;"
                " the span's status is ERROR, or its HTTP status says so; set neither"
            ),
        ),
        (
            "parity_throttle",
            "GET /home › rows",
            (
                "throttle: X-Ray True, OpenTelemetry False;"
                " set the HTTP status 429 on the span: only that makes a throttle"
            ),
        ),
        (
            "parity_fault",
            "GET /home › read",
            "fault: X-Ray True, OpenTelemetry False; set the span's status to ERROR, or its HTTP status",
        ),
    ]


def recorded(type_: str, message: str) -> tuple[SpanEvent, ...]:
    attributes = {"exception.type": type_, "exception.message": message}
    return (SpanEvent(name="exception", time_unix_nano=0, attributes=attributes),)


def test_causes() -> None:
    raised = {"exceptions": [{"id": "1" * 16, "type": "ConnectionError", "message": "port=41234 refused"}]}
    failing = a_request(
        a_subsegment("upstream", fault=True, cause=raised), status=500, fault=True, cause="1" * 16
    )
    root = a_server_span(status=500)
    error = Status(StatusCode.ERROR)

    assert gaps(failing, root, a_span("upstream", parent=root, status=error)) == [
        (
            "parity_cause",
            "GET /home › upstream",
            (
                "cause: X-Ray 'ConnectionError: port=41234 refused', OpenTelemetry none;"
                " record the exception on this span: span.record_exception(error)"
            ),
        )
    ]
    events = recorded("requests.exceptions.ConnectionError", "port=5000 refused")
    cured = a_span("upstream", parent=root, status=error, events=events)
    parity = compare_runs(a_run(failing, name="x"), a_run(root, cured, name="o"))
    assert parity.holds
    assert [each for each in found(parity, Level.INFO) if each[0] == "parity_cause_form"] == [
        (
            "parity_cause_form",
            "GET /home",
            "the SDK points to the exception that another document recorded",
        ),
        (
            "parity_cause_form",
            "GET /home › upstream",
            "the SDK's exceptions have ids, and stacks in another order",
        ),
    ]


def test_a_cause_of_opentelemetry_only_is_harmless() -> None:
    parity = compare_runs(
        a_run(a_request(), name="x"), a_run(a_server_span(events=recorded("a.E", "no")), name="o")
    )
    assert ("parity_cause_extra", "GET /home", "cause: X-Ray none, OpenTelemetry ['E: no']") in found(
        parity, Level.INFO
    )


def test_subsegments_that_are_missing_moved_or_more() -> None:
    xray = a_request(
        a_subsegment("outer", a_subsegment("inner")),
        a_subsegment("mock-data"),
        a_subsegment("lost", namespace="aws"),
    )
    root = a_server_span()
    outer = a_span("outer", parent=root)
    # A span around one is no other hierarchy.
    framework = a_span("middleware", parent=root)
    spans = (
        *(root, outer, framework, a_span("mock-data", parent=framework), a_span("inner", parent=root)),
        a_span("call", parent=outer, kind=CLIENT),
    )
    parity = compare_runs(a_run(xray, name="x"), a_run(*spans, name="o"))

    assert found(parity) == [
        (
            "parity_hierarchy",
            "GET /home › outer › inner",
            (
                "below 'outer' in X-Ray, below 'backend-flask' in OpenTelemetry;"
                " start the span while its parent is the current one"
            ),
        ),
        (
            "parity_subsegment_missing",
            "GET /home › lost",
            "subsegment 'lost' of X-Ray is no span in OpenTelemetry; start a CLIENT span named 'lost' there",
        ),
    ]
    assert found(parity, Level.WARNING) == [
        (
            "parity_subsegment_extra",
            "GET /home › outer › call",
            (
                "span 'call' of OpenTelemetry is no subsegment in X-Ray;"
                " the service map shows a call that it did not show before"
            ),
        )
    ]
    assert (
        "parity_subsegment_extra",
        "GET /home › middleware",
        "span 'middleware' of OpenTelemetry is no subsegment in X-Ray",
    ) in found(parity, Level.INFO)


def test_siblings_are_paired_by_the_closest_name() -> None:
    root = a_server_span()
    found = gaps(a_request(a_subsegment("mock-data")), root, a_span("mock_data", parent=root))
    assert [each[:2] for each in found] == [("parity_subsegment_name", "GET /home › mock-data")]


def test_a_span_without_its_parent_is_shown_nowhere() -> None:
    orphan = a_span("mock-data", parent_span_id="c" * 16, site=Site("app.py", 7))
    parity = compare_runs(a_run(a_request(), name="x"), a_run(a_server_span(), orphan, name="o"))

    assert found(parity) == [
        (
            "parity_subsegment_orphaned",
            "mock-data",
            (
                "its parent cccccccccccccccc was not captured, so that X-Ray has no request to show it in;"
                " export the parent, too"
            ),
        )
    ]
    assert next(parity_lines(parity)).startswith(
        "app.py:7: error parity_subsegment_orphaned: mock-data: its "
    )


def test_a_context_that_is_not_propagated() -> None:
    call = a_subsegment("shop", namespace="remote", trace_id=None)
    front = a_request(call)
    back = a_segment("shop", parent_id=call.id, http={"request": {"method": "GET", "url": "http://s/shop"}})
    root = a_server_span()
    out = a_span("shop", kind=CLIENT, parent=root)
    shop = Resource(attributes={"service.name": "shop"})
    asked = {"http.method": "GET", "http.url": "http://s/shop"}
    alone = a_span("GET /shop", kind=SERVER, resource=shop, attributes=asked, at_ms=1)
    below = a_span("GET /shop", kind=SERVER, resource=shop, attributes=asked, at_ms=1, parent=out)

    def compared(served: Span) -> list[tuple[str, str, str]]:
        return found(compare_runs(a_run(front, back, name="x"), a_run(root, out, served, name="o")))

    assert compared(alone) == [
        (
            "parity_hierarchy",
            "GET /shop",
            (
                "called by 'shop' in X-Ray, the beginning of a trace in OpenTelemetry;"
                " propagate the context: the same propagators in both services"
            ),
        )
    ]
    assert compared(below) == []


def test_requests_are_paired_by_method_path_and_status_in_order() -> None:
    segments = [
        a_request(id="1" * 16, start_time=1.0),
        a_request(status=404, error=True, id="2" * 16, start_time=2.0),
        a_request(path="/cart", id="3" * 16, start_time=3.0),
    ]
    spans = [
        a_server_span("/cart", span_id="a" * 16, at_ms=1),
        a_server_span(status=404, span_id="b" * 16, at_ms=2),
        a_server_span(span_id="c" * 16, at_ms=3),
    ]
    parity = compare_runs(a_run(*segments), a_run(*spans))

    assert parity.requests == 3
    assert parity.holds


def test_requests_that_one_form_has_more_often() -> None:
    segments = [a_request(id="1" * 16), a_request(path="/lost", id="2" * 16)]
    spans = [a_server_span(span_id=f"{number:016x}", at_ms=number) for number in range(1, 4)]
    parity = compare_runs(
        a_run(*segments, name="x"), a_run(*spans, a_server_span("/more", at_ms=9), name="o")
    )

    assert found(parity) == [
        (
            "parity_request_missing",
            "GET /lost",
            "1 segments in X-Ray, none in OpenTelemetry; instrument the server, and sample it",
        ),
        (
            "parity_sampling",
            "GET /home",
            (
                "sampling: X-Ray 1 times, OpenTelemetry 3;"
                " let both decide alike: X-Ray's sampling rules for both,"
                " or the caller's decision (the propagator xray and a parent-based sampler)"
            ),
        ),
        (
            "parity_request_extra",
            "GET /more",
            (
                "no segment in X-Ray, 1 in OpenTelemetry;"
                " the X-Ray SDK did not sample it, or lost it: see the findings of that run"
            ),
        ),
    ]


def test_what_is_no_http_is_paired_by_name() -> None:
    parity = compare_runs(a_run(a_segment("worker")), a_run(a_span("worker")))
    assert (parity.requests, parity.holds) == (1, True)


def test_scenarios_are_paired_by_name() -> None:
    site = Site("test_shop.py", 3)
    one = ScenarioRecord(name="a", telemetry=a_telemetry(a_request()))
    two = ScenarioRecord(name="b", telemetry=a_telemetry(a_request()), site=site)
    silent = ScenarioRecord(name="silent")
    spans = ScenarioRecord(name="a", telemetry=a_telemetry(a_server_span()))
    more = ScenarioRecord(name="c", telemetry=a_telemetry(a_server_span()))

    parity = compare_runs(RunRecord(scenarios=(one, two, silent)), RunRecord(scenarios=(more, spans)))

    assert parity.requests == 1
    assert found(parity) == [
        (
            "parity_scenario_missing",
            "",
            "scenario 'b' has telemetry in the run of X-Ray only; run the same scenarios in both forms",
        ),
        (
            "parity_scenario_missing",
            "",
            (
                "scenario 'c' has telemetry in the run of OpenTelemetry only;"
                " run the same scenarios in both forms"
            ),
        ),
    ]
    assert parity.findings[0].site == site


def test_lines_fold_what_is_the_same() -> None:
    segments = [a_request(id=f"{number:016x}", annotations={"n": 1}) for number in range(3)]
    spans = [a_server_span(span_id=f"{number:016x}", attributes={"n": 1}) for number in range(3)]
    parity = compare_runs(a_run(*segments, name="x"), a_run(*spans, name="o"))

    assert list(parity_lines(parity)) == [
        (
            "error parity_annotation_is_metadata: GET /home and 2 more: annotation 'n': X-Ray 1,"
            f" OpenTelemetry metadata default.n = 1, which no filter finds; {INDEX}"
        ),
        "harmless, normalised:",
        (
            "  parity_content_length ×3, such as GET /home:"
            " http.response.content_length: X-Ray none, OpenTelemetry 0"
        ),
        (
            "  parity_explicit_false ×3, such as GET /home:"
            " the exporter sends error, fault and throttle when they are false, too"
        ),
        (
            "  parity_metadata_extra ×3, such as GET /home:"
            " metadata of OpenTelemetry only: default.otel.resource.service.name"
        ),
        "parity does not hold: 3 requests compared, 3 gaps",
    ]


def test_a_thousand_renamed_siblings_are_paired() -> None:
    subsegments = [a_subsegment(f"read row {number}", id=f"{number:016x}") for number in range(1_000)]
    root = a_server_span()
    spans = [a_span(f"load row {number}", parent=root, at_ms=1) for number in range(1_000)]

    assert {each[0] for each in gaps(a_request(*subsegments), root, *spans)} == {"parity_subsegment_name"}


@given(SPANS, INDEXED)
def test_what_is_exported_is_on_a_par_with_its_spans(spans: list[Span], indexed: Indexed) -> None:
    sent = exported(spans, indexed)
    parity = compare_runs(a_run(*sent.segments), a_run(*spans), indexed)

    assert parity.requests == len(sent.segments)
    # Orphans, and scenarios whose spans never ended, are in no segment.
    assert {each[0] for each in found(parity)} <= {"parity_subsegment_orphaned", "parity_scenario_missing"}
    assert found(parity, Level.WARNING) == []


@given(SPANS, SPANS)
def test_any_two_runs_can_be_compared(spans: list[Span], others: list[Span]) -> None:
    parity = compare_runs(a_run(*exported(spans).segments), a_run(*others))

    assert list(parity_lines(parity))[-1].endswith(" gaps")


def test_every_id_is_documented() -> None:
    package = ROOT / "harness" / "analysis" / "parity"
    sources = "".join(file.read_text() for file in package.glob("*.py"))
    ids = set(re.findall(r'"(parity_[a-z_]+)"', sources)) - {"parity_lines"}
    # One id is made of the name of an outcome.
    ids |= {f"parity_{flag}" for flag in ("error", "fault", "throttle")}

    rows = re.findall(r"^\| `(parity_\w+)` \|", (ROOT / "docs" / "parity.md").read_text(), re.MULTILINE)
    named = set(re.findall(r"`(parity_\w+)`", (ROOT / "docs" / "findings.md").read_text()))

    assert sorted(rows) == sorted(ids)
    assert named == ids


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
