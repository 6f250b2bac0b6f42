"""HTTP bodies: content encodings, with a limit on what they may grow to."""

from __future__ import annotations

import zlib

import zstandard

from harness.errors import DecodeError, UnsupportedMedia

MAX_DECODED_BYTES = 64 * 1024 * 1024
"""A body that grows beyond this is refused; SDK batches stay far below."""

MAX_PARTS = 10_000
"""Of frames or members in a body; what compresses in parallel makes one of each 64 KiB or more."""

_PIECE_BYTES = 64 * 1024
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


def decode_body(body: bytes, encoding: str, limit: int = MAX_DECODED_BYTES) -> bytes:
    """Return the body with its content encoding undone.

    Args:
        body: As it came over the wire.
        encoding: The `content-encoding` header; empty or ``identity`` for none.
        limit: Largest size to decode to, in bytes.

    Raises:
        DecodeError: Unknown encoding, damaged stream, or a body over the limit.

    Example:
        >>> decode_body(b"{}", "")
        b'{}'
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        if len(body) > limit:
            raise DecodeError(f"body of {len(body)} bytes is over the limit of {limit}")
        return body
    if name == "zstd":
        return _decompress_zstd(body, limit)
    if name not in _WINDOW_BITS:
        raise UnsupportedMedia(
            f"content-encoding {encoding!r} is not supported; expected gzip, deflate, zstd or none"
        )
    return _inflate(body, name, limit)


def _decompress_zstd(body: bytes, limit: int) -> bytes:
    reader = zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True)
    try:
        decoded = bytes(reader.read(limit + 1))
    except zstandard.ZstdError as error:
        raise DecodeError(f"body is not valid zstd: {error}") from error
    if len(decoded) > limit:
        raise DecodeError(f"zstd body of {len(body)} bytes grows beyond the limit of {limit} bytes")
    _require_whole_frames(body)  # the reader above gives what there is, cut short or not
    return decoded


def _require_whole_frames(body: bytes) -> None:
    feed = _Feed(body, "zstd")
    while feed.left():
        frame = zstandard.ZstdDecompressor().decompressobj()
        while not frame.eof:
            frame.decompress(feed.next())
        feed.end_part(frame.unused_data)


def _inflate(body: bytes, name: str, limit: int) -> bytes:
    """Return a body inflated; gzip may have several members, one after the other (RFC 1952, section 2.2)."""
    decoded, size, feed = [], 0, _Feed(body, name)
    while True:
        inflater = zlib.decompressobj(_WINDOW_BITS[name])
        while not inflater.eof:
            try:
                decoded.append(inflater.decompress(feed.next(), limit + 1 - size))
            except zlib.error as error:
                raise DecodeError(f"body is not valid {name}: {error}") from error
            size += len(decoded[-1])
            if size > limit:
                raise DecodeError(f"{name} body of {len(body)} bytes grows beyond the limit of {limit} bytes")
        feed.end_part(inflater.unused_data)
        if not (left := feed.left()):
            return b"".join(decoded)
        if name != "gzip":
            raise DecodeError(f"{left} bytes follow the end of the {name} body")


class _Feed:
    """Gives a body to decoders piece by piece: what one leaves over would be copied whole for each part."""

    def __init__(self, body: bytes, name: str) -> None:
        self._view = memoryview(body)
        self._name = name
        self._at = 0
        self._parts = 0

    def left(self) -> int:
        return len(self._view) - self._at

    def next(self) -> memoryview:
        """Return the next piece.

        Raises:
            DecodeError: There is none.
        """
        piece = self._view[self._at : self._at + _PIECE_BYTES]
        if not piece:
            raise DecodeError(f"{self._name} body of {len(self._view)} bytes is truncated")
        self._at += len(piece)
        return piece

    def end_part(self, unused: bytes) -> None:
        """Go back to the end of a frame or member.

        Raises:
            DecodeError: There were too many.
        """
        self._at -= len(unused)
        self._parts += 1
        if self._parts >= MAX_PARTS and self.left():
            raise DecodeError(
                f"{self._name} body of {len(self._view)} bytes has more than {MAX_PARTS:,} parts, "
                "one behind the other; compress it as one"
            )
