"""The AWS endpoint: moto, behind a recorder that decodes what reaches it.

Telemetry is read from the requests, never back through moto, whose filters
match too much. `PutLogEvents` to a stream that exists, and what a handler asks
while it starts, is answered here at once and replayed to moto before its next
other request, so that moto's state stays true while a flush costs 1 ms less
on each scenario, and most runs never import moto.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import msgspec

from harness.capture.arrivals import Arrivals
from harness.capture.aws_errors import error_of, error_response
from harness.capture.environment import LOOPBACK
from harness.capture.http_messages import Request, Response
from harness.capture.http_server import HttpServer, OnHttp
from harness.capture.log_groups import JSON_1_1, LogGroups
from harness.capture.loop import ReceiverLoop
from harness.capture.misdirected import UNKNOWN_OPERATION, service_of, why_no_service
from harness.capture.moto_backend import MotoBackend
from harness.capture.recorder import NOT_RECORDED, Recorder
from harness.codec import cloudwatch, cloudwatch_limits
from harness.codec.body import decode_body
from harness.errors import DecodeError
from harness.model import ExportRequest, Incident, LogEvent, Metric, Rejected

_NOT_RECORDED = Response(
    503,
    JSON_1_1,
    msgspec.json.encode({"__type": "ServiceUnavailableException", "message": NOT_RECORDED}),
)
_ACCEPTED = {"nextSequenceToken": "49590302938219438000000000000000000000000000000000000001"}
_CHANGING_RETENTION = ("PutRetentionPolicy", "DeleteRetentionPolicy", "DeleteLogGroup")

Carried = tuple[LogEvent, ...] | tuple[Metric, ...]
"""The telemetry in a request."""


class Received(NamedTuple):
    """A request that was answered: its evidence, the telemetry that it carried, or that was refused."""

    export: ExportRequest
    telemetry: Carried
    refused: Carried = ()


class AwsEndpoint(OnHttp):
    """What `AWS_ENDPOINT_URL` points at.

    Args:
        port: 0 for an ephemeral port.
        recorder: Takes what arrives instead of `received`.
        services: AWS service, as signatures name it → who answers for it instead of moto.

    Attributes:
        received: Requests in order of arrival, with the telemetry decoded from them.
    """

    def __init__(
        self,
        loop: ReceiverLoop,
        arrivals: Arrivals,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        recorder: Recorder | None = None,
        services: Mapping[str, Callable[[Request], Response | Awaitable[Response]]] | None = None,
    ) -> None:
        self.received: deque[Received | Rejected | Incident] = deque()
        self._arrivals = arrivals
        self._recorder = recorder
        self._services = services or {}
        self._groups = LogGroups()
        self._retention: dict[str, int | None] = {}
        self._loop = loop
        self._moto = MotoBackend(lambda: self.port, self._malformed)
        try:
            self._server = HttpServer(loop, self._handle, self._malformed, host=host, port=port)
        except BaseException:
            self._moto.undo()
            self._moto.close(wait=True)
            raise
        self.port = self._server.port
        self.url = f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop answering."""
        with contextlib.ExitStack() as then:
            then.callback(self._moto.undo)
            then.callback(self._moto.close)
            then.callback(self._server.close)
            self._loop.call(self._moto.end_polls())

    def _malformed(self, reason: str, payload: bytes) -> None:
        rejected = Rejected(channel="aws", reason=reason, payload=payload)
        if self._recorder is not None:
            self._recorder.rejected(rejected)
        else:
            self.received.append(rejected)

    def _lose(self, incident: Incident) -> None:
        if self._recorder is not None:
            self._recorder.incident(incident)
        else:
            self.received.append(incident)

    def _handle(self, request: Request) -> Response | Awaitable[Response]:
        service = service_of(request)
        if service in self._services:
            return self._services[service](request)
        operation = cloudwatch.operation_of(request.path, request.headers, request.body)
        content_type = request.headers.get("content-type", "")
        telemetry: Carried = ()
        try:
            body = decode_body(request.body, request.headers.get("content-encoding", ""))
            if operation == "PutLogEvents":
                telemetry = cloudwatch.log_events_of(content_type, body)
            elif operation == "PutMetricData":
                telemetry = cloudwatch.metrics_of(content_type, body)
        except DecodeError as error:
            self._malformed(f"{operation}: {error}", request.body)
            return error_response(request, 400, "SerializationException", str(error))
        request.headers.pop("content-encoding", None)
        return self._answer(operation, request._replace(body=body), telemetry, service)

    def _answer(
        self,
        operation: str,
        request: Request,
        telemetry: Carried,
        service: str,
    ) -> Response | Awaitable[Response]:
        events = tuple(item for item in telemetry if isinstance(item, LogEvent))
        if operation == "PutLogEvents" and (why := cloudwatch_limits.refusal_of(events)):
            answer = error_response(request, 400, "InvalidParameterException", why)
            return self._refuse(operation, request, events, answer)
        metrics = tuple(item for item in telemetry if isinstance(item, Metric))
        if why := cloudwatch_limits.metrics_refusal_of(metrics, time.time() * 1000):
            answer = error_response(request, 400, "InvalidParameterValue", why)
            return self._refuse(operation, request, metrics, answer)
        if events and self._can_answer(events):
            return self._put_log_events(request, events)
        known = self._groups.answer(operation, request.headers, request.body)
        if known is not None:
            self._moto.later(request)
            return self._refuse(operation, request, telemetry, known)
        if not telemetry and (why := why_no_service(request, service)):
            self._malformed(why, request.body)
            return error_response(request, 400, UNKNOWN_OPERATION, why)
        self._groups.left_to_moto(operation)
        return self._ask_moto(operation, request, telemetry)

    def _can_answer(self, events: tuple[LogEvent, ...]) -> bool:
        """Return whether moto would answer as we do: the stream exists, and the times are in order."""
        known = all((event.log_group, event.log_stream) in self._groups.accepting for event in events)
        return known and cloudwatch_limits.is_in_order(events)

    def _put_log_events(self, request: Request, events: tuple[LogEvent, ...]) -> Response:
        answer = self._took(request, events)
        if answer.status < 300:  # what could not be recorded comes again
            self._moto.later(request)
        return answer

    def _took(self, request: Request, events: tuple[LogEvent, ...], *, waiting: int = 0) -> Response:
        """Record log events as delivered, those that CloudWatch rejects as an incident; return its answer.

        It rejects in an answer of 200. moto does, too, with other indices than AWS's.
        """
        answer: dict[str, object] = {**_ACCEPTED}
        retention = self._retention.get(events[0].log_group) if events else None
        rejected = cloudwatch_limits.rejected_by_time(events, time.time() * 1000, retention)
        if rejected is not None:
            answer["rejectedLogEventsInfo"] = rejected
            self._lose(cloudwatch_limits.incident_of(events[0].log_group, rejected, len(events)))
            kept = rejected.accepted(len(events))
            # A recording is decoded later, when nothing tells which of the log events were rejected.
            content_type = request.headers.get("content-type", "")
            request = request._replace(body=cloudwatch.with_log_events(content_type, request.body, kept))
            events = events[kept.start : kept.stop]
        if not self._record("PutLogEvents", request, events, 200, waiting=waiting):
            return _NOT_RECORDED
        return Response(200, JSON_1_1, msgspec.json.encode(answer))

    async def _ask_moto(self, operation: str, request: Request, telemetry: Carried) -> Response:
        waiting = self._wait(operation, request)

        try:
            answer, lost = await self._moto.ask(operation, request)
        except asyncio.CancelledError:
            self._malformed(f"{operation}: the endpoint was closed before moto had answered", request.body)
            self._record(operation, request, (), 0, waiting=waiting)
            raise
        for incident in lost:
            self._lose(incident)
        return self._answered(operation, request, telemetry, answer, waiting=waiting)

    def _answered(
        self,
        operation: str,
        request: Request,
        telemetry: Carried,
        answer: Response,
        *,
        waiting: int,
    ) -> Response:
        """Record what moto answered; return what the client is told."""
        accepted = answer.status < 300
        if accepted and operation == "PutLogEvents":
            self._groups.accepting.update(
                (e.log_group, e.log_stream) for e in telemetry if isinstance(e, LogEvent)
            )
            events = tuple(e for e in telemetry if isinstance(e, LogEvent))
            return self._took(request, events, waiting=waiting)
        if operation.startswith("Delete"):
            self._groups.accepting.clear()
        if not accepted:
            return self._refuse(operation, request, telemetry, answer, waiting=waiting)
        if operation in _CHANGING_RETENTION:
            self._retention.update(filter(None, [cloudwatch.retention_of(request.body)]))
        recorded = self._record(operation, request, telemetry, answer.status, waiting=waiting)
        return answer if recorded or not telemetry else _NOT_RECORDED

    def _refuse(
        self,
        operation: str,
        request: Request,
        telemetry: Carried,
        answer: Response,
        *,
        waiting: int = 0,
    ) -> Response:
        """Record a request of which nothing is taken; return its answer, which need not be an error.

        A refused call is normal (PutLogEvents before CreateLogStream) where it is made again.
        """
        refused = telemetry if 400 <= answer.status < 500 else ()
        error = error_of(answer) if refused else ""
        recorded = self._record(
            operation, request, (), answer.status, waiting=waiting, refused=refused, error=error
        )
        return answer if recorded or not telemetry else _NOT_RECORDED

    def _wait(self, operation: str, request: Request) -> int:
        """Record a request that waits for moto, so that a kill meanwhile does not lose it."""
        # ReceiveMessage carries nothing, and may wait long.
        if self._recorder is None or operation == "ReceiveMessage":
            return 0
        export = ExportRequest(channel="aws", path=operation, headers=request.headers, status=0)
        return self._recorder.waiting(export, request.body)

    def _record(
        self,
        operation: str,
        request: Request,
        telemetry: Carried,
        status: int,
        *,
        waiting: int = 0,
        refused: Carried = (),
        error: str = "",
    ) -> bool:
        """Return False when the request could not be kept."""
        export = ExportRequest(
            channel="aws",
            path=operation,
            headers=request.headers,
            items=len(telemetry),
            status=status,
            error=error,
        )
        if self._recorder is not None:
            return self._recorder.export(export, request.body, answers=waiting)
        self.received.append(Received(export, telemetry, refused))
        if self._arrivals.armed:
            self._arrivals.notify()
        return True
