"""A Lambda handler: the service, not the function, sends the segment of its subsegments."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_xray_sdk.core.recorder import AWSXRayRecorder

from harness import ScenarioTelemetry, segment, subsegment

PARENT = "53995c3f42cd8ad8"


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """What makes this process the worker of an invocation, and its recorder."""
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "/var/task")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "resize-image")

    recorder = AWSXRayRecorder()

    def invocation(parent: str) -> Any:
        root = f"1-{int(time.time()):08x}-{parent}{parent[:8]}"
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={root};Parent={parent};Sampled=1")
        return recorder

    yield invocation
    recorder.emitter._socket.close()  # the SDK never does


def test_the_subsegments_of_a_handler_are_below_the_segment_that_lambda_sends(
    telemetry: ScenarioTelemetry, invoked: Callable[[str], Any]
) -> None:
    recorder = invoked(PARENT)
    with recorder.in_subsegment("load") as load:
        load.put_annotation("bucket", "avatars")
        with recorder.in_subsegment("decode"):
            pass
    with recorder.in_subsegment("store"):
        pass

    telemetry.expect(
        segment("resize-image", origin="AWS::Lambda::Function")
        .with_subsegment(
            subsegment("load", annotations={"bucket": "avatars"}).with_subsegment(subsegment("decode"))
        )
        .with_subsegment(subsegment("store"))
    )
    found = telemetry.segment(segment("resize-image"))
    assert found.id == PARENT
    assert found.start_time == found.subsegments[0].start_time
    assert found.end_time == found.subsegments[-1].end_time


def test_each_invocation_has_a_segment_of_its_own(
    telemetry: ScenarioTelemetry, invoked: Callable[[str], Any]
) -> None:
    for parent in (PARENT, PARENT[::-1]):
        with invoked(parent).in_subsegment("work"):
            pass

    telemetry.expect_count(2, segment("resize-image").with_subsegment(subsegment("work")))


def test_a_subsegment_of_a_handler_that_is_never_ended_is_found(
    telemetry: ScenarioTelemetry, invoked: Callable[[str], Any]
) -> None:
    invoked(PARENT).begin_subsegment("forgotten")

    telemetry.expect_finding("subsegment_unfinished", at="test_xray_lambda.py")
