"""Errors of AWS, in the protocol in which a client asks."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, unescape

import msgspec

from harness.capture.http_messages import Request, Response
from harness.capture.log_groups import JSON_1_1

_MAX_ERROR = 300


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


_XML = re.compile(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", re.DOTALL)


def error_of(answer: Response) -> str:
    """Return the code and message of an error, moto's or ours, as ``CODE: MESSAGE``.

    Example:
        >>> error_of(Response(400, (), b'{"__type": "a#NotFound", "message": "no such group"}'))
        'NotFound: no such group'
    """
    if xml := _XML.search(answer.body.decode(errors="replace")):
        return f"{xml[1]}: {unescape(xml[2])}"[:_MAX_ERROR]
    code, message = "", ""
    try:
        error = msgspec.json.decode(answer.body)
        code, message = str(error.get("__type", "")), str(error.get("message") or error.get("Message") or "")
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError):
        pass  # CBOR has its code in a header
    headers = {name.lower(): value for name, value in answer.headers}
    code = headers.get("x-amzn-query-error", "").partition(";")[0] or code or str(answer.status)
    code = code.rpartition("#")[2]
    return (f"{code}: {message}" if message else code)[:_MAX_ERROR]
