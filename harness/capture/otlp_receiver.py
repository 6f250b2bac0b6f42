"""The OTLP/HTTP receiver: what the app's own exporter sends.

Source: OTLP specification, "OTLP/HTTP": success is 200 with an export
response in the request's encoding, undecodable input is 400.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from harness.capture.arrivals import Arrivals
from harness.capture.environment import LOOPBACK
from harness.capture.http_server import HttpServer, Request, Response
from harness.capture.loop import ReceiverLoop
from harness.capture.recorder import Recorder
from harness.codec import otlp
from harness.codec.body import decode_body
from harness.errors import DecodeError
from harness.model import ExportRequest, Rejected


class Received(NamedTuple):
    """A decodable request: its evidence and its protobuf message."""

    export: ExportRequest
    message: Any


class OtlpReceiver:
    """Receives traces, metrics and logs on one port.

    Args:
        port: 0 for an ephemeral port.
        recorder: Takes what arrives instead of `received`.
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
        self._arrivals = arrivals
        self._recorder = recorder
        self._server = HttpServer(loop, self._handle, self._malformed, host=host, port=port)
        self.port = self._server.port
        self.endpoint = f"http://{LOOPBACK}:{self._server.port}"

    def listen(self, host: str) -> None:
        """Listen on another address, too, with the same port number."""
        self._server.listen(host)

    def close(self) -> None:
        """Stop receiving."""
        self._server.close()

    def _malformed(self, reason: str, payload: bytes) -> None:
        rejected = Rejected(channel="otlp", reason=reason, payload=payload)
        if self._recorder is not None:
            self._recorder.rejected(rejected)
        else:
            self._arrived(rejected)

    def _arrived(self, item: Received | Rejected) -> None:
        self.received.append(item)
        if self._arrivals.armed:
            self._arrivals.notify()

    def _handle(self, request: Request) -> Response:
        content_type = request.headers.get("content-type", "")
        try:
            if request.path not in otlp.REQUEST_TYPES:
                return self._refuse(404, request, f"path {request.path!r} is not an OTLP path")
            if request.method != "POST":
                return self._refuse(405, request, f"method {request.method} is not POST")
            body = decode_body(request.body, request.headers.get("content-encoding", ""))
            message = otlp.parse_request(request.path, content_type, body)
        except DecodeError as error:
            return self._refuse(415 if "content-" in str(error) else 400, request, str(error))
        export = ExportRequest(
            channel="otlp", path=request.path, headers=request.headers, items=otlp.count_items(message)
        )
        if self._recorder is not None:
            self._recorder.export(export, body)
        else:
            self._arrived(Received(export, message))
        as_json = content_type.lower().startswith(otlp.JSON)
        return Response(
            200, (("content-type", otlp.JSON if as_json else otlp.PROTOBUF),), b"{}" if as_json else b""
        )

    def _refuse(self, status: int, request: Request, reason: str) -> Response:
        self._malformed(f"{request.method} {request.path}: {reason}", request.body)
        return Response(status, (("content-type", "text/plain"),), reason.encode())
