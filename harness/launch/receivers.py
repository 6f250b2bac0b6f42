"""Every receiver, for programs that are not this one."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from harness.capture.arrivals import Arrivals
from harness.capture.aws_endpoint import AwsEndpoint
from harness.capture.environment import (
    FAKE_AWS,
    LOOPBACK,
    OTHER_OTLP,
    other_aws_endpoints,
    region_of,
    without_proxy,
)
from harness.capture.loop import LoopStuckError, ReceiverLoop
from harness.capture.otlp_receiver import OtlpReceiver
from harness.capture.recorder import Recorder
from harness.capture.xray_daemon import XRayDaemon
from harness.codec.otlp import ZIPKIN_PATH
from harness.errors import ConfigurationError
from harness.model import Rejected

_ANY = "0.0.0.0"


class Ports(NamedTuple):
    """The receivers' ports; 0 for an ephemeral one."""

    otlp: int = 0
    xray: int = 0
    aws: int = 0


EPHEMERAL = Ports()


class Receivers:
    """OTLP, the X-Ray daemon and the AWS endpoint, recording what arrives until `close`.

    Args:
        recorder: Takes each arrival before it is answered.
        host: The address to listen on; others can reach it unless it is loopback.
        required_headers: OTLP exports without one of these are answered 401.

    Raises:
        ConfigurationError: An address or port cannot be listened on, or two receivers have one port.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        host: str = LOOPBACK,
        ports: Ports = EPHEMERAL,
        required_headers: Iterable[str] = (),
    ) -> None:
        _require_distinct(ports)
        address = _ipv4(host)
        self._host = _reachable(address)
        where: dict[str, Any] = {"host": address, "recorder": recorder}
        arrivals = Arrivals()
        with contextlib.ExitStack() as stack:  # what listens is closed when the next one cannot
            loop = ReceiverLoop()
            stack.callback(loop.stop)
            self._otlp = _listen("OTLP", OtlpReceiver, loop, arrivals, port=ports.otlp, **where)
            stack.callback(_close, "OTLP", "otlp", self._otlp, recorder)
            self._otlp.answers.required_headers = frozenset(name.lower() for name in required_headers)
            self._xray = _listen("X-Ray", XRayDaemon, loop, arrivals, port=ports.xray, **where)
            stack.callback(_close, "X-Ray", "xray", self._xray, recorder)
            services = {"xray": self._xray.answer}
            self._aws = _listen(
                "AWS", AwsEndpoint, loop, arrivals, port=ports.aws, services=services, **where
            )
            stack.callback(_close, "AWS", "aws", self._aws, recorder)
            self._stack = stack.pop_all()

    @property
    def endpoints(self) -> dict[str, str]:
        """Where each receiver listens: ``otlp_http``, ``otlp_grpc``, ``xray``, ``aws``."""
        return {
            "otlp_http": f"http://{self._host}:{self._otlp.port}",
            "otlp_grpc": f"{self._host}:{self._otlp.port}",
            "xray": f"{self._host}:{self._xray.port}",
            "aws": f"http://{self._host}:{self._aws.port}",
        }

    def environment(self, environ: Mapping[str, str]) -> dict[str, str | None]:
        """Return the variables that point a program here; None for one to remove.

        Args:
            environ: What the program would have otherwise.
        """
        endpoints = self.endpoints
        return {
            **OTHER_OTLP,
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoints["otlp_http"],
            "OTEL_EXPORTER_ZIPKIN_ENDPOINT": endpoints["otlp_http"] + ZIPKIN_PATH,
            "AWS_XRAY_DAEMON_ADDRESS": endpoints["xray"],
            **other_aws_endpoints(environ),
            "AWS_ENDPOINT_URL": endpoints["aws"],
            **region_of(environ),
            **FAKE_AWS,
            **without_proxy(environ, self._host),
        }

    def close(self) -> None:
        """Take what waits in the sockets, then stop listening."""
        self._stack.close()


_CURES = {
    errno.EADDRINUSE: "stop what uses the port, or choose another (0 takes a free one)",
    errno.EADDRNOTAVAIL: "give --host an address of this machine",
    errno.EACCES: "choose a port above 1023 (0 takes a free one)",
}


def _require_distinct(ports: Ports) -> None:
    options: dict[int, list[str]] = {}
    for name, port in ports._asdict().items():
        options.setdefault(port, []).append(f"--{name}-port")
    for port, named in options.items():
        if port and len(named) > 1:
            raise ConfigurationError(
                f"{' and '.join(named)} name one port, {port}; give each its own (0 takes a free one)"
            )


def _listen(name: str, receiver: Any, *arguments: Any, port: int, **options: Any) -> Any:
    try:
        return receiver(*arguments, port=port, **options)
    except OSError as error:
        raise ConfigurationError(
            f"the {name} receiver cannot listen on {options['host']}:{port}: "
            f"{error.strerror or error}; {_CURES.get(error.errno or 0, 'choose another address or port')}"
        ) from error


def _close(name: str, channel: str, receiver: Any, recorder: Recorder) -> None:
    """Close a receiver; one that does not stop is evidence, and no reason to lose what it has received."""
    try:
        receiver.close()
    except LoopStuckError:
        reason = (
            f"the {name} receiver did not stop, because a request keeps the receivers busy; "
            "what it had not answered yet is not recorded: send smaller bodies"
        )
        recorder.rejected(Rejected(channel=channel, reason=reason))
        with contextlib.suppress(OSError):
            sys.stderr.write(f"harness: {reason}\n")


def _ipv4(host: str) -> str:
    """Return the address of a host.

    Raises:
        ConfigurationError: It has none. X-Ray's SDKs split host:port at every colon, so they take no other.
    """
    try:
        return str(socket.getaddrinfo(host, None, socket.AF_INET)[0][4][0])
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            f"cannot listen on {host!r}: it is no IPv4 address and no name of one, and X-Ray's SDKs take no "
            "other; give --host 127.0.0.1, 0.0.0.0 or an address of this machine"
        ) from error


def _reachable(address: str) -> str:
    """Return the address by which others reach us when we listen on one."""
    if address != _ANY:
        return address
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: this only asks for a route
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
