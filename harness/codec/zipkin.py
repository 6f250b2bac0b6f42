"""Zipkin v2 JSON, both ways.

Source: the Zipkin API (zipkin2-api.yaml) and the OpenTelemetry specification,
"OpenTelemetry to Zipkin Transformation".
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from typing import Any

import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

from harness.codec.json_text import why_not_json
from harness.codec.otlp_encode import to_any_value
from harness.errors import DecodeError, UnsupportedMedia

CONTENT_TYPE = "application/json"
_KINDS = {
    "CLIENT": trace_pb2.Span.SPAN_KIND_CLIENT,
    "SERVER": trace_pb2.Span.SPAN_KIND_SERVER,
    "PRODUCER": trace_pb2.Span.SPAN_KIND_PRODUCER,
    "CONSUMER": trace_pb2.Span.SPAN_KIND_CONSUMER,
}
_SCOPE = (
    ("name", "otel.scope.name"),
    ("name", "otel.library.name"),
    ("version", "otel.scope.version"),
    ("version", "otel.library.version"),
)


class _Endpoint(msgspec.Struct, rename="camel"):
    service_name: str | None = None
    ipv4: str | None = None
    ipv6: str | None = None
    port: int | None = None


class _Annotation(msgspec.Struct):
    timestamp: int
    value: str


class _Span(msgspec.Struct, rename="camel"):
    trace_id: str
    id: str
    parent_id: str | None = None
    kind: str | None = None
    shared: bool | None = None
    name: str | None = None
    timestamp: int | None = None
    duration: int | None = None
    local_endpoint: _Endpoint | None = None
    remote_endpoint: _Endpoint | None = None
    annotations: list[_Annotation] | None = None
    tags: dict[str, str] | None = None

    @property
    def service(self) -> str:
        return (self.local_endpoint and self.local_endpoint.service_name) or ""


_SPANS = msgspec.json.Decoder(list[_Span])
# ``"name": {"key": value}``. Source: "OpenTelemetry to Zipkin Transformation", Events.
_EVENT = re.compile(r'("(?:[^"\\]|\\.)*"): (\{.*\})\Z', re.DOTALL)
_OF_SCOPE = "otel.scope."
_LINK = re.compile(r"[0-9a-f]{32}\|[0-9a-f]{16}\|[^|]*\|\{.*\|\d+\Z", re.DOTALL)
_ATTRIBUTES = msgspec.json.Decoder(dict[str, Any])


def parse_request(content_type: str, body: bytes) -> ExportTraceServiceRequest:
    """Return the spans of a Zipkin request as an OTLP request.

    Args:
        content_type: JSON; Zipkin's protobuf is not read.
        body: Uncompressed.

    Raises:
        DecodeError: Another content type, or a body that is not Zipkin v2 JSON.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != CONTENT_TYPE:
        raise UnsupportedMedia(f"content-type {content_type!r} is not {CONTENT_TYPE}")
    try:
        request = ExportTraceServiceRequest()
        for span in _SPANS.decode(body):
            _add(request, span)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DecodeError(
            f"body of {len(body)} bytes is not Zipkin v2 JSON: {why_not_json(error, body)}"
        ) from error
    return request


def _add(request: ExportTraceServiceRequest, span: _Span) -> None:
    holder = request.resource_spans.add()
    if span.service:
        _set(holder.resource.attributes, "service.name", span.service)
    scope_spans = holder.scope_spans.add()
    tags, start = dict(span.tags or {}), span.timestamp or 0
    for field, name in _SCOPE:
        setattr(scope_spans.scope, field, tags.pop(name, getattr(scope_spans.scope, field)))
    scope_spans.schema_url = tags.pop(f"{_OF_SCOPE}schema_url", "")
    for name in [name for name in tags if name.startswith(_OF_SCOPE)]:
        _set(scope_spans.scope.attributes, name.removeprefix(_OF_SCOPE), tags.pop(name))
    item = scope_spans.spans.add(
        # Zipkin's 64-bit trace ids are the low half of OpenTelemetry's.
        trace_id=bytes.fromhex(span.trace_id.zfill(32)),
        span_id=bytes.fromhex(span.id),
        parent_span_id=bytes.fromhex(span.parent_id or ""),
        name=span.name or "",
        # A half that joined its client's span is the server's. Source: Zipkin's API v2, `Span.shared`.
        kind=_kind(span.kind or ("SERVER" if span.shared else None)),
        start_time_unix_nano=start * 1000,
        end_time_unix_nano=(start + (span.duration or 0)) * 1000,
    )
    _set_status(item.status, tags)
    item.trace_state = tags.pop("w3c.tracestate", "")
    for name in [name for name in tags if _LINK.match(tags[name]) and name.startswith("otlp.link.")]:
        _add_link(item.links, tags.pop(name))
    for key, value in (*_peer(span.remote_endpoint), *tags.items()):
        _set(item.attributes, key, value)
    for annotation in span.annotations or ():
        _add_event(item.events, annotation)


def _add_event(events: Any, annotation: _Annotation) -> None:
    """Add an event, with its attributes where its text has them as OpenTelemetry's exporters write it."""
    event = events.add(name=annotation.value, time_unix_nano=annotation.timestamp * 1000)
    if written := _EVENT.match(annotation.value):
        with contextlib.suppress(msgspec.DecodeError):  # it only looks like that
            name, attributes = msgspec.json.decode(written[1], type=str), _ATTRIBUTES.decode(written[2])
            event.name = name
            for key, value in attributes.items():
                event.attributes.add(key=key).value.CopyFrom(to_any_value(value))


def _add_link(links: Any, text: str) -> None:
    """Add a link, written as the Collector does: ``trace id|span id|trace state|attributes|dropped``."""
    trace_id, span_id, rest = text.split("|", 2)
    state, _, rest = rest.partition("|{")
    link = links.add(trace_id=bytes.fromhex(trace_id), span_id=bytes.fromhex(span_id), trace_state=state)
    with contextlib.suppress(msgspec.DecodeError):  # the attributes of somebody else's
        for key, value in _ATTRIBUTES.decode("{" + rest.rpartition("|")[0]).items():
            link.attributes.add(key=key).value.CopyFrom(to_any_value(value))


def _kind(name: str | None) -> Any:
    if not name:
        return trace_pb2.Span.SPAN_KIND_INTERNAL
    if name not in _KINDS:
        raise ValueError(f"kind {name!r} is none of {', '.join(_KINDS)}")
    return _KINDS[name]


def _set_status(status: Any, tags: dict[str, str]) -> None:
    code = tags.pop("otel.status_code", "")
    if "error" in tags:
        status.code = trace_pb2.Status.STATUS_CODE_ERROR
        # `error` alone, or "true", says no more than that there was one.
        status.message = "" if tags["error"] == "true" else tags["error"]
        del tags["error"]
    elif code == "OK":
        status.code = trace_pb2.Status.STATUS_CODE_OK


def _peer(remote: _Endpoint | None) -> Iterable[tuple[str, str | int]]:
    if remote is None:
        return
    if remote.service_name:
        yield "peer.service", remote.service_name
    if remote.ipv4 or remote.ipv6:
        yield "network.peer.address", remote.ipv4 or remote.ipv6 or ""
    if remote.port:
        yield "network.peer.port", remote.port


def _set(attributes: Any, key: str, value: str | int) -> None:
    if isinstance(value, int):
        attributes.add(key=key).value.int_value = value
    else:
        attributes.add(key=key).value.string_value = value
