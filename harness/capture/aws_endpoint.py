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
import re
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from harness.capture import wsgi
from harness.capture.arrivals import Arrivals
from harness.capture.aws_errors import error_of, error_response
from harness.capture.backlog import Backlog
from harness.capture.environment import LOOPBACK
from harness.capture.event_targets import EventTargets
from harness.capture.http_messages import Request, Response
from harness.capture.http_server import HttpServer, OnHttp
from harness.capture.late_executor import LateExecutor
from harness.capture.log_groups import JSON_1_1, LogGroups
from harness.capture.long_polls import LongPolls
from harness.capture.loop import ReceiverLoop
from harness.capture.misdirected import why_moto_failed, why_no_service
from harness.capture.patching import Patches
from harness.capture.recorder import NOT_RECORDED, Recorder
from harness.capture.trace_headers import TraceHeaders
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
_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
_CHANGING_RETENTION = ("PutRetentionPolicy", "DeleteRetentionPolicy", "DeleteLogGroup")
MOTO_TIMEOUT_S = 10.0
MAX_REPLAY_BYTES = 16 * 1024 * 1024
"""Of requests kept for moto, which most runs never ask; what was captured of them is not touched."""
_STUCK = (
    "moto logs, and waits if the caller holds logging's lock, as logging.config.dictConfig does "
    "while it makes a handler: make the client before, and pass it in"
)
_UNKNOWN_TO_MOTO = ("NotImplementedError", "OperationNotFoundError")
_UNKNOWN = "UnknownOperationException"
_INSTALL = "install telemetry-harness[aws]"


class Received(NamedTuple):
    """A request that was answered: its evidence, the telemetry that it carried, or that was refused."""

    export: ExportRequest
    telemetry: tuple[LogEvent, ...] | tuple[Metric, ...]
    refused: tuple[LogEvent, ...] | tuple[Metric, ...] = ()


class _ServiceUnknownError(Exception):
    """moto has no backend for the service that a request is signed for."""


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
        self._patches = Patches()
        self._event_targets = EventTargets(self._patches)
        self._trace_headers = TraceHeaders(self._patches)
        self._long_polls = LongPolls(self._patches)
        self._loop = loop
        self._to_replay = Backlog(MAX_REPLAY_BYTES)
        self._moto_lock = threading.Lock()
        self._moto: wsgi.WsgiApp | None = None
        self._workers = LateExecutor(8, "harness-moto")
        try:
            self._server = HttpServer(loop, self._handle, self._malformed, host=host, port=port)
        except BaseException:
            self._patches.undo()
            raise
        self.port = self._server.port
        self.url = f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop answering."""
        with contextlib.ExitStack() as then:
            then.callback(self._patches.undo)
            then.callback(self._workers.shutdown, wait=False, cancel_futures=True)
            then.callback(self._server.close)
            self._loop.call(self._long_polls.end())

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
        service = _service_of(request)
        if service in self._services:
            return self._services[service](request)
        operation = cloudwatch.operation_of(request.path, request.headers, request.body)
        content_type = request.headers.get("content-type", "")
        telemetry: tuple[LogEvent, ...] | tuple[Metric, ...] = ()
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
        telemetry: tuple[LogEvent, ...] | tuple[Metric, ...],
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
            self._to_replay.put(request)
            return self._refuse(operation, request, telemetry, known)
        if not telemetry and (why := why_no_service(request, service)):
            return self._fail(request, 400, why, _UNKNOWN)
        self._groups.left_to_moto(operation)
        return self._ask_moto(operation, request, telemetry)

    def _can_answer(self, events: tuple[LogEvent, ...]) -> bool:
        """Return whether moto would answer as we do: the stream exists, and the times are in order."""
        known = all((event.log_group, event.log_stream) in self._groups.accepting for event in events)
        return known and cloudwatch_limits.is_in_order(events)

    def _put_log_events(self, request: Request, events: tuple[LogEvent, ...]) -> Response:
        answer = self._took(request, events)
        if answer.status < 300:  # what could not be recorded comes again
            self._to_replay.put(request)
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

    async def _ask_moto(
        self, operation: str, request: Request, telemetry: tuple[LogEvent, ...] | tuple[Metric, ...]
    ) -> Response:
        waiting = self._wait(operation, request)

        async def ask() -> tuple[Response, float]:
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self._workers, self._call_moto, operation, request)
            return await asyncio.wait_for(work, MOTO_TIMEOUT_S)

        try:
            answer = await self._long_polls.wait(ask, request.left)
        except TimeoutError:
            reason = f"{operation}: moto gave no answer within {MOTO_TIMEOUT_S} s; {_STUCK}"
            answer = self._fail(request, 503, reason)
        except asyncio.CancelledError:
            self._malformed(f"{operation}: the endpoint was closed before moto had answered", request.body)
            self._record(operation, request, (), 0, waiting=waiting)
            raise
        answer, lost = self._trace_headers.after(operation, request, answer)
        for incident in lost:
            self._lose(incident)
        return self._answered(operation, request, telemetry, answer, waiting=waiting)

    def _answered(
        self,
        operation: str,
        request: Request,
        telemetry: tuple[LogEvent, ...] | tuple[Metric, ...],
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
        telemetry: tuple[LogEvent, ...] | tuple[Metric, ...],
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

    def _call_moto(self, operation: str, request: Request) -> tuple[Response, float]:
        """Return moto's answer, and how long its client would wait for a better one."""
        with self._moto_lock:
            try:
                moto = self._moto = self._moto or _moto_application()
            except ImportError as error:
                return self._fail(request, 501, f"{operation}: {error}; moto answers it: {_INSTALL}"), 0.0
            while (earlier := self._to_replay.take()) is not None:
                self._call_safely(moto, earlier)
            with self._trace_headers.during(operation, request):
                answer = self._long_polls.at_once(lambda: self._call_safely(moto, request))
            for reason in self._event_targets.take_unreached():
                self._malformed(f"{operation}: {reason}", request.body)
            return answer

    def _call_safely(self, moto: wsgi.WsgiApp, request: Request) -> Response:
        try:
            return wsgi.call(moto, request, self._server.port)
        except _ServiceUnknownError:
            reason = (
                f"{request.method} {request.path} is signed for {_service_of(request)!r}, which is no "
                "service that moto knows; check the service that the client is made for"
            )
            return self._fail(request, 400, reason, _UNKNOWN)
        except Exception as error:  # noqa: BLE001  whatever moto raises, the client must be answered
            if type(error).__name__ in _UNKNOWN_TO_MOTO:
                operation = cloudwatch.operation_of(request.path, request.headers, request.body)
                reason = f"{operation}: moto does not know the operation: {error}; check its name and service"
                return self._fail(request, 400, reason, _UNKNOWN)
            if reason := why_moto_failed(request, error):
                return self._fail(request, 400, reason, _UNKNOWN)
            return self._fail(request, 500, f"{request.method} {request.path}: moto failed: {error!r}")

    def _fail(self, request: Request, status: int, reason: str, code: str = "InternalFailure") -> Response:
        """Keep a request as evidence, and return the error that its client gets."""
        self._malformed(reason, request.body)
        return error_response(request, status, code, reason)

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
        telemetry: tuple[LogEvent, ...] | tuple[Metric, ...],
        status: int,
        *,
        waiting: int = 0,
        refused: tuple[LogEvent, ...] | tuple[Metric, ...] = (),
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


def _service_of(request: Request) -> str:
    """Return the service that a request is signed for; empty without a signature."""
    signed = _SERVICE.search(request.headers.get("authorization", ""))
    return signed[1] if signed else ""


def _moto_application() -> wsgi.WsgiApp:
    """Return moto's server application; imported at the first request, because it takes 0.2–0.4 s."""
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        create_backend_app,
    )

    def backend_app(backend: Any) -> Any:
        if backend is None:  # of which moto fails, without a word of the service
            raise _ServiceUnknownError
        return create_backend_app(backend)

    application: wsgi.WsgiApp = DomainDispatcherApplication(backend_app)
    return application
