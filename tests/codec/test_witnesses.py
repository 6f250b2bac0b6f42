"""A span as the process has it beside the same span as it was exported."""

from __future__ import annotations

import math
from typing import Any

import pytest

from harness.codec.witnesses import export_differs
from harness.model import Site, Span, SpanEvent
from tests.builders import a_span


def test_a_span_that_is_exported_as_it_is_differs_in_nothing() -> None:
    def made(**fields: Any) -> Span:
        event = SpanEvent(name="measured", time_unix_nano=1, attributes={"of": math.nan})
        return a_span("work", attributes={"ratio": float("nan")}, events=(event,), **fields)

    process, wire = made(site=Site("app.py", 7), witnesses=("process",)), made(witnesses=("wire",))
    assert export_differs(process, wire) is None


@pytest.mark.parametrize(
    ("exported", "differences"),
    [
        (a_span("work", attributes={"b": 1, "c": 3}), "without attribute 'a'"),
        (a_span("work", attributes={"a": "***", "b": 1, "c": 3}), "with another value of attribute 'a'"),
        (a_span("work", attributes={"a": "x", "b": 1, "c": 3, "d": 4}), "with attribute 'd' added"),
        (
            a_span("work", attributes={"a": "x", "b": 1, "c": 3, "z": 4, "y": 4, "x": 4}),
            "with attribute 'x' added, with attribute 'y' added, with attribute 'z' added",
        ),
        (a_span("GET /", attributes={"a": "x", "b": 1}), "with another name, without attribute 'c'"),
    ],
)
def test_what_differs_is_named_without_its_values(exported: Span, differences: str) -> None:
    site = Site("app.py", 7)
    incident = export_differs(a_span("work", attributes={"a": "x", "b": 1, "c": 3}, site=site), exported)

    assert incident is not None
    assert (incident.id, incident.name, incident.site) == ("export_differs", "work", site)
    assert incident.message == (
        f"span 'work' was exported {differences}: expectations look at what the process has, a backend at"
        " what was exported; look for an exporter or processor that changes spans"
    )
