import pytest

from harness.capture.xray_api.documents import DocumentStore
from harness.codec import xray
from harness.model import Segment, Subsegment


def datagram(number: int) -> bytes:
    return xray.HEADER + (
        b'{"name":"shop","id":"53995c3f42cd8ad8","trace_id":"1-5759e988-%024x","start_time":1.0,"end_time":2.0}'
        % number
    )


def test_the_oldest_batches_are_forgotten_and_counted() -> None:
    store = DocumentStore(max_bytes=3 * len(datagram(0)))
    for first in range(0, 6, 2):
        store.extend([datagram(first), datagram(first + 1)])

    assert store.forgotten == 4
    assert [int(trace.trace_id[-24:], 16) for trace in store.traces()] == [4, 5]


def test_what_does_not_decode_is_in_no_trace() -> None:
    store = DocumentStore()
    store.extend([b"junk", datagram(1), b""])

    assert len(store.traces()) == 1


def test_only_the_documents_of_wanted_traces_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    store = DocumentStore()
    store.extend([datagram(number) for number in range(5)])
    every = {trace.trace_id for trace in store.traces()}
    wanted = sorted(every)[:1]
    decoded = []
    parse = xray.parse_document

    def counted(body: bytes) -> Segment | Subsegment:
        decoded.append(body)
        return parse(body)

    monkeypatch.setattr(xray, "parse_document", counted)

    assert [trace.trace_id for trace in store.traces(wanted)] == wanted
    assert all(wanted[0].encode() in body for body in decoded)
    assert store.traces([]) == ()
