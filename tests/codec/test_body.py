import gzip
import random
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from harness.codec.body import MAX_PARTS, decode_body
from harness.errors import DecodeError


@given(st.binary(max_size=2000))
def test_every_supported_encoding_round_trips(body: bytes) -> None:
    assert decode_body(gzip.compress(body), "gzip") == body
    assert decode_body(gzip.compress(body), " GZIP ") == body
    assert decode_body(zlib.compress(body), "deflate") == body
    assert decode_body(zstandard.compress(body), "zstd") == body
    assert decode_body(body, "") == body
    assert decode_body(body, "identity") == body


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "zstd"]))
def test_arbitrary_bytes_decode_or_are_refused(body: bytes, encoding: str) -> None:
    try:
        assert isinstance(decode_body(body, encoding), bytes)
    except DecodeError as error:
        assert encoding in str(error)


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_bomb_is_refused_before_it_grows(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(bytes(10_000_000))

    with pytest.raises(DecodeError) as refused:
        decode_body(bomb, encoding, limit=1_000_000)

    assert str(refused.value) == (
        f"{encoding} body of {len(bomb)} bytes grows beyond the limit of 1000000 bytes"
    )


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_truncated_body_is_refused(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    body = compress(b"spans " * 100)[:-9]

    with pytest.raises(DecodeError) as refused:
        decode_body(body, encoding)

    assert str(refused.value) == f"{encoding} body of {len(body)} bytes is truncated"


def test_zstd_frames_one_behind_the_other_are_one_body() -> None:
    assert decode_body(zstandard.compress(b"a") + zstandard.compress(b"b"), "zstd") == b"ab"


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(DecodeError) as refused:
        decode_body(b"", "br")

    assert (
        str(refused.value) == "content-encoding 'br' is not supported; expected gzip, deflate, zstd or none"
    )


def test_a_plain_body_over_the_limit_is_refused() -> None:
    with pytest.raises(DecodeError) as refused:
        decode_body(b"12345", "", limit=4)

    assert str(refused.value) == "body of 5 bytes is over the limit of 4"


def test_gzip_members_one_behind_the_other_are_one_body() -> None:
    assert decode_body(gzip.compress(b"one") + gzip.compress(b"two"), "gzip") == b"onetwo"


def test_a_bomb_in_a_later_member_is_refused() -> None:
    with pytest.raises(DecodeError, match="grows beyond the limit"):
        decode_body(gzip.compress(b"one") + gzip.compress(b"0" * 200), "gzip", limit=100)


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_what_follows_the_end_is_refused(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    with pytest.raises(DecodeError):
        decode_body(compress(b"one") + b"junk", encoding)


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_body_of_too_many_parts_is_refused(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    body = compress(b"") * (MAX_PARTS + 1)

    with pytest.raises(DecodeError) as refused:
        decode_body(body, encoding)

    assert str(refused.value) == (
        f"{encoding} body of {len(body)} bytes has more than 10,000 parts, one behind the other; "
        "compress it as one"
    )
    assert decode_body(compress(b"a") * MAX_PARTS, encoding) == b"a" * MAX_PARTS


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_parts_larger_than_a_piece_are_one_body(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    part = random.Random(1).randbytes(100_000)

    assert decode_body(compress(part) * 3, encoding) == part * 3


def test_an_empty_compressed_body() -> None:
    with pytest.raises(DecodeError, match=r"^gzip body of 0 bytes is truncated$"):
        decode_body(b"", "gzip")
    assert decode_body(b"", "zstd") == b""
