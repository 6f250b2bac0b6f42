"""Zipkin v2 JSON: spans that client and server share, and what other libraries leave out or null."""

import itertools
import json
from typing import Any

import pytest

from harness.codec.arrivals_file import Arrival
from harness.errors import DecodeError
from harness.model import ExportRequest, Span, SpanKind
from tests.builders import telemetry_of

ZIPKIN = ExportRequest(
    channel="otlp", path="/api/v2/spans", items=1, status=202, headers={"content-type": "application/json"}
)
TRACE = "463ac35c9f6413ad48485a3953bb6124"


def spans_of(*spans: dict[str, Any]) -> list[Span]:
    """Return what a recorded run makes of one request for all of them."""
    return requests_of(list(spans))


def requests_of(*requests: list[dict[str, Any]]) -> list[Span]:
    bodies = [json.dumps(spans).encode() for spans in requests]
    telemetry = telemetry_of((Arrival(size=len(body), export=ZIPKIN), body) for body in bodies)
    if telemetry.rejected:
        raise DecodeError(telemetry.rejected[0].reason)
    return list(telemetry.spans)


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


SHOP, BANK = {"serviceName": "shop"}, {"serviceName": "bank"}
CLIENT = {"traceId": TRACE, "id": "a" * 16, "kind": "CLIENT", "timestamp": 1, "localEndpoint": SHOP}
SERVER = {"traceId": TRACE, "id": "a" * 16, "kind": "SERVER", "timestamp": 2, "localEndpoint": BANK}
BELOW = {"traceId": TRACE, "id": "b" * 16, "parentId": "a" * 16, "timestamp": 3, "localEndpoint": BANK}
BESIDE = {"traceId": TRACE, "id": "c" * 16, "parentId": "a" * 16, "timestamp": 4, "localEndpoint": SHOP}


@pytest.mark.parametrize("said", [{}, {"shared": True}], ids=["unsaid", "shared"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_tree_of_halves_that_come_in_requests_of_their_own(
    order: tuple[int, ...], said: dict[str, Any]
) -> None:
    items = [CLIENT, SERVER | said, BELOW, BESIDE]

    client, server, below, beside = requests_of(*([items[index]] for index in order), [SERVER | said])

    assert (client.span_id, client.parent_span_id) == ("a" * 16, None)
    assert server.parent_span_id == client.span_id != server.span_id
    assert below.parent_span_id == server.span_id
    assert beside.parent_span_id == client.span_id


def test_a_server_without_its_clients_half_keeps_the_id() -> None:
    server, below = requests_of([SERVER | {"shared": True, "parentId": "d" * 16}], [BELOW])

    assert (server.span_id, server.parent_span_id) == ("a" * 16, "d" * 16)
    assert below.parent_span_id == server.span_id


def test_two_servers_of_one_id_are_two_spans() -> None:
    first, second = requests_of([SERVER], [SERVER | {"timestamp": 3, "localEndpoint": SHOP}])

    assert second.parent_span_id == first.span_id != second.span_id


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


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_request_that_a_client_repeats_is_a_server_span_for_each_try(order: tuple[int, ...]) -> None:
    again = SERVER | {"timestamp": 5}
    late = BELOW | {"id": "d" * 16, "timestamp": 6}
    items = [SERVER, BELOW, again, late]

    first, below, second, below_second = requests_of(*([items[index]] for index in order), [CLIENT])[1:]

    assert first.parent_span_id == second.parent_span_id == CLIENT["id"]
    assert len({CLIENT["id"], first.span_id, second.span_id}) == 3
    assert (below.parent_span_id, below_second.parent_span_id) == (first.span_id, second.span_id)


def test_tries_without_their_client_are_beside_each_other() -> None:
    first, below, second = requests_of([SERVER, BELOW, SERVER | {"timestamp": 5}])

    assert (first.span_id, first.parent_span_id, second.parent_span_id) == ("a" * 16, None, None)
    assert second.span_id != first.span_id == below.parent_span_id
