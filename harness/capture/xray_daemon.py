"""The X-Ray daemon: documents over UDP, the control plane over TCP, one port number."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from harness.capture.arrivals import Arrivals
from harness.capture.aside import Aside
from harness.capture.datagrams import DatagramReceiver
from harness.capture.environment import LOOPBACK
from harness.capture.http_messages import CUT_OFF, Request, Response
from harness.capture.http_server import HttpServer
from harness.capture.loop import ReceiverLoop
from harness.capture.misdirected import telemetry_goes_elsewhere
from harness.capture.recorder import NOT_RECORDED, Recorder
from harness.capture.xray_api.refusal import Refusal
from harness.capture.xray_api.state import XRayState
from harness.capture.xray_rules import SamplingRule
from harness.clock import monotonic
from harness.codec.xray_sampling import check_page, statistics_of
from harness.errors import ConfigurationError, DecodeError
from harness.model import ExportRequest, Incident, Rejected, SamplingStatistics

_PORT_TRIES = 20
_CATCH_UP_S = 1.0
"""How long a question to the API reads the socket of senders that never pause."""
_RULES = "/GetSamplingRules"
_TARGETS = ("/SamplingTargets", "/GetSamplingTargets")
_POLLS = tuple(path.encode() for path in (_RULES, *_TARGETS))
_JSON = (("content-type", "application/json"),)


class XRayDaemon:
    """What `AWS_XRAY_DAEMON_ADDRESS` points at.

    Args:
        port: For UDP and TCP; 0 for an ephemeral port.
        recorder: Takes what arrives instead of `datagrams` and `requests`.

    Attributes:
        datagrams: What arrived over UDP.
        requests: What was asked over TCP.
        state: The rules and statistics, shared with X-Ray's API.
    """

    def __init__(
        self,
        loop: ReceiverLoop,
        arrivals: Arrivals,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        recorder: Recorder | None = None,
        state: XRayState | None = None,
    ) -> None:
        self.requests: deque[ExportRequest | Rejected] = deque()
        self.state = state or XRayState()
        self._arrivals = arrivals
        self._recorder = recorder
        self._aside = Aside()
        self.state.take_document = self._take
        self.state.keep_refused = self._malformed
        self.state.catch_up = lambda: self.barrier(monotonic() + _CATCH_UP_S)
        self.datagrams, self._control = self._bind(loop, host, port)
        self._also: list[DatagramReceiver] = []
        self.port = self.datagrams.port
        self.address = f"{LOOPBACK}:{self.port}"

    @property
    def rules(self) -> tuple[SamplingRule, ...]:
        """The rules that a scenario samples by; what none of them matches is sampled."""
        return self.state.rules.of_scenario

    @rules.setter
    def rules(self, rules: tuple[SamplingRule, ...]) -> None:
        self.state.rules.of_scenario = rules

    @property
    def statistics(self) -> deque[SamplingStatistics]:
        """What SDKs have reported with `GetSamplingTargets`, for a channel to take."""
        return self.state.reports.waiting

    def _bind(self, loop: ReceiverLoop, host: str, port: int) -> tuple[DatagramReceiver, HttpServer]:
        """Take the port, or a free UDP port whose TCP namesake is free too."""
        for _ in range(1 if port else _PORT_TRIES):
            datagrams = DatagramReceiver(
                self._arrivals,
                host=host,
                port=port,
                recorder=self._recorder,
                also=self.state.documents.extend,
                dropped=self._dropped(),
            )
            try:
                control = HttpServer(loop, self.answer, self._no_request, host=host, port=datagrams.port)
            except OSError:
                datagrams.close()
                if port:
                    raise
            else:
                return datagrams, control
        raise ConfigurationError(f"no port is free for both UDP and TCP on {host} after {_PORT_TRIES} tries")

    def _no_request(self, reason: str, payload: bytes) -> None:
        """Keep what is no request as evidence, but for half a poll: a process may end while its SDK polls."""
        if not (reason == CUT_OFF and payload.partition(b"\n")[0] in _POLLS):
            self._malformed(reason, payload)

    def _malformed(self, reason: str, payload: bytes) -> None:
        rejected = Rejected(channel="xray", reason=reason, payload=payload)
        if self._recorder is not None:
            self._recorder.rejected(rejected)
        else:
            self.requests.append(rejected)

    def _take(self, datagram: bytes) -> None:
        """Take a document that came through the API, as if it had come by UDP."""
        if self._recorder is None:
            self.datagrams.received.append(datagram)
        elif not self._recorder.datagrams([datagram]):
            raise Refusal(NOT_RECORDED, "ServiceUnavailableException", 503)
        self.state.documents.extend([datagram])

    def answer(self, request: Request) -> Response | Awaitable[Response]:
        """Answer an SDK that samples, or a client of X-Ray's API; called on the receivers' thread."""
        reply = self._reply(request)
        if not isinstance(reply, Response):
            return self._recorded(request, reply)
        self._record(request, reply.status)
        return reply

    async def _recorded(self, request: Request, reply: Awaitable[Response]) -> Response:
        try:
            response = await reply
        except asyncio.CancelledError:  # the daemon is closed, and the request is still evidence
            self._record(request, 0)
            raise
        self._record(request, response.status)
        return response

    def _record(self, request: Request, status: int) -> None:
        export = ExportRequest(channel="xray", path=request.path, headers=request.headers, status=status)
        if self._recorder is not None:
            self._recorder.export(export, request.body)
        else:
            self.requests.append(export)
        if self._arrivals.armed:
            self._arrivals.notify()

    def _reply(self, request: Request) -> Response | Awaitable[Response]:
        signed = "authorization" in request.headers
        if request.path == _RULES and not signed:
            return self._rules(request)
        if request.path in _TARGETS and not signed:
            return self._targets(request)
        from harness.capture.xray_api import api  # for those who ask for more than to sample

        if request.path in api.READING:
            return self._aside.run(lambda: api.answer(self.state, request))
        if request.path in api.OPERATIONS or signed:
            return api.answer(self.state, request)
        reason = telemetry_goes_elsewhere(request, "the X-Ray daemon") or (
            f"{request.method} {request.path} is not an operation of the daemon"
        )
        self._malformed(reason, request.body)
        return _json(404, {"message": reason})

    def _rules(self, request: Request) -> Response:
        try:
            check_page(request.body)
        except DecodeError as error:
            return self._unread(request, error, "nothing, {} or NextToken")
        records = [record.to_wire() for record in self.state.rules.served()]
        return _json(200, {"SamplingRuleRecords": records, "NextToken": None})

    def _targets(self, request: Request) -> Response:
        try:
            statistics = statistics_of(request.body)
        except DecodeError as error:
            return self._unread(request, error, "SamplingStatisticsDocuments")
        return _json(200, self.state.targets(statistics))

    def _unread(self, request: Request, error: DecodeError, expected: str) -> Response:
        """Keep a body that does not parse as evidence, and return what its client is told."""
        reason = f"{request.path[1:]} body does not parse: {error}"
        self._malformed(reason, request.body)
        return Refusal(f"{reason}; expected {expected}").to_response()

    def listen(self, host: str) -> None:
        """Listen on another address, too, with the same port number."""
        self._control.listen(host)
        received = self.datagrams.received
        self._also.append(
            DatagramReceiver(
                self._arrivals,
                host=host,
                port=self.port,
                recorder=self._recorder,
                received=received,
                also=self.state.documents.extend,
                dropped=self._dropped(),
            )
        )

    def _dropped(self) -> Callable[[int], None] | None:
        """Return what records at once that the kernel dropped some: a kill would forget it."""
        recorder = self._recorder
        if recorder is None:
            return None  # a capture asks `drops`, and asks seldom
        return lambda lost: recorder.incident(datagrams_dropped(lost))

    def barrier(self, deadline: float) -> None:
        """Receive every datagram that was sent before this call; see `DatagramReceiver.barrier`."""
        for receiver in (self.datagrams, *self._also):
            receiver.barrier(deadline)

    def drops(self) -> int:
        """Return how many datagrams the kernel dropped."""
        return sum(receiver.drops() for receiver in (self.datagrams, *self._also))

    def close(self) -> None:
        """Stop receiving on both transports."""
        try:
            self._control.close()
        finally:
            for receiver in (self.datagrams, *self._also):
                receiver.close()


def datagrams_dropped(lost: int) -> Incident:
    """Return the incident of datagrams that the kernel dropped."""
    return Incident(
        id="datagrams_dropped",
        channel="xray",
        message=(
            f"the kernel dropped {lost} datagrams because the receive buffer was full; "
            "raise net.core.rmem_max"
        ),
        context={"datagrams": lost},
    )


def _json(status: int, body: dict[str, Any]) -> Response:
    return Response(status, _JSON, msgspec.json.encode(body))
