import io
from collections.abc import Callable

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from harness.codec import arrivals_file
from harness.codec.arrivals_file import Start
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


@given(
    name=st.text(max_size=9), counts=st.lists(st.integers(0, 10**9), max_size=4), reason=st.text(max_size=200)
)
def test_a_start_has_room_for_what_is_lost_later(name: str, counts: list[int], reason: str) -> None:
    before = Start(name=name, start_time_unix_nano=1)
    kinds = ("requests", "datagrams", "rejected inputs", "incidents")
    after = msgspec.structs.replace(before, lost=dict(zip(kinds, counts, strict=False)), reason=reason)

    written = arrivals_file.of_start(after)

    assert len(written) == len(arrivals_file.of_start(before))
    ((start, _),) = entries(written)
    assert start.start is not None
    assert start.start.lost == after.lost
    assert start.start.reason in (reason, "no room to say why")


@given(cut=st.integers(min_value=0), bodies=st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_a_file_cut_anywhere_keeps_every_whole_entry(cut: int, bodies: list[bytes]) -> None:
    whole = [arrivals_file.of_datagrams([body]) for body in bodies]
    data = b"".join(whole)
    kept = data[: cut % (len(data) + 1)]
    ends = [len(b"".join(whole[: count + 1])) for count in range(len(whole))]

    assert [body for _, body in entries(kept)] == bodies[: sum(end <= len(kept) for end in ends)]


def whole_and_left_out(data: bytes) -> tuple[list[bytes], str]:
    """Return the bodies of the entries that are read, and what is said of the rest."""
    reading = arrivals_file.read(io.BytesIO(data))
    found = []
    while True:
        try:
            found.append(next(reading)[1])
        except StopIteration as end:
            return found, end.value.text


FLOOD = [b"%d " % number * 1000 for number in range(100)]


def test_a_flood_is_compressed() -> None:
    written = arrivals_file.of_datagrams(FLOOD)

    assert len(written) < len(b"".join(FLOOD)) / 10
    assert [body for _, body in entries(written)] == FLOOD


def test_a_large_request_is_compressed() -> None:
    export, body = ExportRequest(channel="otlp", path="/v1/logs", headers={}), b"shop.checkout " * 2000

    written = arrivals_file.of_export(export, body)

    assert len(written) < len(body) / 10
    assert [(arrival.export, read) for arrival, read in entries(written)] == [(export, body)]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda line, body: line + body[:9] + b"?" * 9 + body[18:], "the entry cannot be decompressed: "),
        (lambda line, body: line.replace(b",5000]", b",5001]") + body, "the entry has another size than it"),
        (lambda line, body: line.replace(b"500000", b"500001") + body, "the entry has another size than it"),
    ],
)
def test_a_compressed_entry_that_is_damaged_is_left_out(
    damage: Callable[[bytes, bytes], bytes], said: str
) -> None:
    line, _, body = arrivals_file.of_datagrams([b"x" * 5000] * 100).partition(b"\n")

    bodies, problem = whole_and_left_out(WHOLE + damage(line + b"\n", body))

    assert bodies == [b"kept"]
    assert said in problem


def test_what_memory_does_not_suffice_for_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(_: bytes) -> bytes:
        raise MemoryError

    written = arrivals_file.of_datagrams(FLOOD)
    monkeypatch.setattr(zstandard, "decompress", exhaust)

    bodies, problem = whole_and_left_out(WHOLE + written + WHOLE)

    assert bodies == [b"kept", b"kept"]
    assert "the entry cannot be decompressed" in problem


def test_a_body_that_claims_more_than_one_can_have_is_left_out() -> None:
    line = b'{"size":3,"whole":2147483647}'

    bodies, problem = whole_and_left_out(WHOLE + line + b"\nabc\n")

    assert bodies == [b"kept"]
    assert "Expected `int` <= 1073741824 - at `$.whole`" in problem


WHOLE = arrivals_file.of_datagrams([b"kept"])


def test_a_damaged_entry_hides_none_behind_it() -> None:
    damaged = bytearray(arrivals_file.of_datagrams([b"x" * 5000] * 100))
    damaged[-20] ^= 1

    bodies, problem = whole_and_left_out(WHOLE + damaged + damaged + WHOLE + b"{")

    assert bodies == [b"kept", b"kept"]
    assert problem.startswith(
        f"2 damaged entries are left out, the first from byte {len(WHOLE)}: the entry cannot"
    )
    assert problem.endswith(" are left out: the entry is cut short; what wrote it was killed")


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        (b"", ""),
        (b"garbage\n", "the entry does not parse: JSON is malformed: invalid character (byte 0); {damaged}"),
        (b'{"size":-5}\n', "the entry does not parse: Expected `int` >= 0 - at `$.size`; {damaged}"),
        (b"\xff\xfe\n", "the entry does not parse: JSON is malformed: invalid character (byte 0); {damaged}"),
        (b'{"size":2}\nlong\n', "the entry is longer than it says; {damaged}"),
        (b'{"size":1000000000000000000}\n', "the entry is cut short; what wrote it was killed"),
        (WHOLE[:-1], "the entry is cut short; what wrote it was killed"),
        (WHOLE[:5], "the entry is cut short; what wrote it was killed"),
    ],
)
def test_what_is_before_damage_is_read_and_the_rest_is_named(tail: bytes, reason: str) -> None:
    left_out = f"{len(tail)} bytes from byte {len(WHOLE)} on are left out: " if tail else ""
    said = left_out + reason.format(damaged="the file was edited or is damaged")

    assert whole_and_left_out(WHOLE + tail) == ([b"kept"], said)


def test_a_request_that_waited_is_read_as_it_was_answered() -> None:
    asked = msgspec.structs.replace(EXPORT, items=0, status=0)
    waiting = arrivals_file.of_export(asked, b"body", waiting=1)

    ((arrival, body),) = entries(waiting + arrivals_file.of_export(EXPORT, b"part", answers=1))

    assert (arrival.export, body) == (EXPORT, b"part")


@pytest.mark.parametrize("rest", [b"", b"{cut"])
def test_a_request_that_was_never_answered_is_evidence(rest: bytes) -> None:
    asked = msgspec.structs.replace(EXPORT, items=0, status=0)
    data = arrivals_file.of_export(asked, b"body", waiting=1) + WHOLE

    datagram, rejected, export = entries(data + rest)

    assert datagram[1] == b"kept"
    assert rejected[0].rejected == Rejected(
        channel="otlp",
        reason="/v1/traces: no answer is on record: the harness ended, or could write no more, before",
    )
    assert (rejected[1], export[0].export, export[1]) == (b"body", asked, b"body")
