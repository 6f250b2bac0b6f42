"""What ADOT's SDKs send to the X-Ray daemon's port: OTLP, in base64, behind the daemon's header line.

Source: aws-opentelemetry-distro 0.21, ``otlp_udp_exporter.py``.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, NamedTuple

from harness.errors import DecodeError
from harness.model import Unsampled

_PATHS = {b"T1S": "/v1/traces", b"T1U": "/v1/traces", b"M1": "/v1/metrics"}
UNSAMPLED = "T1U"
_NOT_SAMPLED = "by the sampler of the process that sent it (T1U)"


class Payload(NamedTuple):
    """One decoded payload.

    Attributes:
        kind: ``T1S`` (sampled spans), ``T1U`` (unsampled ones, which X-Ray never shows) or ``M1`` (metrics).
        path: That of the same request over HTTP.
        message: The protobuf request.
    """

    kind: str
    path: str
    message: Any


def unsampled_spans(payload: Payload) -> list[Unsampled]:
    """Return the spans of a payload of unsampled ones, which X-Ray never shows."""
    scopes = (scope for resource in payload.message.resource_spans for scope in resource.scope_spans)
    return [Unsampled(name=span.name, reason=_NOT_SAMPLED) for scope in scopes for span in scope.spans]


def rejected_spans(payload: Payload) -> tuple[int, str]:
    """Return how many of the sampled spans are not taken, and why; 0 and an empty reason for none."""
    from harness.codec import otlp

    invalid = otlp.count_invalid(payload.message) if payload.kind != UNSAMPLED else 0
    if not invalid:
        return 0, ""
    return (
        invalid,
        f"{payload.kind}: {invalid} of {otlp.count_items(payload.message)} spans: {otlp.INVALID_IDS}",
    )


def parse_payload(body: bytes) -> Payload | None:
    """Return what the body of a datagram holds; None when it is no such payload.

    Raises:
        DecodeError: It begins as one and does not decode.
    """
    prefix = next((prefix for prefix in _PATHS if body.startswith(prefix)), None)
    if prefix is None:
        return None
    from harness.codec import otlp  # protobuf is imported by those who receive some

    path = _PATHS[prefix]
    try:
        content = base64.b64decode(body[len(prefix) :].strip(), validate=True)
    except binascii.Error as error:
        raise DecodeError(f"{prefix.decode()} payload is not base64: {error}") from error
    return Payload(prefix.decode(), path, otlp.parse_request(path, otlp.PROTOBUF, content))
