"""Runs of one request in both forms, and the gaps between them."""

from __future__ import annotations

from typing import Any

from harness.analysis.parity import Parity, compare_runs
from harness.model import (
    Level,
    Resource,
    RunRecord,
    ScenarioRecord,
    Segment,
    Span,
    SpanKind,
    Subsegment,
)
from tests.builders import a_segment, a_span, a_telemetry

SERVER, CLIENT = SpanKind.SERVER, SpanKind.CLIENT
SERVICE = Resource(attributes={"service.name": "backend-flask"})
INDEX = "list the attribute in aws.xray.annotations of its span, or in indexed_attributes of the exporter"
RENAMED = INDEX.replace("attribute in", "attribute, named 'app_rows', in", 1)
HTTP_CURE = "set it with an HTTP instrumentation, or by hand as the semantic conventions name it"


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
