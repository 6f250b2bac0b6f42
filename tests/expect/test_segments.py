from __future__ import annotations

from typing import Any

import pytest

from harness import absent, contains, ge, hex_id, iso8601, length, lt, regex, segment, span, subsegment
from harness.expect import Expectation
from harness.model import Segment, Site, Subsegment, Telemetry
from tests.builders import XRAY_TRACE, a_segment, a_subsegment, a_telemetry
from tests.builders import hex_id as an_id


def findings(expectation: Expectation[Any], telemetry: Telemetry) -> list[str]:
    verdict = expectation.check(telemetry)
    return [f"{f.signal} | {f.where} | {f.id}: {f.message}" for f in verdict.findings]


def mock_data(**fields: Any) -> Subsegment:
    return a_subsegment(
        "mock-data",
        a_subsegment("inner", namespace="aws", aws={"operation": "Scan"}),
        a_subsegment("query", sql={"sanitized_query": "SELECT 1"}),
        metadata={"user_activities": {"now": "2026-01-01T00:00:00", "size": 2}, "default": {"k": 1}},
        annotations={"handle": "andrew"},
        **fields,
    )


def backend() -> Segment:
    return a_segment(
        "backend-flask",
        mock_data(),
        ms=250,
        http={"request": {"method": "GET", "url": "/x"}, "response": {"status": 500}},
        fault=True,
        cause={"exceptions": [{"type": "TypeError", "message": "boom"}]},
        annotations={"region": "us-east-1"},
        service={"version": "1"},
        user="andrew",
        aws={"xray": {"sdk": "X-Ray for Python"}},
    )


@pytest.mark.parametrize(
    "expectation",
    [
        segment("backend-flask"),
        segment("backend-flask", http={"response": {"status": 500}}, fault=True, error=False, throttle=False),
        segment("backend-flask", cause={"exceptions": contains({"type": "TypeError"})}, duration=lt(0.3)),
        segment("backend-flask", trace_id=XRAY_TRACE, parent_id=None, user="andrew"),
        segment("backend-flask", service={"version": "1"}, aws={"xray": {"sdk": regex("Python")}}),
        segment("backend-flask").with_subsegment(
            subsegment("mock-data", annotations={"handle": "andrew"}).with_subsegment(
                subsegment("inner", namespace="aws", aws={"operation": "Scan"})
            )
        ),
        subsegment("mock-data", metadata={"user_activities": {"now": iso8601(offset=False)}}, namespace=None),
        subsegment("query", sql={"sanitized_query": contains("SELECT")}, cause=None),
        subsegment("inner", http=absent, duration=ge(0)),
    ],
)
def test_what_is_named_holds_and_the_rest_may_be_anything(expectation: Expectation[Any]) -> None:
    assert findings(expectation, a_telemetry(a_segment("other"), backend())) == []


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            segment("backend-flask", http={"response": {"status": 200}}),
            "http_mismatch: http.response.status: expected 200, captured 500",
        ),
        (
            segment("backend-flask", http={"response": {"content_length": 7}}),
            "http_missing: no http field 'http.response.content_length'; captured: 'http.response.status'",
        ),
        (
            segment("backend-flask", http={"request": {"url": absent}}),
            "http_unexpected: http.request.url: expected absent, captured '/x'",
        ),
        (segment("backend-flask", fault=False), "fault_mismatch: fault: expected False, captured True"),
        (segment("backend-flask", error=True), "error_mismatch: error: expected True, captured False"),
        (
            segment("backend-flask", throttle=True),
            "throttle_mismatch: throttle: expected True, captured False",
        ),
        (
            segment("backend-flask", cause={"exceptions": [{"type": "KeyError"}]}),
            "cause_mismatch: cause.exceptions[0].type: expected 'KeyError', captured 'TypeError'",
        ),
        (
            segment("backend-flask", cause={"exceptions": length(0)}),
            (
                "cause_mismatch: cause.exceptions: expected length(0), captured"
                " [{'type': 'TypeError', 'message': 'boom'}] (its length is 1)"
            ),
        ),
        (
            segment("backend-flask", parent_id=hex_id(16)),
            (
                "parent_id_mismatch: parent_id: expected hex_id(16), captured None"
                " (str expected, NoneType captured)"
            ),
        ),
        (segment("backend-flask", user="brown"), "user_mismatch: user: expected 'brown', captured 'andrew'"),
        (
            segment("backend-flask", annotations={"region": "eu"}),
            "annotation_mismatch: region: expected 'eu', captured 'us-east-1'",
        ),
        (
            segment("backend-flask", annotations={"regoin": "eu"}),
            "annotation_missing: no annotation 'regoin'; closest: 'region' = 'us-east-1'",
        ),
    ],
)
def test_a_detail_of_a_segment_that_does_not_hold(expectation: Expectation[Any], message: str) -> None:
    assert findings(expectation, a_telemetry(backend())) == [f"segment | segment backend-flask | {message}"]


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            subsegment("mock-data", metadata={"user_activities": {"now": iso8601()}}),
            (
                "metadata_mismatch: user_activities.now: expected iso8601(), captured '2026-01-01T00:00:00'"
                " (no UTC offset)"
            ),
        ),
        (
            subsegment("mock-data", metadata={"user_activities": {"sise": 2}}),
            "metadata_missing: no metadata 'user_activities.sise'; closest: 'user_activities.size' = 2",
        ),
        (
            subsegment("mock-data", metadata={"default": {"size": 2}}),
            "metadata_missing: no metadata 'default.size'; captured in namespace 'user_activities': 2",
        ),
        (
            subsegment("mock-data", metadata={"other": {"zzz": 2}}),
            "metadata_missing: no metadata 'other.zzz'; captured: 'user_activities', 'default'",
        ),
        (
            subsegment("mock-data", metadata={"default": {"handle": "andrew"}}),
            "metadata_missing: no metadata 'default.handle'; captured as annotation: 'andrew'",
        ),
        (
            subsegment("mock-data", annotations={"size": 2}),
            (
                "annotation_missing: no annotation 'size'; captured as metadata in namespace"
                " 'user_activities': 2"
            ),
        ),
        (
            subsegment("mock-data", namespace="remote"),
            "namespace_mismatch: namespace: expected 'remote', captured None",
        ),
        (
            subsegment("mock-data", sql={"url": "x"}),
            "sql_missing: no sql field 'sql.url'; none was captured",
        ),
    ],
)
def test_a_detail_of_a_subsegment_that_does_not_hold(expectation: Expectation[Any], message: str) -> None:
    telemetry = a_telemetry(backend())
    assert findings(expectation, telemetry) == [f"segment | subsegment mock-data | {message}"]
    nested = segment("backend-flask").with_subsegment(expectation)  # type: ignore[arg-type]
    assert findings(nested, telemetry) == [f"segment | segment backend-flask › mock-data | {message}"]


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (
            segment("backend-flsk"),
            (
                "segment backend-flsk | segment_missing: no segment 'backend-flsk' was captured;"
                " closest: 'backend-flask'"
            ),
        ),
        (
            segment("mock-data"),
            (
                "segment mock-data | segment_missing: no segment 'mock-data' was captured;"
                " a subsegment of that name was: backend-flask › mock-data"
            ),
        ),
        (
            subsegment("backend-flask"),
            (
                "subsegment backend-flask | subsegment_missing: no subsegment 'backend-flask' was captured;"
                " a segment of that name was: backend-flask"
            ),
        ),
        (
            segment("backend-flask").with_subsegment(subsegment("inner")),
            (
                "segment backend-flask › inner | subsegment_not_under_parent: subsegment 'inner' was"
                " captured, but not as a subsegment of 'backend-flask'; it is at"
                " backend-flask › mock-data › inner"
            ),
        ),
        (
            segment("backend-flask").with_subsegment(subsegment("mokc-data")),
            (
                "segment backend-flask › mokc-data | subsegment_missing: no subsegment 'mokc-data' was"
                " captured; closest: 'mock-data'"
            ),
        ),
    ],
)
def test_what_is_missing_is_told_with_what_is_there(expectation: Expectation[Any], message: str) -> None:
    assert findings(expectation, a_telemetry(backend())) == [f"segment | {message}"]


def test_a_segment_without_subsegments() -> None:
    assert findings(segment("a").with_subsegment(subsegment("b")), a_telemetry(a_segment("a"))) == [
        "segment | segment a › b | subsegment_missing: no subsegment 'b' was captured; 'a' has none"
    ]


def test_no_subsegment_anywhere() -> None:
    assert findings(subsegment("b"), a_telemetry(a_segment("a"))) == [
        (
            "segment | subsegment b | subsegment_missing: no subsegment 'b' was captured;"
            " no subsegment was captured at all"
        )
    ]


def test_subsegments_each_have_their_own_match_with_the_trace_of_their_segment() -> None:
    expectation = segment("backend-flask", http={"response": {"status": 500}}).with_subsegment(
        subsegment("mock-data", metadata={"user_activities": {"now": iso8601(offset=None), "size": 2}})
    )
    verdict = expectation.check(a_telemetry(backend()))
    assert [(m.signal, m.node_id, m.fields) for m in verdict.matched] == [
        ("segment", f"{XRAY_TRACE}/{an_id('backend-flask')}", ("name", "http.response.status")),
        (
            "segment",
            f"{XRAY_TRACE}/{an_id('mock-data')}",
            ("name", "metadata.user_activities.now", "metadata.user_activities.size"),
        ),
    ]


def test_the_line_that_began_it_is_told() -> None:
    telemetry = a_telemetry(a_segment("a", site=Site("app.py", 3)))
    assert segment("a", fault=True).check(telemetry).findings[0].site == Site("app.py", 3)


def test_their_repr_is_source() -> None:
    expectation = segment("a", http={"response": {"status": 200}}, parent_id=None).with_subsegment(
        subsegment("b", namespace="aws", metadata={"default": {"k": [1]}})
    )
    assert repr(expectation) == (
        "segment('a', http={'response': {'status': 200}}, parent_id=None)"
        ".with_subsegment(subsegment('b', namespace='aws', metadata={'default': {'k': [1]}}))"
    )
    assert eval(repr(expectation)) == expectation  # noqa: S307 - the source is our own


def test_a_span_is_no_subsegment() -> None:
    with pytest.raises(TypeError, match=r"^with_subsegment: expected subsegment\(…\), span\('a'\) given$"):
        segment("a").with_subsegment(span("a"))  # type: ignore[arg-type]
