"""Receivers on real sockets, closed after each test."""

from collections.abc import Iterator

import pytest

from harness.capture.arrivals import Arrivals
from harness.capture.loop import ReceiverLoop


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


@pytest.fixture
def loop() -> Iterator[ReceiverLoop]:
    running = ReceiverLoop()
    yield running
    running.stop()
