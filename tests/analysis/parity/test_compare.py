"""Two runs as X-Ray shows them: which requests and subsegments belong together, and what is told."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re

import pytest
from hypothesis import given

import harness.analysis.parity
from harness.analysis.parity import Indexed, compare_runs, exported, parity_lines
from harness.model import (
    Level,
    Resource,
    RunRecord,
    ScenarioRecord,
    Site,
    Span,
)
from tests.analysis.parity.requests import (
    CLIENT,
    HTTP_CURE,
    INDEX,
    SERVER,
    a_request,
    a_run,
    a_server_span,
    found,
    gaps,
)
from tests.analysis.parity.strategies import INDEXED, SPANS
from tests.builders import a_segment, a_span, a_subsegment, a_telemetry
from tests.project import ROOT

MODULES = [
    info.name for info in pkgutil.walk_packages(harness.analysis.parity.__path__, "harness.analysis.parity.")
]


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


def test_requests_are_paired_whatever_ids_are_in_their_paths() -> None:
    first, second = (
        "/order/17cc51c3-89f2-4a6f-8d3a-08d4bb0b5f2e",
        "/order/0b5f2e17-4a6f-8d3a-89f2-cc51c308d4bb",
    )

    assert gaps(a_request(path=first), a_server_span(second)) == []
    assert gaps(a_request(path=first, fault=True), a_server_span(second)) == [
        (
            "parity_fault",
            "GET /order/‹uuid›",
            "fault: X-Ray True, OpenTelemetry False; set the span's status to ERROR, or its HTTP status",
        )
    ]


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


@pytest.mark.parametrize(
    ("name", "rows"),
    [("Load items", "count"), ("store.load", "count"), ("fetch", "rows"), ("fetch", "count")],
)
def test_a_sibling_of_another_name_is_known_by_its_words_or_by_what_it_has(name: str, rows: str) -> None:
    load = a_subsegment("load", a_subsegment("db", id="d" * 16), annotations={"rows": 3})
    root = a_server_span()
    attributes = {rows: 3, "aws.xray.annotations": [rows]}
    span = a_span(name, parent=root, span_id="e" * 16, attributes=attributes)

    told = gaps(a_request(load), root, span, a_span("db", parent=span, span_id="f" * 16))

    ids = (
        ["parity_subsegment_name"]
        if rows == "rows"
        else ["parity_subsegment_name", "parity_annotation_missing"]
    )
    if (name, rows) == ("fetch", "count"):  # half of what it has is no evidence
        ids = ["parity_subsegment_missing"]
    assert [each[0] for each in told][: len(ids)] == ids


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
