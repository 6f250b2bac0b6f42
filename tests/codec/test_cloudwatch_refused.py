"""What CloudWatch refused is lost, unless it took it later."""

from collections.abc import Iterator

import pytest

from harness.codec.cloudwatch_refused import Refused
from harness.model import DataPoint, Incident, LogEvent, Metric, MetricType


def event(message: str, *, stream: str = "s") -> LogEvent:
    return LogEvent(log_group="cruddur", log_stream=stream, timestamp=1, message=message)


def metric(value: float) -> Metric:
    return Metric(
        name="m", type=MetricType.CLOUDWATCH, namespace="Cruddur", data_points=(DataPoint(value=value),)
    )


@pytest.fixture
def refused() -> Refused[str]:
    return Refused()


def told(refused: Refused[str]) -> list[tuple[str, str, str, dict[str, object]]]:
    incidents: Iterator[tuple[str, Incident]] = refused.take()
    return [(owner, item.id, item.name, item.context) for owner, item in incidents]


def test_what_is_refused_again_and_again_is_lost_once(refused: Refused[str]) -> None:
    for _ in range(7):
        refused.refuse([event("a"), event("b")], "ResourceNotFoundException", "first")
    refused.refuse([metric(float("nan"))], "InvalidParameterValue", "second")

    assert told(refused) == [
        ("first", "log_event_refused", "cruddur", {"count": 2, "error": "ResourceNotFoundException"}),
        ("second", "metric_refused", "Cruddur", {"count": 1, "error": "InvalidParameterValue"}),
    ]
    assert told(refused) == []


def test_what_is_taken_later_is_not_lost_whatever_its_stream(refused: Refused[str]) -> None:
    refused.refuse([event("a"), event("a"), event("b")], "E", "first")

    refused.accept([event("b", stream="other"), event("a"), metric(1)])

    assert [item.context for _, item in refused.take()] == [{"count": 1, "error": "E"}]


def test_what_was_taken_before_it_was_refused_is_lost(refused: Refused[str]) -> None:
    refused.accept([metric(1)])
    refused.refuse([metric(1)], "E", "first")

    assert [incident.message for _, incident in refused.take()] == [
        (
            "namespace 'Cruddur' refused 1 metric datum and never took them later, the first is 'm': E; "
            "correct the PutMetricData, and let the app tell what its client raises"
        )
    ]


def test_what_another_tells_of_is_left_to_it(refused: Refused[str]) -> None:
    refused.refuse([event("a")], "E", "first")

    assert list(refused.take(but={event("a")})) == []
