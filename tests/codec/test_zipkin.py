"""Zipkin v2 JSON: spans that client and server share, and what other libraries leave out or null."""

import json
from typing import Any

import pytest

from harness.codec import otlp, zipkin
from harness.errors import DecodeError
from harness.model import Span, SpanKind

TRACE = "463ac35c9f6413ad48485a3953bb6124"


def spans_of(*spans: dict[str, Any]) -> list[Span]:
    message = zipkin.parse_request("application/json", json.dumps(spans).encode())
    return [decode() for _, decode in otlp.spans_of(message)]


def test_the_halves_of_a_shared_span_are_two_spans() -> None:
    shop, bank = {"serviceName": "shop"}, {"serviceName": "bank"}
    client, server, below = spans_of(
        {"traceId": TRACE, "id": "a" * 16, "kind": "CLIENT", "name": "pay", "localEndpoint": shop},
        {
            "traceId": TRACE,
            "id": "a" * 16,
            "kind": "SERVER",
            "shared": True,
            "name": "pay",
            "localEndpoint": bank,
        },
        {"traceId": TRACE, "id": "b" * 16, "parentId": "a" * 16, "name": "query", "localEndpoint": bank},
    )

    assert (client.kind, client.span_id) == (SpanKind.CLIENT, "a" * 16)
    assert (server.kind, server.parent_span_id) == (SpanKind.SERVER, client.span_id)
    assert server.span_id != client.span_id
    assert below.parent_span_id == server.span_id


def test_halves_that_do_not_say_that_they_share() -> None:
    client, server = spans_of(
        {"traceId": TRACE, "id": "a" * 16, "kind": "CLIENT", "localEndpoint": {"serviceName": "shop"}},
        {"traceId": TRACE, "id": "a" * 16, "kind": "SERVER", "localEndpoint": {"serviceName": "bank"}},
    )
    assert (client.kind, server.kind) == (SpanKind.CLIENT, SpanKind.SERVER)
    assert server.parent_span_id == client.span_id != server.span_id


def test_a_shared_half_that_comes_again_is_the_same_span() -> None:
    half = {
        "traceId": TRACE,
        "id": "a" * 16,
        "kind": "SERVER",
        "shared": True,
        "localEndpoint": {"serviceName": "x"},
    }
    assert spans_of(half) == spans_of(half)


def test_null_is_nothing() -> None:
    fields = (
        "parentId",
        "kind",
        "name",
        "timestamp",
        "duration",
        "localEndpoint",
        "annotations",
        "tags",
        "shared",
    )
    (span,) = spans_of({"traceId": TRACE, "id": "a" * 16, **dict.fromkeys(fields)})
    assert (span.name, span.parent_span_id, span.kind) == ("", None, SpanKind.INTERNAL)


def test_a_kind_that_is_none() -> None:
    with pytest.raises(DecodeError, match="kind 'X' is none of CLIENT, SERVER, PRODUCER, CONSUMER"):
        spans_of({"traceId": TRACE, "id": "a" * 16, "kind": "X"})
