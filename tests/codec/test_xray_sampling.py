from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.xray_sampling import statistics_of
from harness.errors import DecodeError
from harness.model import SamplingStatistics

DOCUMENT = {
    "RuleName": "Cruddur",
    "ClientID": "a" * 24,
    "RequestCount": 10,
    "SampledCount": 2,
    "BorrowCount": 1,
    "Timestamp": 5,
}
BOOST = {
    "RuleName": "Cruddur",
    "ServiceName": "shop",
    "Timestamp": 5.0,
    "AnomalyCount": 1,
    "TotalCount": 2,
    "SampledAnomalyCount": 1,
}
STATISTICS = SamplingStatistics(
    rule_name="Cruddur", client_id="a" * 24, request_count=10, sampled_count=2, borrow_count=1, timestamp=5.0
)


def body(*documents: object, **more: object) -> bytes:
    return json.dumps({"SamplingStatisticsDocuments": documents, **more}).encode()


def test_the_sdks_document() -> None:
    assert statistics_of(body(DOCUMENT, DOCUMENT)) == (STATISTICS, STATISTICS)


def test_adots_document() -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != "SampledCount"}
    document |= {"SampleCount": 2, "Timestamp": 5.0}
    assert statistics_of(body(document, SamplingBoostStatisticsDocuments=[BOOST])) == (STATISTICS,)


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("RuleName", "", "`str` of length >= 1"),
        ("RuleName", "r" * 33, "`str` of length <= 32"),
        ("ClientID", "a" * 23, "`str` of length >= 24"),
        ("ClientID", "a" * 25, "`str` of length <= 24"),
        ("RequestCount", -1, "`int` >= 0"),
        ("SampledCount", -1, "`int` >= 0"),
        ("BorrowCount", -1, "`int` >= 0"),
    ],
)
def test_members_that_x_ray_refuses(member: str, value: object, expected: str) -> None:
    with pytest.raises(DecodeError) as raised:
        statistics_of(body(DOCUMENT, DOCUMENT | {member: value}))
    assert str(raised.value) == f"Expected {expected} - at `$.SamplingStatisticsDocuments[1].{member}`"


def test_boosts_that_x_ray_refuses() -> None:
    with pytest.raises(DecodeError) as raised:
        statistics_of(body(DOCUMENT, SamplingBoostStatisticsDocuments=[BOOST | {"AnomalyCount": -1}]))
    assert str(raised.value) == (
        "Expected `int` >= 0 - at `$.SamplingBoostStatisticsDocuments[0].AnomalyCount`"
    )


def test_there_are_25_documents_at_most() -> None:
    assert len(statistics_of(body(*[DOCUMENT] * 25))) == 25
    with pytest.raises(DecodeError) as raised:
        statistics_of(body(*[DOCUMENT] * 26))
    assert str(raised.value) == "Expected `array` of length <= 25 - at `$.SamplingStatisticsDocuments`"


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("SampledCount", "the document of rule 'Cruddur' has no SampledCount"),
        ("ClientID", "Object missing required field `ClientID` - at `$.SamplingStatisticsDocuments[0]`"),
    ],
)
def test_what_a_document_must_have(missing: str, reason: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != missing}
    with pytest.raises(DecodeError) as raised:
        statistics_of(body(document))
    assert str(raised.value) == reason


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: body(v)))
def test_anything_else_is_refused_with_a_reason(data: bytes) -> None:
    try:
        statistics_of(data)
    except DecodeError as error:
        assert str(error)
