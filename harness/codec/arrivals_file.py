"""What reached the receivers, as it came: the file `received.bin`.

Each entry is a line of JSON that says what it is and how many bytes follow,
then those bytes, compressed where they are many, and a line feed. A process
that is killed leaves at most one entry cut short; everything before it is
read, but entries that are damaged.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import IO, Annotated, NamedTuple

import msgspec
import zstandard

from harness.errors import in_our_words
from harness.model import ExportRequest, Incident, Rejected

FILE_NAME = "received.bin"
SUFFIX = ".bin"


_LARGEST = 1024 * 1024 * 1024
"""Bytes that a body can have: datagrams of a flood are one."""


class Start(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first entry: what is recorded, since when, and what could not be.

    Attributes:
        lost: What arrived and could not be written → how many.
        reason: Why, in the system's words.
    """

    name: str
    start_time_unix_nano: int
    lost: dict[str, int] = {}
    reason: str = ""


class Arrival(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry: the start, a request, datagrams, or what no receiver could take.

    Attributes:
        size: Bytes of the body.
        start: The recording's own, without a body.
        export: The request, with what it was answered; None for a datagram.
        datagrams: The sizes of the datagrams in the body.
        whole: The size of the body before zstd compressed it; 0 when it is as it came.
        rejected: What could not be decoded, its payload being the body.
        incident: What was lost on the way, without a body.
        waiting: The number of a request that is not answered yet.
        answers: The number under which this request was waiting.
    """

    size: Annotated[int, msgspec.Meta(ge=0)]
    start: Start | None = None
    export: ExportRequest | None = None
    datagrams: tuple[int, ...] = ()
    whole: Annotated[int, msgspec.Meta(ge=0, le=_LARGEST)] = 0
    rejected: Rejected | None = None
    incident: Incident | None = None
    waiting: int = 0
    answers: int = 0


_ROOM_FOR_LOSSES = 240
_COMPRESSED_FROM = 16 * 1024
"""Bytes: to compress more takes less time than to write it, and a disk keeps up with the loopback."""
_LEVEL = -3
"""Of zstd: fast, and telemetry repeats itself so much that it is a tenth of its size."""
_CUT = "the entry is cut short; what wrote it was killed"
_DAMAGED = "the file was edited or is damaged"
_OTHER_SIZE = f"the entry has another size than it says; {_DAMAGED}"
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Arrival).decode


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(_LEVEL, write_checksum=True)


_OF_THREAD = _OfThread()


def of_start(start: Start) -> bytes:
    """Return the first entry: as long for any losses, so that on a full disk it can be written over."""
    blank = msgspec.structs.replace(start, lost={}, reason="")
    size = len(_ENCODE(Arrival(size=0, start=blank))) + _ROOM_FOR_LOSSES
    line = _ENCODE(Arrival(size=0, start=start))
    if len(line) > size:
        line = _ENCODE(Arrival(size=0, start=msgspec.structs.replace(start, reason="no room to say why")))
    return b"%b\n\n" % line.ljust(size)


def of_export(export: ExportRequest, body: bytes, *, waiting: int = 0, answers: int = 0) -> bytes:
    """Return the entry of a request.

    Args:
        body: Uncompressed.
        waiting: As `Arrival` has it; 0 once the request is answered.
        answers: As `Arrival` has it; 0 for one that did not wait.
    """
    return _entry(Arrival(size=len(body), export=export, waiting=waiting, answers=answers), body)


def of_datagrams(datagrams: Sequence[bytes]) -> bytes:
    """Return the entry of X-Ray datagrams; one for many, because they come in floods."""
    body = b"".join(datagrams)
    return _entry(Arrival(size=len(body), datagrams=tuple(map(len, datagrams))), body)


def of_rejected(rejected: Rejected) -> bytes:
    """Return the entry of what could not be decoded."""
    body = rejected.payload
    slim = msgspec.structs.replace(rejected, payload=b"")
    return _entry(Arrival(size=len(body), rejected=slim), body)


def of_incident(incident: Incident) -> bytes:
    """Return the entry of something that was lost."""
    return b"%b\n\n" % _ENCODE(Arrival(size=0, incident=incident))


def _entry(head: Arrival, body: bytes) -> bytes:
    if len(body) >= _COMPRESSED_FROM:
        body = _OF_THREAD.compressor.compress(body)  # without the interpreter's lock
        head = msgspec.structs.replace(head, size=len(body), whole=head.size)
    return b"%b\n%b\n" % (_ENCODE(head), body)


class LeftOut(NamedTuple):
    """What of a file is not read.

    Attributes:
        text: What and why, with the byte at which it begins; empty when nothing is.
        is_cut: It is nothing but one entry at the end that is cut short, as by a kill.
    """

    text: str = ""
    is_cut: bool = False


def read(stream: IO[bytes]) -> Generator[tuple[Arrival, bytes], None, LeftOut]:
    """Yield the entries with their bodies, but those that are damaged, up to one that has no end.

    A request that waited is yielded once, as it was answered; one that never was comes last, and as rejected.

    Args:
        stream: At its beginning, and seekable.

    Returns:
        What is left out.
    """
    end = stream.seek(0, os.SEEK_END)
    at = stream.seek(0)
    waiting: dict[int, tuple[ExportRequest, bytes]] = {}
    damaged: list[str] = []
    rest = LeftOut()
    while at < end:
        begun = at
        try:
            arrival, raw = _next_of(stream, end)
        except ValueError as error:
            text = f"{end - at:,} bytes from byte {at:,} on are left out: {error}"
            rest = LeftOut(text, is_cut=str(error) == _CUT)
            break
        at = stream.tell()
        try:
            body = _body_of(arrival, raw)
        except ValueError as error:
            damaged.append(f"from byte {begun:,}: {error}")
            continue
        if arrival.waiting and arrival.export is not None:
            waiting[arrival.waiting] = arrival.export, body
        else:
            waiting.pop(arrival.answers, None)
            yield from _apart(arrival, body)
    for export, body in waiting.values():
        yield from _unanswered(export, body)
    if not damaged:
        return rest
    entries = "damaged entry is" if len(damaged) == 1 else "damaged entries are"
    text = f"{len(damaged):,} {entries} left out, the first {damaged[0]}"
    return LeftOut(f"{text}; {rest.text}" if rest.text else text)


def _next_of(stream: IO[bytes], end: int) -> tuple[Arrival, bytes]:
    """Return one entry, its body as it is in the file.

    Raises:
        ValueError: It is cut short, or is not what this module writes.
    """
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ValueError(_CUT)
    try:
        arrival = _DECODE(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"the entry does not parse: {in_our_words(error)}; {_DAMAGED}") from error
    if arrival.size >= end - stream.tell():
        raise ValueError(_CUT)
    body = stream.read(arrival.size + 1)
    if not body.endswith(b"\n"):
        raise ValueError(f"the entry is longer than it says; {_DAMAGED}")
    return arrival, body[:-1]


def _body_of(arrival: Arrival, raw: bytes) -> bytes:
    """Return the body of an entry as it came.

    Raises:
        ValueError: It is another one.
    """
    body = _decompressed(raw, arrival.whole) if arrival.whole else raw
    if arrival.datagrams and (min(arrival.datagrams) < 0 or sum(arrival.datagrams) != len(body)):
        raise ValueError(_OTHER_SIZE)
    return body


def _decompressed(body: bytes, size: int) -> bytes:
    """Return a compressed body as it was.

    Raises:
        ValueError: It is not what this module compressed.
    """
    try:
        if zstandard.frame_content_size(body) == size:
            return zstandard.decompress(body)
    except (zstandard.ZstdError, MemoryError) as error:
        raise ValueError(f"the entry cannot be decompressed: {error}; {_DAMAGED}") from error
    raise ValueError(_OTHER_SIZE)


def _unanswered(export: ExportRequest, body: bytes) -> Iterator[tuple[Arrival, bytes]]:
    reason = f"{export.path}: no answer is on record: the harness ended, or could write no more, before"
    yield Arrival(size=len(body), rejected=Rejected(channel=export.channel, reason=reason)), body
    yield Arrival(size=len(body), export=export), body


def _apart(arrival: Arrival, body: bytes) -> Iterator[tuple[Arrival, bytes]]:
    """Yield an entry, or each datagram of it."""
    if not arrival.datagrams:
        yield arrival, body
    at = 0
    for size in arrival.datagrams:
        yield Arrival(size=size), body[at : at + size]
        at += size
