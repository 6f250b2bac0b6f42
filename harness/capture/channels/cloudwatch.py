"""Channel ``cloudwatch``: log events and metrics that reach the AWS endpoint."""

from __future__ import annotations

import importlib.util
import os
from collections import defaultdict, deque
from typing import NamedTuple

import msgspec

from harness.capture.aws_endpoint import AwsEndpoint, Received
from harness.capture.bucket import Bucket
from harness.capture.channel import Context, OpenNode
from harness.capture.environment import FAKE_AWS, LOOPBACK, region_of
from harness.capture.watchtower_watch import WatchtowerWatch
from harness.codec.arrivals_file import Arrival
from harness.codec.cloudwatch import refused_of
from harness.codec.cloudwatch_refused import Refused
from harness.codec.wire import telemetry_of_aws
from harness.model import Incident, LogEvent, Metric

_OTHER_ENDPOINTS = (
    "AWS_ENDPOINT_URL_LOGS",
    "AWS_ENDPOINT_URL_CLOUDWATCH",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
)


class _Queued(NamedTuple):
    """Where a log event is that was queued and did not arrive yet; the number counts all of them."""

    owner: Bucket
    position: int
    number: int


class CloudWatchChannel:
    """Sees log events as watchtower queues them, and `PutLogEvents` and `PutMetricData` as they arrive."""

    wire_channel = "aws"

    def __init__(self, context: Context) -> None:
        self._owners = context.owners
        self._endpoint = AwsEndpoint(context.loop, context.arrivals, services=context.services)
        self._watch = WatchtowerWatch(context.patches, context.owners)
        self._waiting: defaultdict[LogEvent, deque[_Queued]] = defaultdict(deque)
        self._refused: Refused[Bucket] = Refused()
        self._queued = self._flushed = 0

    def listen(self, host: str) -> None:
        """Let the endpoint listen on another address, too."""
        self._endpoint.listen(host)

    def environment(self, host: str = LOOPBACK) -> dict[str, str | None]:
        """Return the endpoint, credentials that open nothing, and a region if there is none."""
        return {
            "AWS_ENDPOINT_URL": f"http://{host}:{self._endpoint.port}",
            **region_of(os.environ),
            **FAKE_AWS,
            **dict.fromkeys(_OTHER_ENDPOINTS),
        }

    def flush(self, deadline: float, *, exporters: bool) -> None:  # noqa: ARG002  watchtower's own limit is 30 s
        """Have watchtower send if asked to: what it queues was already seen."""
        if exporters:
            self._take_queued()  # another thread may log meanwhile, which is not flushed with the rest
            flushed = self._queued
            self._watch.flush()
            self._flushed = flushed

    def ingest(self) -> None:
        """Hand over log events, metrics and requests."""
        # Counted first: what is queued from now on may be sent before we have seen it queued.
        arrived = len(self._endpoint.received)
        self._take_queued()
        for _ in range(arrived):
            request = self._endpoint.received.popleft()
            if isinstance(request, Received):
                self._ingest_request(request)
            else:
                self._owners.current.add(request)

    def _take_queued(self) -> None:
        while self._watch.queued:
            event = self._watch.queued.popleft()
            owner = self._owners.current
            queued = _Queued(owner, len(owner.of(LogEvent)), self._queued)
            self._waiting[_sent_form(event)].append(queued)
            self._queued += 1
            owner.add(event)

    def take(self, arrival: Arrival, body: bytes) -> None:
        """Take a recorded request."""
        if arrival.export is not None:
            export = arrival.export
            refused = refused_of(export, body) if export.error else ()
            self._endpoint.received.append(Received(export, telemetry_of_aws(export, body), refused))

    def _ingest_request(self, request: Received) -> None:
        self._refused.accept(request.telemetry)
        self._refused.refuse(request.refused, request.export.error, self._owners.current)
        owners = [self._ingest_item(item) for item in request.telemetry]
        for owner, share in self._owners.shares(owners):
            owner.add(msgspec.structs.replace(request.export, items=share))
        if not owners:
            self._owners.current.add(msgspec.structs.replace(request.export, items=0))

    def _ingest_item(self, item: LogEvent | Metric) -> Bucket:
        """Hand over a log event or metric; return whose it is."""
        current = self._owners.current
        if isinstance(item, Metric):
            current.add(item)
            return current
        waiting = self._waiting.get(item)
        if not waiting:
            current.add(msgspec.structs.replace(item, witnesses=("wire",)))
            return current
        owner, position, _ = waiting.popleft()
        if not waiting:
            del self._waiting[item]
        site = owner.of(LogEvent)[position].site
        event = msgspec.structs.replace(item, witnesses=("process", "wire"), site=site)
        owner.replace_log_event(position, event)
        return owner

    def finish(self) -> None:
        """Report what was refused, and the log events that were queued, flushed and not accepted."""
        for owner, incident in self._refused.take(but=self._waiting):  # of those that wait we tell below
            owner.add(incident)
        unsent: defaultdict[tuple[int, str], list[tuple[Bucket, LogEvent]]] = defaultdict(list)
        waiting, self._waiting = self._waiting, defaultdict(deque)
        for event, places in waiting.items():
            for queued in places:
                if queued.number < self._flushed:
                    lost = queued.owner.of(LogEvent)[queued.position]
                    unsent[id(queued.owner), event.log_group].append((queued.owner, lost))
                else:
                    self._waiting[event].append(queued)
        for events in unsent.values():
            owner, first = events[0]
            owner.add(_unsent(len(events), first))

    def open_nodes(self) -> list[OpenNode]:
        """Return nothing: log events have no duration."""
        return []

    def end_scenario(self) -> None:
        """Nothing is left behind: the scenario has settled."""

    def stop(self) -> None:
        """Close watchtower's handlers while the endpoint still answers, then the endpoint."""
        self._watch.close()
        self._endpoint.close()


def _sent_form(event: LogEvent) -> LogEvent:
    """Return the log event as the endpoint will decode it."""
    return msgspec.structs.replace(event, witnesses=(), site=None)


def _unsent(events: int, first: LogEvent) -> Incident:
    return Incident(
        id="log_event_unsent",
        channel="cloudwatch",
        name=first.log_group,
        site=first.site,
        message=(
            f"log group {first.log_group!r} did not accept {events} of the log events queued for it, "
            f"the first is {first.message!r}; look for a refused PutLogEvents among the exports, "
            "and at the log group's and log stream's names"
        ),
        context={"log_events": events},
    )


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
