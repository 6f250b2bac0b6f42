import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import xray
from harness.codec.adot import parse_payload
from harness.codec.arrivals_file import Arrival
from harness.codec.otlp import count_items
from harness.errors import DecodeError
from harness.model import Rejected
from tests.builders import telemetry_of
from tests.codec.test_wire import traces

SPANS = base64.b64encode(traces("sent"))


@pytest.mark.parametrize("kind", ["T1S", "T1U"])
def test_spans_are_decoded(kind: str) -> None:
    payload = parse_payload(kind.encode() + SPANS)

    assert payload is not None
    assert (payload.kind, payload.path, count_items(payload.message)) == (kind, "/v1/traces", 1)


def test_a_document_is_no_payload() -> None:
    assert parse_payload(b'{"name":"x"}') is None


@given(st.binary(max_size=60))
def test_anything_behind_a_prefix_decodes_or_is_refused(body: bytes) -> None:
    try:
        assert parse_payload(b"T1S" + body) is not None
    except DecodeError as error:
        assert str(error)


def test_a_recorded_run_has_the_sampled_spans_only() -> None:
    datagrams = [xray.HEADER + kind + SPANS for kind in (b"T1S", b"T1U")] + [xray.HEADER + b"T1S*"]
    telemetry = telemetry_of((Arrival(size=len(datagram)), datagram) for datagram in datagrams)

    assert [span.name for span in telemetry.spans] == ["sent"]
    assert [(u.kind, u.name, u.count) for u in telemetry.unsampled] == [("span", "sent", 1)]
    assert [(e.path, e.items) for e in telemetry.exports] == [("udp T1S", 1), ("udp T1U", 1)]
    assert [r.reason.partition(":")[0] for r in telemetry.rejected] == ["T1S payload is not base64"]


def test_spans_without_ids_are_rejected_and_the_others_taken() -> None:
    datagram = xray.HEADER + b"T1S" + base64.b64encode(traces("sent") + traces("lost", bytes(16)))
    telemetry = telemetry_of([(Arrival(size=len(datagram)), datagram)])

    reason = "T1S: 1 of 2 spans: a trace id has 16 bytes and a span id 8, not all of them zero"
    assert [span.name for span in telemetry.spans] == ["sent"]
    assert [export.items for export in telemetry.exports] == [1]
    assert telemetry.rejected == (Rejected(channel="xray", reason=reason, payload=datagram),)
