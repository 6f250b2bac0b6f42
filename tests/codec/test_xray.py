import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import xray
from harness.errors import DecodeError
from harness.model import Segment, Subsegment

TRACE = "1-5759e988-bd862e3fe1be46a994272793"
SEGMENT = {"id": "70de5b6f19ff9a0a", "name": "s", "start_time": 1.5, "end_time": 2.0, "trace_id": TRACE}


def document(**fields: object) -> bytes:
    return json.dumps(SEGMENT | fields).encode()


@pytest.mark.parametrize(
    "header",
    [
        b'{"format":"json","version":1}',
        b'{"format": "JSON", "version": 1}\r',
        b' {"FORMAT":"Json","VERSION":1,"extra":[1]} ',
    ],
)
def test_headers_that_the_daemon_accepts(header: bytes) -> None:
    assert xray.split_datagram(header + b"\n{}") == b"{}"


@pytest.mark.parametrize(
    ("datagram", "message"),
    [
        (b'{"format":"json","version":1.0}\n{}', "header has version 1.0, expected the integer 1"),
        (b'{"format":"json","version":"1"}\n{}', "header has version '1', expected the integer 1"),
        (b'{"format":"json","version":true}\n{}', "header has version True, expected the integer 1"),
        (b'{"format":"json"}\n{}', "header has version None, expected the integer 1"),
        (b'{"version":1}\n{}', "header has format None, expected 'json'"),
        (b'{"format":"xml","version":1}\n{}', "header has format 'xml', expected 'json'"),
        (b"[1]\n{}", "header b'[1]' is not a JSON object"),
        (b"", "datagram is empty: no document was sent"),
        (b'{"format":"json","version":1}{}', "datagram of 31 bytes has no newline after its header"),
        (b'{"format":"json","version":1}\n', "datagram has a header and an empty document"),
    ],
)
def test_datagrams_that_the_daemon_refuses(datagram: bytes, message: str) -> None:
    with pytest.raises(DecodeError) as refused:
        xray.split_datagram(datagram)

    assert str(refused.value) == message


@pytest.mark.parametrize("header", [b"\xef\xbb\xbf" + xray.HEADER[:-1], xray.HEADER[:-1] + b"junk", b"\xff"])
def test_headers_that_are_not_json(header: bytes) -> None:
    with pytest.raises(DecodeError, match="is not JSON"):
        xray.split_datagram(header + b"\n{}")


def test_a_segment() -> None:
    found = xray.parse_document(document(http={"response": {"status": 200}}, unknown=1))

    assert found == Segment(
        id="70de5b6f19ff9a0a",
        name="s",
        trace_id=TRACE,
        start_time=1.5,
        end_time=2.0,
        http={"response": {"status": 200}},
    )


def test_a_subsegment_sent_alone() -> None:
    found = xray.parse_document(document(type="subsegment", parent_id="aaaaaaaaaaaaaaaa"))

    assert isinstance(found, Subsegment)
    assert found.parent_id == "aaaaaaaaaaaaaaaa"


def test_a_site_cannot_be_forged_by_the_wire() -> None:
    assert xray.parse_document(document(site={"file": "x", "line": 1})).site is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (document(trace_id="1-2-3"), "document has trace_id '1-2-3', expected '1-<8 hex>-<24 hex>'"),
        (document(trace_id=None), "document has trace_id None, expected '1-<8 hex>-<24 hex>'"),
        (document(type="subsegment"), "subsegment 's' was sent alone and has no parent_id"),
        (
            document(name=None),
            "document None does not fit a segment: Expected `str`, captured `null` - at `$.name`",
        ),
        (b"[]", "document is a JSON array, expected an object"),
        (b"null", "document is a JSON null, expected an object"),
        (b"true", "document is a JSON boolean, expected an object"),
        (b"1.5", "document is a JSON number, expected an object"),
        (b'"a"', "document is a JSON string, expected an object"),
        (
            document(start_time=1e308),
            "document 's' does not fit a segment: Expected `float` <= 1000000000000000.0 - at `$.start_time`",
        ),
        (
            document(subsegments=[{"id": "1" * 16, "name": "x", "start_time": 1, "end_time": 1e300}]),
            (
                "document 's' does not fit a segment: Expected `float` <= 1000000000000000.0"
                " - at `$.subsegments[0].end_time`"
            ),
        ),
        (
            document(metadata={"a": float("nan")}),
            (
                "document holds a bare NaN, which is not JSON: X-Ray refuses it; "
                "do not put NaN or infinity into metadata or annotations"
            ),
        ),
    ],
)
def test_documents_that_x_ray_refuses(body: bytes, message: str) -> None:
    with pytest.raises(DecodeError) as refused:
        xray.parse_document(body)

    assert str(refused.value) == message


@pytest.mark.parametrize("body", [b"[" * 60_000, b'{"a":' * 10_000, b'{"id": "\xff"}', document()[:-5]])
def test_damaged_documents_are_refused(body: bytes) -> None:
    with pytest.raises(DecodeError):
        xray.parse_document(body)


def test_a_deeply_nested_document_is_refused_or_read() -> None:
    """A document of 64 kB can nest subsegments a thousand deep."""
    inner = '{"id":"1","name":"n","start_time":1,"subsegments":['
    body = document()[:-1] + b', "subsegments":[' + (inner * 1000).encode() + b"]}" * 1000 + b"]}"

    try:
        assert xray.parse_document(body).name == "s"
    except DecodeError as error:
        assert "nested" in str(error) or "does not fit" in str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*SEGMENT, "type", "http", "subsegments", "metadata"]), json_values))
def test_arbitrary_documents_decode_or_are_refused(fields: dict[str, object]) -> None:
    try:
        found = xray.parse_document(document(**fields))
    except DecodeError as error:
        assert str(error)
    else:
        assert found.trace_id == TRACE


@given(st.binary(max_size=200))
def test_arbitrary_datagrams_decode_or_are_refused(datagram: bytes) -> None:
    try:
        xray.parse_document(xray.split_datagram(datagram))
    except DecodeError as error:
        assert str(error)
