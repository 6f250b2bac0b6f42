"""moto behind the AWS endpoint: made at the first request that needs it, and asked in threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from harness.capture import wsgi
from harness.capture.aws_errors import error_response
from harness.capture.backlog import Backlog
from harness.capture.event_targets import EventTargets
from harness.capture.http_messages import Request, Response
from harness.capture.late_executor import LateExecutor
from harness.capture.long_polls import LongPolls
from harness.capture.misdirected import UNKNOWN_OPERATION, service_of, why_moto_failed
from harness.capture.patching import Patches
from harness.capture.trace_headers import TraceHeaders
from harness.codec import cloudwatch
from harness.model import Incident

MOTO_TIMEOUT_S = 10.0
MAX_REPLAY_BYTES = 16 * 1024 * 1024
"""Of requests kept for moto, which most runs never ask; what was captured of them is not touched."""
_AT_ONCE = 8
_STUCK = (
    "moto logs, and waits if the caller holds logging's lock, as logging.config.dictConfig does "
    "while it makes a handler: make the client before, and pass it in"
)
_UNKNOWN_TO_MOTO = ("NotImplementedError", "OperationNotFoundError")
_INSTALL = "install telemetry-harness[aws]"


class _ServiceUnknownError(Exception):
    """moto has no backend for the service that a request is signed for."""


class MotoBackend:
    """Answers what the endpoint does not.

    Args:
        port: Returns that of the endpoint.
        malformed: Called with a reason and a body that is kept as evidence.
    """

    def __init__(self, port: Callable[[], int], malformed: Callable[[str, bytes], None]) -> None:
        self._port = port
        self._malformed = malformed
        self._patches = Patches()
        self._event_targets = EventTargets(self._patches)
        self._trace_headers = TraceHeaders(self._patches)
        self._long_polls = LongPolls(self._patches)
        self._earlier = Backlog(MAX_REPLAY_BYTES)
        self._lock = threading.Lock()
        self._application: wsgi.WsgiApp | None = None
        self._workers = LateExecutor(_AT_ONCE, "harness-moto")

    def later(self, request: Request) -> None:
        """Keep a request that was answered without moto, for it to know before its next other one."""
        self._earlier.put(request)

    async def ask(self, operation: str, request: Request) -> tuple[Response, list[Incident]]:
        """Return the answer, and where a trace was lost in it."""

        async def ask() -> tuple[Response, float]:
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self._workers, self._call, operation, request)
            return await asyncio.wait_for(work, MOTO_TIMEOUT_S)

        try:
            answer = await self._long_polls.wait(ask, request.left)
        except TimeoutError:
            reason = f"{operation}: moto gave no answer within {MOTO_TIMEOUT_S} s; {_STUCK}"
            answer = self._fail(request, 503, reason)
        return self._trace_headers.after(operation, request, answer)

    def _call(self, operation: str, request: Request) -> tuple[Response, float]:
        """Return moto's answer, and how long its client would wait for a better one."""
        with self._lock:
            try:
                moto = self._application = self._application or _moto_application()
            except ImportError as error:
                return self._fail(request, 501, f"{operation}: {error}; moto answers it: {_INSTALL}"), 0.0
            while (earlier := self._earlier.take()) is not None:
                self._call_safely(moto, earlier)
            with self._trace_headers.during(operation, request):
                answer = self._long_polls.at_once(lambda: self._call_safely(moto, request))
            for reason in self._event_targets.take_unreached():
                self._malformed(f"{operation}: {reason}", request.body)
            return answer

    def _call_safely(self, moto: wsgi.WsgiApp, request: Request) -> Response:
        try:
            return wsgi.call(moto, request, self._port())
        except _ServiceUnknownError:
            reason = (
                f"{request.method} {request.path} is signed for {service_of(request)!r}, which is no "
                "service that moto knows; check the service that the client is made for"
            )
            return self._fail(request, 400, reason, UNKNOWN_OPERATION)
        except Exception as error:  # noqa: BLE001  whatever moto raises, the client must be answered
            if type(error).__name__ in _UNKNOWN_TO_MOTO:
                operation = cloudwatch.operation_of(request.path, request.headers, request.body)
                reason = f"{operation}: moto does not know the operation: {error}; check its name and service"
                return self._fail(request, 400, reason, UNKNOWN_OPERATION)
            if reason := why_moto_failed(request, error):
                return self._fail(request, 400, reason, UNKNOWN_OPERATION)
            return self._fail(request, 500, f"{request.method} {request.path}: moto failed: {error!r}")

    def _fail(self, request: Request, status: int, reason: str, code: str = "InternalFailure") -> Response:
        """Keep a request as evidence, and return the error that its client gets."""
        self._malformed(reason, request.body)
        return error_response(request, status, code, reason)

    async def end_polls(self) -> None:
        """Answer those who still wait."""
        await self._long_polls.end()

    def undo(self) -> None:
        """Leave moto as it was."""
        self._patches.undo()

    def close(self, *, wait: bool = False) -> None:
        """Take no more calls.

        Args:
            wait: Return once the threads have ended, which may be busy with moto.
        """
        self._workers.shutdown(wait=wait, cancel_futures=True)


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
