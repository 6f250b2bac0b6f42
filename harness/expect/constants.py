"""Span kinds and status codes under the names that scenarios use."""

from __future__ import annotations

from typing import Final

from harness.model.span import SpanKind, StatusCode

INTERNAL: Final = SpanKind.INTERNAL
SERVER: Final = SpanKind.SERVER
CLIENT: Final = SpanKind.CLIENT
PRODUCER: Final = SpanKind.PRODUCER
CONSUMER: Final = SpanKind.CONSUMER

UNSET: Final = StatusCode.UNSET
OK: Final = StatusCode.OK
ERROR: Final = StatusCode.ERROR
