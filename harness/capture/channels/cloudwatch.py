"""Channel ``cloudwatch``: log events and metrics that reach the AWS endpoint."""

from __future__ import annotations

import importlib.util
import os
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

from harness.capture.aws_endpoint import AwsEndpoint
from harness.capture.channel import Context, OpenNode
from harness.capture.environment import FAKE_AWS, REGION
from harness.model import ExportRequest, LogEvent, Metric

_OTHER_ENDPOINTS = (
    "AWS_ENDPOINT_URL_LOGS",
    "AWS_ENDPOINT_URL_CLOUDWATCH",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
)


class CloudWatchChannel:
    """Records `PutLogEvents` and `PutMetricData`, and empties watchtower's queues."""

    def __init__(self, context: Context) -> None:
        self._owners = context.owners
        self._endpoint = AwsEndpoint(context.loop, context.arrivals)
        self._handlers: weakref.WeakSet[Any] = weakref.WeakSet()
        self._holding: set[Any] = set()
        self._patches = context.patches
        self._patches.when_imported("watchtower", self._watch)

    def environment(self) -> dict[str, str | None]:
        """Return the endpoint, credentials that open nothing, and a region if there is none."""
        region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or REGION
        return {
            "AWS_ENDPOINT_URL": self._endpoint.url,
            "AWS_DEFAULT_REGION": region,
            **FAKE_AWS,
            **dict.fromkeys(_OTHER_ENDPOINTS),
        }

    def _watch(self, watchtower: ModuleType) -> None:
        """Know every handler, and which of them hold something back."""

        def emit(original: Callable[..., None], handler: Any, message: Any) -> None:
            self._handlers.add(handler)
            original(handler, message)
            self._holding.add(handler)

        self._patches.wrap(watchtower.CloudWatchLogHandler, "emit", emit)

    def flush(self, deadline: float, *, exporters: bool) -> None:  # noqa: ARG002  watchtower's own limit is 30 s
        """Have watchtower send what it would keep for up to 60 s."""
        while self._holding:
            self._holding.pop().flush()

    def ingest(self) -> None:
        """Hand over log events, metrics and requests."""
        current = self._owners.current
        while self._endpoint.received:
            item = self._endpoint.received.popleft()
            if isinstance(item, LogEvent):
                current.log_events.append(item)
            elif isinstance(item, Metric):
                current.metrics.append(item)
            elif isinstance(item, ExportRequest):
                current.exports.append(item)
            else:
                current.rejected.append(item)

    def open_nodes(self) -> list[OpenNode]:
        """Return nothing: log events have no duration."""
        return []

    def end_scenario(self) -> None:
        """Nothing is left behind: the scenario has settled."""

    def stop(self) -> None:
        """Close watchtower's handlers while the endpoint still answers, then the endpoint."""
        for handler in tuple(self._handlers):
            handler.close()
        self._endpoint.close()


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:  # sys.modules holds None in its place
        return False


def create(context: Context) -> CloudWatchChannel:
    """Return the channel.

    Raises:
        ModuleNotFoundError: moto is not installed; it is imported at the first request.
    """
    if not _is_installed("moto"):
        raise ModuleNotFoundError("No module named 'moto'", name="moto")
    return CloudWatchChannel(context)
