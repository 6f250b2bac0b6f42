"""Documents that X-Ray refuses, and the error code that it refuses them with.

Source: AWS X-Ray developer guide, "Segment documents" and "Sending trace data";
the codes ParseError, MissingId, InvalidTraceId and MissingParentId are in public
issue reports, the others are formed alike. Whatever else the model cannot hold is a ParseError, so
that nothing is answered as taken and then not captured.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from harness.codec.xray import MAX_DOCUMENT_BYTES, parse_document
from harness.errors import DecodeError
from harness.model.segment import Seconds
from harness.model.xray_checks import MAX_TRACE_AGE_S

_ID = re.compile(r"[0-9a-f]{16}\Z", re.IGNORECASE)
_TRACE_ID = re.compile(r"1-([0-9a-f]{8})-[0-9a-f]{24}\Z", re.IGNORECASE)


class Refusal(msgspec.Struct, frozen=True):
    """Why X-Ray refuses a document.

    Attributes:
        id: The document's, as far as it has one.
    """

    code: str
    id: str | None
    noun: str = "segment"

    @property
    def message(self) -> str:
        """What X-Ray says."""
        return f"Invalid {self.noun}. ErrorCode: {self.code}"

    def to_wire(self) -> dict[str, str]:
        """Return it as an item of ``UnprocessedTraceSegments``."""
        known = {} if self.id is None else {"Id": self.id}
        return known | {"ErrorCode": self.code, "Message": self.message}


def refusal_of(body: bytes, now: float) -> Refusal | None:
    """Return why X-Ray refuses a document; None when it takes it.

    Args:
        now: Seconds since the epoch: traces may be 30 days old.

    Example:
        >>> refusal_of(b"{}", 0).code
        'MissingId'
    """
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal("ParseError", None)
    if not isinstance(document, dict):
        return Refusal("ParseError", None)
    known = document.get("id") if isinstance(document.get("id"), str) else None
    noun = "subsegment" if document.get("type") == "subsegment" else "segment"
    code = "SegmentTooLarge" if len(body) > MAX_DOCUMENT_BYTES else _code(document, now) or _model_code(body)
    return None if code is None else Refusal(code, known, noun)


def _code(document: dict[str, Any], now: float) -> str | None:
    for name, stem in (("id", "Id"), ("trace_id", "TraceId"), ("name", "Name"), ("start_time", "StartTime")):
        if document.get(name) in (None, ""):
            return f"Missing{stem}"
    if not _matches(_ID, document["id"]):
        return "InvalidId"
    trace_id = _TRACE_ID.match(document["trace_id"]) if isinstance(document["trace_id"], str) else None
    if trace_id is None or now - int(trace_id[1], 16) > MAX_TRACE_AGE_S:
        return "InvalidTraceId"
    if not isinstance(document["name"], str):
        return "InvalidName"
    return _parent_code(document) or _time_code(document)


def _model_code(body: bytes) -> str | None:
    try:
        parse_document(body)
    except DecodeError:
        return "ParseError"
    return None


def _parent_code(document: dict[str, Any]) -> str | None:
    parent = document.get("parent_id")
    if parent in (None, ""):
        return "MissingParentId" if document.get("type") == "subsegment" else None
    return None if _matches(_ID, parent) else "InvalidParentId"


def _time_code(document: dict[str, Any]) -> str | None:
    """Return what is wrong with the times: exactly one of end_time and in_progress is true."""
    if not _is_time(document["start_time"]):
        return "InvalidStartTime"
    end, open_ = document.get("end_time"), document.get("in_progress")
    if end is None:
        return None if open_ is True else "MissingEndTime"
    return None if _is_time(end) and open_ is not True else "InvalidEndTime"


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and bool(pattern.match(value))


def _is_time(value: object) -> bool:
    try:
        msgspec.convert(value, Seconds)
    except msgspec.ValidationError:
        return False
    return True
