from __future__ import annotations

from harness.expect import draw_tree
from harness.expect.drawing import export_line, log_event_line, log_record_line, metric_lines
from harness.model import DataPoint, SpanEvent, SpanKind, Status, StatusCode, segment_tree, trees_of
from tests.builders import (
    a_log_event,
    a_log_record,
    a_metric,
    a_segment,
    a_span,
    a_subsegment,
    an_export,
)


def test_a_tree_of_spans() -> None:
    root = a_span("GET /", kind=SpanKind.SERVER, ms=3.14)
    first = a_span("first", parent=root, at_ms=1, attributes={"app.now": "2026", "n": 3})
    below = a_span("below", parent=first, at_ms=1, ms=None)
    second = a_span("second", parent=root, at_ms=2, status=Status(StatusCode.ERROR), ms=0.04)
    leaf = a_span("leaf", parent=second, at_ms=3, events=(SpanEvent(name="e", time_unix_nano=0),))
    (tree,) = trees_of([leaf, second, below, first, root])
    assert draw_tree(tree) == [
        "GET / [server] 3.1 ms",
        "├─ first [internal] 1.0 ms  app.now='2026' n=3",
        "│  └─ below [internal] unfinished",
        "└─ second [internal] 0.0 ms failed",
        "   └─ leaf [internal] 1.0 ms  events.e={}",
    ]


def test_a_tree_of_segments_tells_annotations_from_metadata() -> None:
    inner = a_subsegment("inner", metadata={"default": {"k": 1}}, fault=True)
    tree = segment_tree(a_segment("s", inner, annotations={"k": 1}, http={"response": {"status": 200}}))
    assert draw_tree(tree) == [
        "s [segment] 1.0 ms  annotations.k=1 http.response.status=200",
        "└─ inner [subsegment] 1.0 ms failed  metadata.default.k=1",
    ]


def test_long_values_and_many_facts_are_shortened() -> None:
    attributes = {"text": "x" * 100, "a": "y" * 30, "b": "z" * 30, "c": "w" * 30, "d": 2}
    (tree,) = trees_of([a_span("a\nb", attributes=attributes)])
    assert draw_tree(tree) == [
        "'a\\nb' [internal] 1.0 ms  text='" + "x" * 28 + "…" + "x" * 9 + "'"
        " a='" + "y" * 30 + "' b='" + "z" * 30 + "' … 2 more"
    ]


def test_a_tree_thousands_deep() -> None:
    spans = [a_span("0", span_id="0" * 15 + "1")]
    for number in range(2, 2_001):
        spans.append(a_span(str(number), parent=spans[-1], span_id=f"{number:016x}", at_ms=number))
    lines = draw_tree(trees_of(spans)[0])
    assert len(lines) == 2_000
    assert lines[-1] == "   " * 1_998 + "└─ 2000 [internal] 1.0 ms"


def test_everything_else_is_a_line() -> None:
    assert log_event_line(a_log_event("a\n")) == "cruddur/web  'a\\n'"
    record = a_log_record("hi", event_name="login", attributes={"k": 1})
    assert log_record_line(record) == "INFO login 'hi'  k=1"
    assert log_record_line(a_log_record(None, severity_text="")) == "9 None"
    assert export_line(an_export(headers={"a": "b"})) == "otlp /v1/traces items=1  a='b'"


def test_a_metric_has_a_line_for_each_data_point() -> None:
    points = [DataPoint(attributes={"k": 1}, value=3), DataPoint(count=2, sum=0.5), DataPoint()]
    assert list(metric_lines(a_metric("m", *points, unit="s"))) == [
        "m [sum] s",
        "├─ value=3  k=1",
        "├─ count=2 sum=0.5",
        "└─ no value",
    ]


def test_a_key_that_a_terminal_would_obey_is_shown_as_source() -> None:
    item = a_span("GET /", ms=1, attributes={"a\x1b[31m": 1})

    assert draw_tree(trees_of([item])[0]) == ["GET / [internal] 1.0 ms  'a\\x1b[31m'=1"]
