"""Many datagrams with one system call.

Python's `recv` gives up the interpreter's lock for each datagram and must win it back from the
other receivers; in a flood that is what the kernel's buffer fills up behind. Here it is kept: the
call never waits.
Source: recvmmsg(2), Linux 2.6.33.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
from collections.abc import Callable

MAX_DATAGRAM = 65_536
BATCH = 256


class _IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _MsgHdr(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("iov", ctypes.POINTER(_IoVec)),
        ("iov_length", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _MMsgHdr(ctypes.Structure):
    _fields_ = (("header", _MsgHdr), ("length", ctypes.c_uint))


_WORD = ctypes.sizeof(ctypes.c_uint)


def reader_of(sock: socket.socket) -> Callable[[], list[bytes]]:
    """Return a function that takes up to `BATCH` waiting datagrams, none when none waits."""
    try:
        recvmmsg = ctypes.PyDLL(None, use_errno=True).recvmmsg
    except (OSError, AttributeError):
        return lambda: _one_by_one(sock)
    # 16 MiB of addresses; the kernel backs the pages that are written to.
    buffer = (ctypes.c_char * (MAX_DATAGRAM * BATCH))()
    start = ctypes.addressof(buffer)
    vectors = (_IoVec * BATCH)(*(_IoVec(start + n * MAX_DATAGRAM, MAX_DATAGRAM) for n in range(BATCH)))
    headers = (_MMsgHdr * BATCH)()
    for header, vector in zip(headers, vectors, strict=True):
        header.header.iov = ctypes.pointer(vector)
        header.header.iov_length = 1
    view = memoryview(buffer).cast("B")
    words = memoryview(headers).cast("B").cast("I")
    lengths = words[_MMsgHdr.length.offset // _WORD :: ctypes.sizeof(_MMsgHdr) // _WORD]

    def read() -> list[bytes]:
        count = recvmmsg(sock.fileno(), headers, BATCH, socket.MSG_DONTWAIT, None)
        if count < 0:
            number = ctypes.get_errno()
            if number in (errno.EAGAIN, errno.EINTR):
                return []
            raise OSError(number, os.strerror(number))
        sizes = lengths[:count].tolist()
        return [bytes(view[n * MAX_DATAGRAM : n * MAX_DATAGRAM + size]) for n, size in enumerate(sizes)]

    return read


def _one_by_one(sock: socket.socket) -> list[bytes]:
    batch: list[bytes] = []
    with contextlib.suppress(BlockingIOError):
        while len(batch) < BATCH:
            batch.append(sock.recv(MAX_DATAGRAM, socket.MSG_DONTWAIT))
    return batch
