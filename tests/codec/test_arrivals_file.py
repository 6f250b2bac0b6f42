import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import arrivals_file
from harness.codec.arrivals_file import Start
from harness.errors import RecordError
from harness.model import ExportRequest, Rejected

EXPORT = ExportRequest(channel="otlp", path="/v1/traces", headers={"x": "é"}, items=1)
REJECTED = Rejected(channel="xray", reason="no newline", payload=b"\x00\n\xff")
START = Start(name="flask run", start_time_unix_nano=1)


def entries(data: bytes) -> list[tuple[arrivals_file.Arrival, bytes]]:
    return list(arrivals_file.read(io.BytesIO(data)))


@given(body=st.binary(), datagram=st.binary())
def test_what_is_written_is_read(body: bytes, datagram: bytes) -> None:
    written = (
        arrivals_file.of_start(START)
        + arrivals_file.of_export(EXPORT, body)
        + arrivals_file.of_datagrams([datagram, b"next"])
        + arrivals_file.of_rejected(REJECTED)
    )

    start, export, plain, more, rejected = entries(written)

    assert start[0].start == START
    assert (export[0].export, export[1]) == (EXPORT, body)
    assert (plain[0].export, plain[1], more[1]) == (None, datagram, b"next")
    assert rejected[0].rejected is not None
    assert (rejected[0].rejected.reason, rejected[1]) == (REJECTED.reason, REJECTED.payload)


@given(cut=st.integers(min_value=0), bodies=st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_a_file_cut_anywhere_keeps_every_whole_entry(cut: int, bodies: list[bytes]) -> None:
    whole = [arrivals_file.of_datagrams([body]) for body in bodies]
    data = b"".join(whole)
    kept = data[: cut % (len(data) + 1)]
    ends = [len(b"".join(whole[: count + 1])) for count in range(len(whole))]

    assert [body for _, body in entries(kept)] == bodies[: sum(end <= len(kept) for end in ends)]


def test_a_damaged_file_says_where() -> None:
    with pytest.raises(RecordError, match=r"received\.bin: entry before byte 9 does not parse: .*damaged"):
        entries(b"not json\n")
