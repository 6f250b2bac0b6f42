"""The CloudWatch channel in this process, through the fixture that users have."""

import logging
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import watchtower

from harness import ScenarioTelemetry, TelemetryAssertionError, export_request, log_event, metric, present

GROUP = "tests"


@pytest.fixture(scope="module")
def logger() -> Iterator[logging.Logger]:
    handler = watchtower.CloudWatchLogHandler(log_group_name=GROUP)
    found = logging.getLogger("tests.cloudwatch")
    found.setLevel(logging.INFO)
    found.addHandler(handler)
    yield found
    found.removeHandler(handler)
    handler.close()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("number", range(3))
def test_queued_lines_are_flushed_and_stay_in_their_scenario(
    telemetry: ScenarioTelemetry, logger: logging.Logger, number: int
) -> None:
    logger.info("line %s", number)
    logger.info("next to %s", number)

    assert [event.message for event in telemetry.log_events] == [f"line {number}", f"next to {number}"]
    telemetry.expect(log_event(f"line {number}", log_group=GROUP))


def test_a_queued_line_that_is_sent_has_two_witnesses(
    telemetry: ScenarioTelemetry, logger: logging.Logger
) -> None:
    logger.info("seen twice")

    assert telemetry.log_event(log_event("seen twice")).witnesses == ("process",)
    telemetry.expect(export_request(path="PutLogEvents", headers={"x-amz-target": present}))
    assert [(e.message, e.witnesses) for e in telemetry.log_events] == [("seen twice", ("process", "wire"))]


def test_a_log_event_has_the_apps_line_which_a_missing_one_names(
    telemetry: ScenarioTelemetry, logger: logging.Logger
) -> None:
    logger.info("HomeActivity")

    (queued,) = telemetry.log_events
    assert queued.site is not None
    assert (Path(queued.site.file).name, queued.site.function) == (
        "test_cloudwatch_channel.py",
        "test_a_log_event_has_the_apps_line_which_a_missing_one_names",
    )
    assert telemetry.exports
    assert [(e.witnesses, e.site) for e in telemetry.log_events] == [(("process", "wire"), queued.site)]
    with pytest.raises(TelemetryAssertionError) as error:
        telemetry.expect(log_event("HomeActivities"))
    assert error.value.verdict.findings[0].message == (
        f"no log event 'HomeActivities' was captured; closest: 'HomeActivity' ({queued.site})"
    )


def test_a_handler_without_queues_is_seen_on_the_wire(telemetry: ScenarioTelemetry) -> None:
    handler = watchtower.CloudWatchLogHandler(log_group_name=GROUP, use_queues=False)
    handler.emit(logging.makeLogRecord({"msg": "at once"}))  # type: ignore[no-untyped-call]

    assert [(e.message, e.witnesses) for e in telemetry.log_events] == [("at once", ("wire",))]
    handler.close()  # type: ignore[no-untyped-call]


def test_a_line_feed_stays_in_one_event(telemetry: ScenarioTelemetry, logger: logging.Logger) -> None:
    logger.info("forged\nline")

    telemetry.expect_count(1, log_event("forged\nline"))


def test_metrics_that_the_app_puts(telemetry: ScenarioTelemetry) -> None:
    boto3.client("cloudwatch").put_metric_data(
        Namespace="Cruddur", MetricData=[{"MetricName": "Signups", "Value": 2.0, "Unit": "Count"}]
    )

    telemetry.expect(metric("Signups", namespace="Cruddur", value=2.0, unit="Count"))


def test_what_is_refused_and_swallowed_is_found_in_its_scenario(telemetry: ScenarioTelemetry) -> None:
    logs = boto3.client("logs")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.put_log_events(
            logGroupName="nosuch", logStreamName="s", logEvents=[{"timestamp": 1, "message": "lost"}]
        )

    (found,) = telemetry.expect_finding("log_event_refused")
    assert found.message == (
        "log group 'nosuch' refused 1 log event and never took them later, the first is 'lost': "
        "ResourceNotFoundException: The specified log group does not exist.; correct the PutLogEvents, and "
        "let the app tell what its client raises"
    )
