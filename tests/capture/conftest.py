"""Receivers on real sockets, closed after each test."""

from collections.abc import Iterator

import pytest

from harness.capture.arrivals import Arrivals
from harness.capture.aws_endpoint import AwsEndpoint
from harness.capture.loop import ReceiverLoop


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


@pytest.fixture
def loop() -> Iterator[ReceiverLoop]:
    running = ReceiverLoop()
    yield running
    running.stop()


@pytest.fixture
def endpoint(loop: ReceiverLoop, arrivals: Arrivals) -> Iterator[AwsEndpoint]:
    running = AwsEndpoint(loop, arrivals)
    yield running
    running.close()
