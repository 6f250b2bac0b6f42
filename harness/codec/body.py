"""HTTP bodies: content encodings, with a limit on what they may grow to."""

from __future__ import annotations

import zlib

from harness.errors import DecodeError, UnsupportedMedia

MAX_DECODED_BYTES = 64 * 1024 * 1024
"""A body that grows beyond this is refused; SDK batches stay far below."""

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
    try:
        import zstandard  # an extra: few SDKs offer it
    except ModuleNotFoundError as error:
        raise UnsupportedMedia(
            "content-encoding 'zstd' needs package 'zstandard'; install telemetry-harness[otlp]"
        ) from error
    reader = zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True)
    try:
        decoded = bytes(reader.read(limit + 1))
    except zstandard.ZstdError as error:
        raise DecodeError(f"body is not valid zstd: {error}") from error
    if len(decoded) > limit:
        raise DecodeError(f"zstd body of {len(body)} bytes grows beyond the limit of {limit} bytes")
    rest = body
    while rest:  # the reader above gives what there is, cut short or not
        frame = zstandard.ZstdDecompressor().decompressobj()
        frame.decompress(rest)
        if not frame.eof:
            raise DecodeError(f"zstd body of {len(body)} bytes is truncated")
        rest = frame.unused_data
    return decoded


def _inflate(body: bytes, name: str, limit: int) -> bytes:
    """Return a body inflated; gzip may have several members, one after the other (RFC 1952, section 2.2)."""
    decoded, rest = b"", body
    while True:
        inflater = zlib.decompressobj(_WINDOW_BITS[name])
        try:
            decoded += inflater.decompress(rest, limit + 1 - len(decoded))
        except zlib.error as error:
            raise DecodeError(f"body is not valid {name}: {error}") from error
        if len(decoded) > limit:
            raise DecodeError(f"{name} body of {len(body)} bytes grows beyond the limit of {limit} bytes")
        if not inflater.eof:
            raise DecodeError(f"{name} body of {len(body)} bytes is truncated")
        rest = inflater.unused_data
        if not rest:
            return decoded
        if name != "gzip":
            raise DecodeError(f"{len(rest)} bytes follow the end of the {name} body")
