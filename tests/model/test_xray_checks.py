import pytest

from harness.model import Level, Segment, Subsegment
from harness.model.xray_checks import problems_of
from tests.builders import a_segment, a_subsegment

INVALID, SCHEMA, PRACTICE = "document_invalid", "document_schema", "document_practice"


def codes(document: Segment | Subsegment) -> list[tuple[str, str]]:
    return [(problem.rule.finding, problem.rule.code) for problem in problems_of(document)]


def test_a_good_document_has_none() -> None:
    assert codes(a_segment("backend-flask", a_subsegment("mock-data", namespace="local"))) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "12"}, (INVALID, "InvalidId")),
        ({"id": ""}, (INVALID, "MissingId")),
        ({"parent_id": "zz"}, (INVALID, "InvalidParentId")),
        ({"end_time": None}, (INVALID, "MissingEndTime")),
        ({"in_progress": True}, (INVALID, "InvalidEndTime")),
        ({"http": {"response": {"status": "200"}}}, (SCHEMA, "InvalidHttp")),
        ({"http": {"request": {"user_agent": "x" * 251}}}, (SCHEMA, "InvalidHttp")),
        ({"annotations": {"a-b": 1}}, (PRACTICE, "AnnotationKey")),
        ({"annotations": {"c": [1]}}, (PRACTICE, "AnnotationValue")),
        ({"annotations": {"c": None, "d": {"x": 1}}}, (PRACTICE, "AnnotationValue")),
        ({"annotations": {"a": "x", "b": 1, "c": 1.5, "d": True}}, None),
        ({"annotations": {f"k{n}": n for n in range(51)}}, (PRACTICE, "TooManyAnnotations")),
        ({"end_time": 1.0, "start_time": 2.0}, (PRACTICE, "EndBeforeStart")),
        ({"http": {"request": {"url": "http://x/?token=1"}}}, (PRACTICE, "UrlWithQuery")),
        ({"http": {"request": "odd", "response": None}}, None),
    ],
)
def test_each_rule(fields: dict[str, object], expected: tuple[str, str] | None) -> None:
    assert codes(a_segment(**fields)) == ([expected] if expected else [])  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "expected"), [(30.5, [(INVALID, "InvalidTraceId")]), (30, []), (-1, [])])
def test_a_trace_id_may_be_30_days_old(days: float, expected: list[tuple[str, str]]) -> None:
    made = 1_700_000_000
    end = made + days * 24 * 3600

    found = codes(a_segment(trace_id=f"1-{made:08x}-{'a' * 24}", start_time=end - 1, end_time=end))

    assert found == expected


@pytest.mark.parametrize("name", ["n" * 201, "semi;colon"])
def test_names(name: str) -> None:
    assert codes(a_segment(name, id="0" * 16)) == [(INVALID, "InvalidName")]
    assert codes(a_segment("", id="0" * 16)) == [(INVALID, "MissingName")]


def test_subsegments_are_looked_at_too() -> None:
    document = a_segment("web", a_subsegment("db", namespace="sql", in_progress=True))

    assert codes(document) == [(INVALID, "InvalidEndTime"), (SCHEMA, "InvalidNamespace")]


def test_ids_of_subsegments_are_looked_at_too() -> None:
    document = a_segment("web", a_subsegment("db", id="12", parent_id="zz", trace_id="1-2-3"))

    expected = ["InvalidId", "InvalidTraceId", "InvalidParentId"]
    assert codes(document) == [(INVALID, code) for code in expected]


def test_an_old_trace_id_is_refused_and_only_a_warning() -> None:
    (problem,) = problems_of(a_segment(trace_id=f"1-00000001-{'a' * 24}"))

    assert (problem.rule.refused, problem.rule.level) == (True, Level.WARNING)
    assert problem.message.endswith("harmless for a fixed id in a test's header")


def test_odd_annotation_keys_are_one_problem() -> None:
    (problem,) = problems_of(a_segment(annotations={"a-b": 1, "c.d": 2, "fine": 3}))

    assert problem.message == "annotation keys 'a-b', 'c.d' are not indexed; only letters, digits and '_' are"
