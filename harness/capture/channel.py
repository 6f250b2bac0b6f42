"""What a channel is: one file in `harness.capture.channels` each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from harness.capture.arrivals import Arrivals
from harness.capture.environment import LOOPBACK
from harness.capture.http_messages import Request, Response
from harness.capture.loop import ReceiverLoop
from harness.capture.ownership import Ownership
from harness.capture.patching import Patches
from harness.codec.arrivals_file import Arrival
from harness.model import Site


class Context(NamedTuple):
    """What the capture gives each channel."""

    loop: ReceiverLoop
    arrivals: Arrivals
    patches: Patches
    owners: Ownership
    services: dict[str, Callable[[Request], Response | Awaitable[Response]]]
    """AWS service, as request signatures name it → who answers for it instead of moto."""


class OpenNode(NamedTuple):
    """A span, segment or subsegment begun and not ended.

    Attributes:
        key: Identifies the node for as long as it is open.
        thread: Identity of the thread that began it.
    """

    key: int
    kind: str
    name: str
    thread: int
    site: Site | None


class Channel(Protocol):
    """One way by which telemetry arrives.

    Attributes:
        wire_channel: What its requests and rejected input call it: ``otlp``, ``xray``, ``aws``.

    A channel's module defines ``create(context) -> Channel``; third parties
    register that function as an entry point of group ``harness.channels``.
    """

    wire_channel: str

    def environment(self, host: str = LOOPBACK) -> dict[str, str | None]:
        """Return the variables that point the app's exporters at this channel's receivers.

        Args:
            host: The address at which the app reaches us.
        """
        ...

    def listen(self, host: str) -> None:
        """Let this channel's receivers listen on another address, too, on the same ports."""
        ...

    def flush(self, deadline: float, *, exporters: bool) -> None:
        """Push out what the app holds back, and pass a barrier through the receivers.

        Args:
            deadline: On the clock of `harness.clock`, in seconds.
            exporters: Flush the app's own exporters too, although the telemetry
                itself was already seen in-process.
        """
        ...

    def ingest(self) -> None:
        """Hand what has arrived to its owners' buckets."""
        ...

    def take(self, arrival: Arrival, body: bytes) -> None:
        """Take what another harness received on a channel of `wire_channel`, as if it had arrived here.

        Raises:
            DecodeError: The body is not what it was recorded as.
        """
        ...

    def open_nodes(self) -> list[OpenNode]:
        """Return what the current scenario has begun and not ended."""
        ...

    def end_scenario(self) -> None:
        """Report what the current scenario leaves behind, and keep it from the next one."""
        ...

    def finish(self) -> None:
        """Report what the app did not manage to send, once everything was flushed.

        At the end of the run, and wherever a scenario asks for a finding that is not known before.
        """
        ...

    def stop(self) -> None:
        """Close the app's handlers while the receivers still run, then the receivers."""
        ...
