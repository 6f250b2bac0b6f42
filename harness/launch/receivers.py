"""Every receiver, for programs that are not this one."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from harness.capture.arrivals import Arrivals
from harness.capture.aws_endpoint import AwsEndpoint
from harness.capture.environment import (
    FAKE_AWS,
    LOOPBACK,
    OTHER_OTLP,
    REGION,
    other_aws_endpoints,
    with_loopback_direct,
)
from harness.capture.loop import ReceiverLoop
from harness.capture.otlp_receiver import OtlpReceiver
from harness.capture.recorder import Recorder
from harness.capture.xray_daemon import XRayDaemon
from harness.codec.otlp import ZIPKIN_PATH
from harness.errors import ConfigurationError

_ANY = ("0.0.0.0", "::")


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
        ConfigurationError: An address or port cannot be listened on.
    """

    def __init__(
        self,
        recorder: Recorder,
        *,
        host: str = LOOPBACK,
        ports: Ports = EPHEMERAL,
        required_headers: Iterable[str] = (),
    ) -> None:
        self._host = _reachable(host)
        self._loop = ReceiverLoop()
        where: dict[str, Any] = {"host": host, "recorder": recorder}
        arrivals = Arrivals()
        self._otlp = _listen("OTLP", OtlpReceiver, self._loop, arrivals, port=ports.otlp, **where)
        self._otlp.answers.required_headers = frozenset(name.lower() for name in required_headers)
        self._xray = _listen("X-Ray", XRayDaemon, self._loop, arrivals, port=ports.xray, **where)
        services = {"xray": self._xray.answer}
        self._aws = _listen(
            "AWS", AwsEndpoint, self._loop, arrivals, port=ports.aws, services=services, **where
        )

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
        region = environ.get("AWS_DEFAULT_REGION") or environ.get("AWS_REGION") or REGION
        return {
            **OTHER_OTLP,
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoints["otlp_http"],
            "OTEL_EXPORTER_ZIPKIN_ENDPOINT": endpoints["otlp_http"] + ZIPKIN_PATH,
            "AWS_XRAY_DAEMON_ADDRESS": endpoints["xray"],
            **other_aws_endpoints(environ),
            "AWS_ENDPOINT_URL": endpoints["aws"],
            "AWS_DEFAULT_REGION": region,
            **FAKE_AWS,
            **with_loopback_direct(environ, self._host),
        }

    def close(self) -> None:
        """Take what waits in the sockets, then stop listening."""
        for receiver in (self._xray, self._otlp, self._aws):
            receiver.close()
        self._loop.stop()


def _listen(name: str, receiver: Any, *arguments: Any, port: int, **options: Any) -> Any:
    try:
        return receiver(*arguments, port=port, **options)
    except OSError as error:
        raise ConfigurationError(
            f"the {name} receiver cannot listen on {options['host']}:{port}: "
            f"{error.strerror or error}; stop what uses the port, or choose another (0 takes a free one)"
        ) from error


def _reachable(host: str) -> str:
    """Return the address by which others reach us when we listen on it."""
    if host not in _ANY:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: this only asks for a route
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
