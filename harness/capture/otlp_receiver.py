"""The OTLP receiver, HTTP and gRPC on one port: what the app's own exporter sends.

Source: OTLP specification, "OTLP/HTTP": success is 200 with an export
response in the request's encoding, undecodable input is 400.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Awaitable, Mapping
from typing import Any, NamedTuple

from harness.capture import descriptors, otlp_grpc
from harness.capture.answers import Answers
from harness.capture.arrivals import Arrivals
from harness.capture.aside import Aside
from harness.capture.environment import LOOPBACK
from harness.capture.http_messages import CLOSE, Request, Response, plain_error
from harness.capture.http_server import HttpServer, OnHttp
from harness.capture.loop import ReceiverLoop
from harness.capture.otlp_grpc import PREFACE, GrpcServer, Reply
from harness.capture.probes import answer_to_probe, readable_by_pages, readable_later
from harness.capture.recorder import NOT_RECORDED, Recorder
from harness.closest import closest
from harness.codec import otlp, otlp_reply
from harness.codec.body import decode_body
from harness.errors import ConfigurationError, DecodeError, UnsupportedMedia
from harness.model import ExportRequest, Rejected

_REMEMBERED = 10_000
"""Bodies whose resends are known; exporters give up long before so many others have come."""

_DESCRIPTION = "telemetry-harness receives OTLP here, over HTTP and gRPC, and Zipkin's spans"
_LARGE_BYTES = 1024 * 1024
_LARGE_COMPRESSED_BYTES = 64 * 1024


class Received(NamedTuple):
    """A decodable request: its evidence and its protobuf message."""

    export: ExportRequest
    message: Any


class OtlpReceiver(OnHttp):
    """Receives traces, metrics and logs on one port, and Zipkin's spans.

    Args:
        port: 0 for an ephemeral port.
        recorder: Takes what arrives instead of `received`.

    Attributes:
        received: What arrived, in order.
        answers: What exporters are told instead of success.
    """

    def __init__(
        self,
        loop: ReceiverLoop,
        arrivals: Arrivals,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        recorder: Recorder | None = None,
    ) -> None:
        self.received: deque[Received | Rejected] = deque()
        self.answers = Answers()
        self._arrivals = arrivals
        self._recorder = recorder
        self._known: dict[int, None] = {}
        self._lock = threading.Lock()  # gRPC calls from threads of its own
        self._grpc: asyncio.Future[GrpcServer] | None = None
        self._opening = 0
        self._aside = Aside()
        self._server = HttpServer(
            loop,
            self._handle,
            self._malformed,
            host=host,
            port=port,
            upgrades={PREFACE: self._pass_to_grpc},
            errors=_error,
        )
        self.port = self._server.port
        self.endpoint = f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop receiving."""
        self._server.close()
        if self._grpc is not None and self._grpc.done() and self._grpc.exception() is None:
            self._grpc.result().close()

    # HTTP

    def _handle(self, request: Request) -> Response | Awaitable[Response]:
        probe = answer_to_probe(request, _DESCRIPTION)
        if probe is not None:
            return probe
        answer = self._answer(request)
        if isinstance(answer, Response):
            return readable_by_pages(answer, request)
        return readable_later(answer, request)

    def _answer(self, request: Request) -> Response | Awaitable[Response]:
        if request.path not in otlp.PATHS:
            return self._refuse(404, request, _why_no_path(request))
        if request.method != "POST":
            return self._refuse(405, request, f"method {request.method} is not POST")
        encoding = request.headers.get("content-encoding", "")
        if len(request.body) > (_LARGE_COMPRESSED_BYTES if encoding else _LARGE_BYTES):
            return self._read_aside(request)
        response, delay_s = self._read(request)
        return _later(response, delay_s) if delay_s else response

    def _read(self, request: Request) -> tuple[Response, float]:
        """Return the answer to a request, and the seconds after which it is due; called on any thread."""
        try:
            body = decode_body(request.body, request.headers.get("content-encoding", ""))
        except DecodeError as error:
            return self._refuse(_status_of(error), request, str(error)), 0.0
        reply = self.take(request.path, request.headers, body)
        return _response(reply, request), reply.delay_s

    async def _read_aside(self, request: Request) -> Response:
        """Read a large request while others are answered."""
        try:
            response, delay_s = await self._aside.run(lambda: self._read(request))
        except asyncio.CancelledError:
            self._malformed(f"POST {request.path}: the receiver was closed before it was read", request.body)
            raise
        return await _later(response, delay_s)

    def _refuse(self, status: int, request: Request, reason: str) -> Response:
        self._malformed(f"{request.method} {request.path}: {reason}", request.body)
        return _error(status, reason, request)

    # gRPC

    async def _pass_to_grpc(self, client: asyncio.Transport, first: bytes) -> None:
        self._opening += 1
        try:
            grpc = await self._grpc_server(client.get_extra_info("socket").fileno())
            await grpc.connect(client, first, self._server.connections)
        except (ConfigurationError, OSError) as error:
            if self._grpc is not None and self._grpc.done() and self._grpc.exception() is not None:
                self._grpc = None  # the next connection tries again
            self._malformed(f"gRPC connection: {error}", first)
            client.abort()
        finally:
            self._opening -= 1

    async def _grpc_server(self, client: int) -> GrpcServer:
        """Return the server, made for the first client.

        Args:
            client: The descriptor of the connection that needs it.

        Raises:
            ConfigurationError: grpcio is not installed, it cannot listen, or few file descriptors are left.
        """
        # Connections that are being opened have not yet taken what they need.
        needed = self._opening * otlp_grpc.DESCRIPTORS_OF_CONNECTION
        if reason := descriptors.refusal(client, needed if self._grpc else needed + otlp_grpc.DESCRIPTORS):
            raise ConfigurationError(reason)
        if self._grpc is None:
            # Importing grpcio takes a while; other requests are answered meanwhile.
            self._grpc = asyncio.ensure_future(
                self._aside.run(lambda: GrpcServer(self.take, self._malformed))
            )
        # Shielded: other clients wait for it, too, and it must be closed once it is there.
        return await asyncio.shield(self._grpc)

    # Both

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Take an export request; return what to say to it.

        Args:
            path: ``/v1/traces``, ``/v1/metrics``, ``/v1/logs`` or ``/api/v2/spans``.
            headers: Or gRPC's metadata; ``content-type`` decides how the body is read.
            body: Uncompressed.
        """
        if missing := self.answers.missing_header(headers):
            reason = f"header {missing!r} is missing or empty"
            self._arrived(_export(path, headers, 0, 401), None, body)
            return Reply(401, reason.encode())
        try:
            message = otlp.parse_request(path, headers.get("content-type", ""), body)
        except DecodeError as error:
            self._malformed(f"POST {path}: {error}", body)
            return Reply(_status_of(error), str(error).encode())
        answer = self.answers.next_for(path)
        invalid = otlp.count_invalid(message, body)
        items = otlp.count_items(message) - invalid
        status = answer.status if not answer.close else 0
        export = _export(path, headers, items, status, resent=items if self._is_known(body) else 0)
        if not self._arrived(export, message, body):
            return Reply(503, NOT_RECORDED.encode())
        if not answer.accepts:
            return Reply(answer.status, b"", answer.retry_after_s, answer.delay_s, answer.close)
        self._remember(body)
        if invalid:
            self._malformed(f"POST {path}: {invalid} of {items + invalid} spans: {otlp.INVALID_IDS}", body)
        if path == otlp.ZIPKIN_PATH:
            return Reply(202, b"", delay_s=answer.delay_s)
        as_json = headers.get("content-type", "").lower().startswith(otlp.JSON)
        success = otlp_reply.accepted(
            path, rejected_spans=invalid, reason=otlp.INVALID_IDS if invalid else "", as_json=as_json
        )
        return Reply(200, success, delay_s=answer.delay_s)

    def _is_known(self, body: bytes) -> bool:
        with self._lock:
            return hash(body) in self._known

    def _remember(self, body: bytes) -> None:
        with self._lock:
            self._known[hash(body)] = None
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]

    def _malformed(self, reason: str, payload: bytes) -> None:
        rejected = Rejected(channel="otlp", reason=reason, payload=payload)
        if self._recorder is not None:
            self._recorder.rejected(rejected)
        else:
            self._keep(rejected)

    def _arrived(self, export: ExportRequest, message: Any, body: bytes) -> bool:
        if self._recorder is not None:
            return self._recorder.export(export, body)
        self._keep(Received(export, message))
        return True

    def _keep(self, item: Received | Rejected) -> None:
        self.received.append(item)
        if self._arrivals.armed:
            self._arrivals.notify()


def _why_no_path(request: Request) -> str:
    """Return what to say of a path that is none: which is most like it, or takes such a body."""
    meant = closest(request.path, sorted(otlp.PATHS))
    if meant is None and len(request.body) <= _LARGE_COMPRESSED_BYTES:
        with contextlib.suppress(DecodeError):
            encoding = request.headers.get("content-encoding", "")
            meant = otlp.path_of(decode_body(request.body, encoding, _LARGE_BYTES))
    reason = f"path {request.path!r} is not an OTLP path; "
    if meant is None:
        return reason + f"expected one of {', '.join(sorted(otlp.PATHS))}"
    if request.path.strip("/"):
        return reason + f"closest: {meant!r}"
    return (
        f"{reason}closest: {meant!r}; an exporter takes an endpoint given in code as it is, so end it in "
        f"{meant}, or leave it to OTEL_EXPORTER_OTLP_ENDPOINT"
    )


def _status_of(error: DecodeError) -> int:
    return 415 if isinstance(error, UnsupportedMedia) else 400


def _export(
    path: str, headers: Mapping[str, str], items: int, status: int, *, resent: int = 0
) -> ExportRequest:
    return ExportRequest(
        channel="otlp", path=path, headers=dict(headers), items=items, status=status, resent=resent
    )


def _response(reply: Reply, request: Request) -> Response:
    if reply.close:
        return CLOSE
    if reply.status >= 300:
        text = reply.body.decode(errors="replace") or otlp_reply.as_asked(reply.status)
        error = _error(reply.status, text, request)
        wait = reply.retry_after_s
        retry = (("retry-after", f"{wait:g}"),) if wait is not None else ()
        return error._replace(headers=(*error.headers, *retry))
    as_json = request.headers.get("content-type", "").lower().startswith(otlp.JSON)
    return Response(reply.status, (("content-type", otlp.JSON if as_json else otlp.PROTOBUF),), reply.body)


def _error(status: int, reason: str, request: Request) -> Response:
    """Return an error as a ``Status`` in the request's encoding; as text where that is none of OTLP's.

    Source: OTLP specification, "OTLP/HTTP Response", "Failures".
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (otlp.JSON, otlp.PROTOBUF) or request.path == otlp.ZIPKIN_PATH:
        return plain_error(status, reason, request)
    body = otlp_reply.failed(reason, as_json=media_type == otlp.JSON)
    return Response(status, (("content-type", media_type),), body)


async def _later(response: Response, delay_s: float) -> Response:
    await asyncio.sleep(delay_s)
    return response
