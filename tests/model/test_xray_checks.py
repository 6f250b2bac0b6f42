import pytest

from harness.model import Segment, Subsegment
from harness.model.xray_checks import Rule, problems_of
from tests.builders import a_segment, a_subsegment


def codes(document: Segment | Subsegment) -> list[tuple[Rule, str]]:
    return [(problem.rule, problem.code) for problem in problems_of(document)]


def test_a_good_document_has_none() -> None:
    assert codes(a_segment("backend-flask", a_subsegment("mock-data", namespace="local"))) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "12"}, (Rule.ENFORCED, "InvalidId")),
        ({"end_time": None}, (Rule.ENFORCED, "MissingEndTime")),
        ({"in_progress": True}, (Rule.ENFORCED, "InProgressEndTime")),
        ({"http": {"response": {"status": "200"}}}, (Rule.SCHEMA, "InvalidHttp")),
        ({"http": {"request": {"user_agent": "x" * 251}}}, (Rule.SCHEMA, "InvalidHttp")),
        ({"annotations": {"a-b": 1}}, (Rule.PRACTICE, "AnnotationKey")),
        ({"annotations": {f"k{n}": n for n in range(51)}}, (Rule.PRACTICE, "TooManyAnnotations")),
        ({"end_time": 1.0, "start_time": 2.0}, (Rule.PRACTICE, "EndBeforeStart")),
        ({"http": {"request": {"url": "http://x/?token=1"}}}, (Rule.PRACTICE, "UrlWithQuery")),
        ({"http": {"request": "odd", "response": None}}, None),
    ],
)
def test_each_rule(fields: dict[str, object], expected: tuple[Rule, str] | None) -> None:
    assert codes(a_segment(**fields)) == ([expected] if expected else [])  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "expected"), [(30.5, [(Rule.PRACTICE, "OldTraceId")]), (30, []), (-1, [])])
def test_a_trace_id_may_be_30_days_old(days: float, expected: list[tuple[Rule, str]]) -> None:
    made = 1_700_000_000
    end = made + days * 24 * 3600

    found = codes(a_segment(trace_id=f"1-{made:08x}-{'a' * 24}", start_time=end - 1, end_time=end))

    assert found == expected


@pytest.mark.parametrize("name", ["n" * 201, "semi;colon"])
def test_names(name: str) -> None:
    assert codes(a_segment(name, id="0" * 16)) == [(Rule.SCHEMA, "InvalidName")]
    assert codes(a_segment("", id="0" * 16)) == [(Rule.ENFORCED, "MissingName")]


def test_subsegments_are_looked_at_too() -> None:
    document = a_segment("web", a_subsegment("db", namespace="sql", in_progress=True))

    assert codes(document) == [(Rule.ENFORCED, "InProgressEndTime"), (Rule.SCHEMA, "InvalidNamespace")]
