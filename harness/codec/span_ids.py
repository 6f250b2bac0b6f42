"""The ids of all spans of a request at once: to ask each span for its own takes as long as to parse it.

Messages that are repeated on the wire and declared to be one are merged, their lists one behind the
other. Source: protocol buffers, "Encoding", "Last One Wins".
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError as ProtobufError

_NO_TRACE, _NO_SPAN = bytes(16), bytes(8)


def _merged(name: str, number: int, type_: str) -> dict[str, Any]:
    return {"name": name, "number": number, "type": "TYPE_MESSAGE", "typeName": f".harness.{type_}"}


def _listed(name: str, number: int) -> dict[str, Any]:
    return {"name": name, "number": number, "type": "TYPE_BYTES", "label": "LABEL_REPEATED"}


# Source: opentelemetry-proto, trace.proto; what is not named is unknown, and kept as it is.
_FILE = {
    "name": "harness/span_ids.proto",
    "package": "harness",
    "syntax": "proto3",
    "messageType": [
        {"name": "Request", "field": [_merged("resource_spans", 1, "ResourceSpans")]},
        {"name": "ResourceSpans", "field": [_merged("scope_spans", 2, "ScopeSpans")]},
        {"name": "ScopeSpans", "field": [_merged("spans", 2, "Span")]},
        {"name": "Span", "field": [_listed("trace_id", 1), _listed("span_id", 2)]},
    ],
}
_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(json_format.ParseDict(_FILE, descriptor_pb2.FileDescriptorProto()))
_REQUEST: Any = message_factory.GetMessageClass(_POOL.FindMessageTypeByName("harness.Request"))


def are_all_valid(body: bytes, count: int) -> bool:
    """Return whether a request has so many spans, each with valid ids; False where that is not certain.

    A span that says an id twice makes up for one that says none: whoever decodes that one refuses it.

    Args:
        body: Of a trace request, as protobuf; of anything else nothing is certain.
    """
    try:
        ids = _REQUEST.FromString(body).resource_spans.scope_spans.spans
    except ProtobufError:
        return False
    trace_ids, span_ids = ids.trace_id[:], ids.span_id[:]
    return (
        len(trace_ids) == len(span_ids) == count
        and set(map(len, trace_ids)) == {len(_NO_TRACE)}
        and set(map(len, span_ids)) == {len(_NO_SPAN)}
        and _NO_TRACE not in trace_ids
        and _NO_SPAN not in span_ids
    )
