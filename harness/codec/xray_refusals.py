"""Documents that X-Ray refuses, and the error code that it refuses them with: the rules of `xray_checks`.

What is wrong with an embedded subsegment refuses its segment, under the segment's id (Napp/xray-laravel
issue 16 shows such an answer). Whatever else the model cannot hold is a ParseError, so
that nothing is answered as taken and then not captured.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec

from harness.codec.xray import MAX_DOCUMENT_BYTES, parse_document
from harness.errors import DecodeError
from harness.model.xray_checks import ENFORCED

_FIELDS = ("id", "name", "trace_id", "parent_id", "start_time", "end_time", "in_progress", "type")


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
    if len(body) > MAX_DOCUMENT_BYTES:
        return Refusal("SegmentTooLarge", known, noun)
    if code := _code(document, now, embedded=False):
        return Refusal(code, known, noun)
    if code := _code_below(document, now):
        return Refusal(code, known, "subsegment")
    try:
        parse_document(body)
    except DecodeError:
        return Refusal("ParseError", known, noun)
    return None


def _code(document: dict[str, Any], now: float, *, embedded: bool) -> str | None:
    item = SimpleNamespace(**{field: document.get(field) for field in _FIELDS})
    broken = (rule.code for rule in ENFORCED if not (embedded and rule.sent) and rule.check(item, now))
    return next(broken, None)


def _code_below(document: dict[str, Any], now: float) -> str | None:
    """Return what is wrong with the first embedded subsegment that X-Ray would refuse."""
    pending = _embedded_in(document)
    while pending:
        item = pending.pop()
        if code := _code(item, now, embedded=True):
            return code
        pending += _embedded_in(item)
    return None


def _embedded_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    below = document.get("subsegments")
    return [item for item in reversed(below) if isinstance(item, dict)] if isinstance(below, list) else []
