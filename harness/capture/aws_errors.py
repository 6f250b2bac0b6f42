"""Errors of AWS, in the protocol in which a client asks."""

from __future__ import annotations

from xml.sax.saxutils import escape

import msgspec

from harness.capture.http_messages import Request, Response
from harness.capture.log_groups import JSON_1_1


def error_response(request: Request, status: int, code: str, message: str) -> Response:
    """Return an error that the SDK of the client turns into an exception with this code and message.

    Source: Smithy, "AWS JSON 1.1 protocol" and "AWS query protocol", operation error serialization.
    """
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        fault = "Sender" if status < 500 else "Receiver"
        xml = (
            f"<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code>"
            f"<Message>{escape(message)}</Message></Error></ErrorResponse>"
        )
        return Response(status, (("content-type", "text/xml"),), xml.encode())
    return Response(status, JSON_1_1, msgspec.json.encode({"__type": code, "message": message}))
