"""A child that became the parent of its parent is one change, whatever is below the two."""

from __future__ import annotations

from typing import Any

import pytest

from harness.model import RunRecord, Span
from tests.analysis.diff.runs import a_run, changes
from tests.builders import a_segment, a_span, a_subsegment


def chain(*names: str, extra: tuple[tuple[str, str], ...] = (), **attributes: Any) -> RunRecord:
    spans: dict[str, Span] = {}
    parent: Span | None = None
    for name in names:
        parent = spans[name] = a_span(name, parent=parent, attributes={name: attributes.get(name, 1)})
    below = [a_span(name, parent=spans[under]) for under, name in extra]
    return a_run(*spans.values(), *below)


KEPT = (("a", "of a"), ("b", "of b"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (chain("r", "a", "b"), chain("r", "b", "a"), ["reparented at r › b: a › b → b › a"]),
        (chain("r", "a", "b", "c"), chain("r", "b", "a", "c"), ["reparented at r › b: a › b → b › a"]),
        (
            chain("r", "a", "b", extra=KEPT),
            chain("r", "b", "a", extra=KEPT),
            ["reparented at r › b: a › b → b › a"],
        ),
        (chain("a", "b", "c"), chain("b", "a", "c"), ["reparented at b: a › b → b › a"]),
        (
            chain("r", "a", "b"),
            chain("r", "b", "a", a=2),
            ["reparented at r › b: a › b → b › a", "value_changed at r › b › a: attributes.a 1 → 2"],
        ),
        (
            chain("r", "a", "b", extra=KEPT),
            chain("r", "b", "a", extra=KEPT[:1]),
            ["reparented at r › b: a › b → b › a", "removed at r › b › of b: of b → None"],
        ),
    ],
    ids=("alone", "what is below stays", "what is below goes along", "the root", "and a value", "and a loss"),
)
def test_a_swap_of_spans(before: RunRecord, after: RunRecord, expected: list[str]) -> None:
    assert changes(before, after) == expected


def test_a_swap_of_subsegments() -> None:
    def run(outer: str, inner: str) -> RunRecord:
        return a_run(a_segment("r", a_subsegment(outer, a_subsegment(inner))))

    assert changes(run("a", "b"), run("b", "a")) == ["reparented at r › b: a › b → b › a"]
