"""What of a value is compared, how names are alike, and which shapes pair."""

from __future__ import annotations

from typing import Any

import pytest

from harness.analysis.diff.pairing import best_pairs
from harness.analysis.diff.shape import Shapes, counted
from harness.analysis.diff.values import Relation, merged, relation, value_of
from harness.closest import likeness, text_likeness
from harness.contract.units import stem_and_unit
from harness.model import RunRecord
from tests.analysis.diff.runs import below_root, changes, child


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("GET", "'GET'"),
        (3, "3"),
        (True, "True"),
        (None, "None"),
        (1.5, "float"),
        (1_700_000_000, "int"),
        (b"raw", "bytes"),
        ("2026-03-01T12:00:00Z", "date-time"),
        ("4bf92f3577b34da6", "hex id of 16 digits"),
        ("http://localhost:8080/x", "'http://localhost:‹port›/x'"),
        (["a", "b"], "['a', 'b']"),
        ([1.5], "list[float]"),
        ({}, "dict"),
    ],
)
def test_a_value_as_it_is_compared(value: Any, text: str) -> None:
    assert str(value_of("app.key", value)) == text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a", "a", Relation.SAME),
        ("a", "b", Relation.CHANGED),
        ("a", 1, Relation.RETYPED),
        (1, 1.0, Relation.RETYPED),
        (None, "a", Relation.RETYPED),
        ([], "a", Relation.RETYPED),
        ([], [1], Relation.CHANGED),
        ([1], ["1"], Relation.RETYPED),
        ([1], [True], Relation.RETYPED),
    ],
)
def test_how_two_values_differ(before: Any, after: Any, expected: Relation) -> None:
    assert relation(value_of("k", before), value_of("k", after)) is expected
    assert relation(value_of("k", after), value_of("k", before)) is expected


def test_values_of_several_types() -> None:
    assert str(merged([value_of("k", 1), value_of("k", "a")])) == "int|str"


def test_a_day_that_is_written_in_another_way() -> None:
    def due(day: str) -> RunRecord:
        return below_root(child(attributes={"due": day}))

    assert changes(due("2026-11-30"), due("2027-01-01")) == []
    assert changes(due("2026-11-30"), due("30/11/2026")) == [
        r"value_changed at GET /x › query: attributes.due \A\d{4}-\d\d?-\d\d?\Z → \A\d\d?/\d\d?/\d{4}\Z"
    ]
    assert changes(below_root(child()), due("2026-11-30")) == [
        "added at GET /x › query: attributes.due None → '‹date›'"
    ]


def test_names() -> None:
    assert likeness("a", "a") == 1.0
    assert likeness("app.user_id", "db.rows") < 0.5
    assert text_likeness("", "") == 0.0
    assert stem_and_unit("http.server.duration.seconds") == ("http.server.duration", "s")


def test_equal_content_is_one_shape() -> None:
    shapes = Shapes()
    leaf = shapes.of("span", "leaf")

    one = shapes.of("span", "root", children=counted([leaf, shapes.of("span", "leaf")]))

    assert one is shapes.of("span", "root", children=((leaf, 2),))
    assert (one.size, len(shapes), dict(one.names)) == (3, 2, {("span", "leaf"): 2})


def test_many_shapes_are_paired_by_what_is_rare() -> None:
    shapes = Shapes()
    before = {shapes.of("span", "q", facts=(("k", value_of("k", n)),)): 1 for n in range(200)}
    after = {
        shapes.of("span", "q", facts=(("k", value_of("k", n)), ("new", value_of("new", 1)))): 1
        for n in range(10, 210)
    }

    paired = best_pairs(before, after)

    same = [a.facts["k"] == b.facts["k"] for a, b, _ in paired.pairs]
    assert (len(same), sum(same), paired.before, paired.after) == (200, 190, {}, {})
