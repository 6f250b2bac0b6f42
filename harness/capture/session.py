"""The capture of one process: channels, scenarios and settling."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec

from harness import registry
from harness.capture.arrivals import Arrivals
from harness.capture.bucket import Bucket
from harness.capture.channel import Channel, Context, OpenNode
from harness.capture.environment import Environment, switched_off, without_proxy
from harness.capture.guard import refuse_real_backends
from harness.capture.loop import ReceiverLoop
from harness.capture.ownership import Ownership
from harness.capture.patching import Patches
from harness.clock import monotonic
from harness.codec.arrivals_file import Arrival
from harness.errors import ConfigurationError
from harness.model import Incident

SETTLE_TIMEOUT_S = 2.0
OWN_THREAD_SHARE = 0.1
"""The part of the time-out to wait for what the waiting thread itself has begun: another may end it."""


class Capture:
    """Everything captured in this process, by scenario.

    Receivers live until the process exits: exporters of an app imported once
    keep the ports that they found, and flush through them at exit.

    Args:
        channels: Names of channels (``otel``, ``xray``, ``cloudwatch``).
        settle_timeout_s: How long to wait for what is open or in flight.

    Raises:
        ConfigurationError: No such channel.
    """

    def __init__(self, channels: Sequence[str], *, settle_timeout_s: float = SETTLE_TIMEOUT_S) -> None:
        factories = _factories(channels)
        self.settle_timeout_s = settle_timeout_s
        self.arrivals = Arrivals()
        self.owners = Ownership()
        self._patches = Patches()
        self._environment = Environment()
        self._given_up: set[int] = set()
        self._hosts: set[str] = set()
        self._loop = ReceiverLoop()
        context = Context(self._loop, self.arrivals, self._patches, self.owners, {})
        self.channels: dict[str, Channel] = {
            name: _created(name, create, context) for name, create in factories.items()
        }
        refuse_real_backends(self._patches, self.owners.add_incident)
        self.export_environment()
        self._tell_what_is_off()
        atexit.register(self.stop)

    def export_environment(self) -> None:
        """Point this process's exporters at the receivers."""
        for channel in self.channels.values():
            self._environment.update(channel.environment())
        self._environment.update(without_proxy(self._environment.environ))

    def _tell_what_is_off(self) -> None:
        """Say which SDK of a captured channel the environment switches off."""
        for name, warning in switched_off(self._environment.environ).items():
            if name in self.channels:
                self.owners.add_incident(Incident(id="sdk_warning", channel=name, message=warning))

    def environment_for(self, host: str) -> dict[str, str | None]:
        """Return the variables for an app that reaches us by another address, such as a container.

        The receivers listen there from now on.

        Args:
            host: An address of this machine.
        """
        if host not in self._hosts:
            self._hosts.add(host)
            for channel in self.channels.values():
                channel.listen(host)
        return {k: v for channel in self.channels.values() for k, v in channel.environment(host).items()}

    def restore_environment(self) -> None:
        """Put the environment back; receivers stay for exporters that flush at exit."""
        self._environment.restore()

    def restart(self, *, settle_timeout_s: float) -> None:
        """Begin another run in this process: forget the telemetry, keep receivers and watches."""
        self.settle()
        self.settle_timeout_s = settle_timeout_s
        self.owners.restart()
        self.export_environment()
        self._tell_what_is_off()

    def begin(self, name: str = "") -> Bucket:
        """Begin a scenario; what was under way belongs to those before it."""
        self.settle()
        return self.owners.begin(name)

    def end(self) -> None:
        """End the current scenario and keep what it leaves behind from the next one."""
        self.settle()
        for channel in self.channels.values():
            channel.end_scenario()
        self._given_up.clear()
        self.owners.end()

    def settle(self, *, exporters: bool = False) -> None:
        """Flush, pass a barrier through every channel, and wait for what is open.

        What is still open at the deadline is not waited for again in the same scenario.

        Args:
            exporters: Have the app's own exporters send what they hold, too.
        """
        deadline = monotonic() + self.settle_timeout_s
        self._flush(deadline, exporters=exporters)
        if self._worth_awaiting():
            grace = min(deadline, monotonic() + self.settle_timeout_s * OWN_THREAD_SHARE)
            self.arrivals.wait_until(lambda: not self._awaited(), grace)
            own_thread = threading.get_ident()
            self.arrivals.wait_until(lambda: not self._awaited(besides=own_thread), deadline)
            self._flush(deadline, exporters=exporters)
            self._given_up.update(node.key for node in self._open())

    def leave_open(self) -> bool:
        """Wait no longer for what this thread has begun so far: a fixture ends it after the test.

        Returns:
            Whether anything is open, on this thread or another.
        """
        self._ingest()
        nodes, own_thread = self._open(), threading.get_ident()
        self._given_up.update(node.key for node in nodes if node.thread == own_thread)
        return bool(nodes)

    def settle_until(
        self, condition: Callable[[], bool], within_s: float, *, exporters: bool = False
    ) -> bool:
        """Settle again whenever something arrives, until the condition holds or the time is over."""
        deadline = monotonic() + within_s

        def holds() -> bool:
            self._flush(deadline, exporters=exporters)
            return condition()

        return self.arrivals.wait_until(holds, deadline)

    def replay(self, arrivals: Iterable[tuple[Arrival, bytes]]) -> None:
        """Take what another harness recorded as the current scenario's own."""
        by_wire = {channel.wire_channel: channel for channel in self.channels.values()}
        for arrival, body in arrivals:
            if arrival.rejected is not None:
                rejected = msgspec.structs.replace(arrival.rejected, payload=body)
                self.owners.current.add(rejected)
            elif arrival.incident is not None:
                self.owners.current.add(arrival.incident)
            elif arrival.start is None:
                channel = by_wire.get(arrival.export.channel if arrival.export else "xray")
                if channel is not None:
                    channel.take(arrival, body)
        self._ingest()

    def _flush(self, deadline: float, *, exporters: bool) -> None:
        for channel in self.channels.values():
            channel.flush(deadline, exporters=exporters)
        self._ingest()

    def _ingest(self) -> None:
        for channel in self.channels.values():
            channel.ingest()

    def _open(self) -> list[OpenNode]:
        return [node for channel in self.channels.values() for node in channel.open_nodes()]

    def _awaited(self, besides: int | None = None) -> list[OpenNode]:
        """Return the open nodes still worth waiting for, leaving out those of one thread."""
        self._ingest()
        return self._worth_awaiting(besides)

    def _worth_awaiting(self, besides: int | None = None) -> list[OpenNode]:
        return [n for n in self._open() if n.key not in self._given_up and n.thread != besides]

    def finish(self) -> None:
        """Have everything sent that the app still holds, and report what it did not manage to send.

        So nothing is left to do at exit. What is reported is not reported again.
        """
        self.settle(exporters=True)
        for channel in self.channels.values():
            channel.finish()

    def stop(self) -> None:
        """Undo every watch, close handlers and receivers. Registered to run at exit, after the SDKs' own."""
        atexit.unregister(self.stop)
        for channel in self.channels.values():
            channel.stop()
        self._patches.undo()
        self._environment.restore()
        self._loop.stop()


_EXTRAS = {"xray": "xray", "cloudwatch": "aws"}


def _factories(names: Sequence[str]) -> dict[str, Callable[[Context], Channel]]:
    known = registry.names("harness.capture.channels") | registry.third_party_names("harness.channels")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigurationError(f"unknown channel {unknown[0]!r}; known: {', '.join(sorted(known))}")
    return {name: _factory(name) for name in names}


def _factory(name: str) -> Callable[[Context], Channel]:
    try:
        create: Callable[[Context], Channel] = registry.load(
            "harness.capture.channels", "harness.channels", name
        )
    except ModuleNotFoundError as error:
        raise _missing_package(name, error) from error
    return create


def _created(name: str, create: Callable[[Context], Channel], context: Context) -> Channel:
    try:
        return create(context)
    except ModuleNotFoundError as error:
        raise _missing_package(name, error) from error


def _missing_package(channel: str, error: ModuleNotFoundError) -> ConfigurationError:
    extra = _EXTRAS.get(channel, "all")
    return ConfigurationError(
        f"channel {channel!r} needs package {error.name!r}; install telemetry-harness[{extra}]"
    )
