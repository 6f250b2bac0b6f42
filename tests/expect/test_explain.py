from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness import span
from harness.expect.checker import Checker, Member
from harness.expect.explain import explain
from tests.builders import a_span, a_telemetry


def told(wanted: list[dict[str, int]], captured: list[dict[str, int]]) -> list[str]:
    spans = [a_span("a", span_id=f"{n:016x}", attributes=item) for n, item in enumerate(captured, 1)]
    members = [Member(span("a", attributes=item)) for item in wanted]
    return [finding.message for finding in explain(Checker(a_telemetry(*spans)), members)]


def test_a_member_that_is_met_is_not_told() -> None:
    assert told([{"x": 1}], [{"x": 2}, {"x": 1}]) == []


def test_the_closest_free_span_explains() -> None:
    assert told([{"x": 1, "y": 1, "z": 1}], [{"x": 0, "y": 0, "z": 1}, {"x": 1, "y": 0, "z": 1}]) == [
        "y: expected 1, captured 0"
    ]


def test_a_span_that_is_matched_explains_no_other_member() -> None:
    assert told([{"x": 1}, {"x": 1, "y": 1}], [{"x": 1}, {"x": 2, "y": 2}]) == [
        "x: expected 1, captured 2",
        "y: expected 1, captured 2",
    ]


def test_members_share_the_spans_so_that_each_is_explained_by_its_closest() -> None:
    wanted = [{"x": 1, "y": 1, "z": 1}, {"x": 2, "y": 2, "z": 2}]
    assert told(wanted, [{"x": 2, "y": 2, "z": 0}, {"x": 1, "y": 0, "z": 1}]) == [
        "y: expected 1, captured 0",
        "z: expected 2, captured 0",
    ]


def test_a_member_without_a_span_left_is_missing() -> None:
    assert told([{"x": 1}, {"x": 2}], [{"x": 3}]) == [
        "x: expected 1, captured 3",
        (
            "no further span 'a' was captured; the 1 captured is taken by span('a', attributes={'x': 1}) "
            "(not met either)"
        ),
    ]


attributes = st.fixed_dictionaries({"x": st.integers(0, 2)})


@given(st.lists(attributes, min_size=1, max_size=4), st.lists(attributes, max_size=4))
def test_there_are_as_many_findings_as_members_without_a_span(
    wanted: list[dict[str, int]], captured: list[dict[str, int]]
) -> None:
    met = sum(min(wanted.count({"x": x}), captured.count({"x": x})) for x in range(3))
    assert len(told(wanted, captured)) == len(wanted) - met
