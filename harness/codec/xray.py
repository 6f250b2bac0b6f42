"""X-Ray datagrams → documents.

Source of the rules: aws-xray-daemon 3.6.6. One datagram is one document: a
JSON header, a newline, a JSON body. Nothing is ever answered.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from harness.codec.attributes import plain
from harness.codec.json_text import why_not_json
from harness.errors import DecodeError, in_our_words
from harness.model import Rejected, Segment, Subsegment
from harness.model.nesting import MAX_DEPTH
from harness.model.xray_checks import TRACE_ID

HEADER = b'{"format":"json","version":1}\n'
"""What every X-Ray SDK puts before a document."""

MAX_DOCUMENT_BYTES = 64 * 1024
"""X-Ray's limit; a datagram is always smaller, what `PutTraceSegments` brings need not be."""

_JSON_WORDS = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
}
_Document = TypeVar("_Document", Segment, Subsegment)
_BARE_CONSTANT = re.compile(rb"(?<![\w\"])-?(NaN|Infinity)(?![\w\"])")


def split_datagram(datagram: bytes) -> bytes:
    """Return the document of a datagram after checking its header as the daemon does.

    The header is valid when ``format`` equals "json" without regard to case
    and ``version`` is the integer 1; other keys, any key case and white space
    are accepted.

    Raises:
        DecodeError: Nothing at all, which no receiver delivers; no newline, an empty document, or an
            invalid header.
    """
    if not datagram:
        raise DecodeError("datagram is empty: no document was sent")
    head, newline, body = datagram.partition(b"\n")
    if not newline:
        raise DecodeError(f"datagram of {len(datagram)} bytes has no newline after its header")
    if head != HEADER[:-1]:
        _check_header(head)
    if not body.strip():
        raise DecodeError("datagram has a header and an empty document")
    return body


def _check_header(head: bytes) -> None:
    try:
        header = msgspec.json.decode(head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(f"header {head[:80]!r} is not JSON: {why_not_json(error, head)}") from error
    if not isinstance(header, dict):
        raise DecodeError(f"header {head[:80]!r} is not a JSON object")
    fields = {key.lower(): value for key, value in header.items()}
    form, version = fields.get("format"), fields.get("version")
    if not isinstance(form, str) or form.lower() != "json":
        raise DecodeError(f"header has format {form!r}, expected 'json'")
    if type(version) is not int or version != 1:
        raise DecodeError(f"header has version {version!r}, expected the integer 1")


def parse_document(body: bytes) -> Segment | Subsegment:
    """Return a segment document as a `Segment`, or as a `Subsegment` when it was sent alone.

    Raises:
        DecodeError: Not JSON, not an object, a required field missing or of
            the wrong type, or an id that X-Ray refuses.
    """
    document = _decode(body)
    trace_id = document.get("trace_id")
    if not isinstance(trace_id, str) or not TRACE_ID.match(trace_id):
        raise DecodeError(f"document has trace_id {trace_id!r}, expected '1-<8 hex>-<24 hex>'")
    if document.get("type") == "subsegment":
        if not document.get("parent_id"):
            raise DecodeError(f"subsegment {document.get('name')!r} was sent alone and has no parent_id")
        return _convert(document, Subsegment)
    return _convert(document, Segment)


def duplicate_of(document: Segment | Subsegment, datagram: bytes) -> Rejected:
    """Return the evidence that a document came again: the network may do that, or an app that sends twice."""
    kind = type(document).__name__.lower()
    return Rejected(
        channel="xray",
        reason=f"{kind} {document.name!r} ({document.id}) came again, byte for byte; it is kept once",
        payload=datagram,
        duplicate=True,
    )


def _decode(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        constant = _BARE_CONSTANT.search(body)
        if constant:
            raise DecodeError(
                f"document holds a bare {constant.group().decode()}, which is not JSON: X-Ray refuses it; "
                "do not put NaN or infinity into metadata or annotations"
            ) from error
        raise DecodeError(f"document is not JSON: {why_not_json(error, body)}") from error
    except RecursionError as error:
        raise DecodeError("document is nested too deeply") from error
    if not isinstance(document, dict):
        raise DecodeError(f"document is a JSON {_JSON_WORDS[type(document)]}, expected an object")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _cut_deep_values(document)
    return document


def _cut_deep_values(document: dict[str, Any]) -> None:
    """Cut what is too deep in a document's values; subsegments have a limit of their own."""
    pending = [document]
    while pending:
        item = pending.pop()
        below = item.get("subsegments")
        item.update({key: plain(value) for key, value in item.items() if key != "subsegments"})
        if isinstance(below, list):
            pending += (child for child in below if isinstance(child, dict))


def _convert(document: dict[str, Any], kind: type[_Document]) -> _Document:
    document.pop("site", None)  # ours, never the wire's
    try:
        return msgspec.convert(document, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        reason = in_our_words(error)
        raise DecodeError(f"document {document.get('name')!r} does not fit a segment: {reason}") from error
