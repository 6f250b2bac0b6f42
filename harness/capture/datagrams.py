"""Receiving UDP datagrams without losing one, and saying so when the kernel drops some."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable

from harness.capture.arrivals import Arrivals
from harness.capture.environment import LOOPBACK
from harness.capture.recorder import Recorder
from harness.capture.recvmmsg import BATCH, reader_of
from harness.clock import monotonic

RECEIVE_BUFFER = 256 * 1024 * 1024
"""Asked for; the kernel grants it to root, and up to net.core.rmem_max to others."""

_TELL_S = 1.0
_REST_MS = 100
_FEW = 8
_ROOM = 128 * 1024 * 1024
"""Of a receive buffer: what senders at full speed do not fill in `_REST_MS`."""
_MOST = 32 * BATCH
"""Read before they are handed on, which gives up the interpreter's lock: other receivers keep it for long."""
_PRIORITY = -15
"""Asked for by a recording: a sender on a busy machine is slowed down instead of dropped."""
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_MEMINFO_DROPS = 8  # index of SK_MEMINFO_DROPS, include/uapi/linux/sock_diag.h


class DatagramReceiver:
    """Appends what arrives on one UDP port to `received`, in order.

    Args:
        port: 0 for an ephemeral port.
        recorder: Takes what arrives instead of `received`.
        received: Where to append; a deque of its own by default.
        also: Called with each batch that was read, on the receiver's thread.
        dropped: Called with how many datagrams the kernel dropped since it was last called: at once, then
            at most every `_TELL_S`, and at the end.
    """

    def __init__(
        self,
        arrivals: Arrivals,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        recorder: Recorder | None = None,
        received: deque[bytes] | None = None,
        also: Callable[[list[bytes]], None] | None = None,
        dropped: Callable[[int], None] | None = None,
    ) -> None:
        self.received: deque[bytes] = deque() if received is None else received
        self._arrivals = arrivals
        self._recorder = recorder
        self._also = also
        self._dropped = dropped
        self._told = 0
        self._told_at = -_TELL_S
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        _widen(self._socket)
        self.port: int = self._socket.getsockname()[1]
        room = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self._may_rest = recorder is None and room >= _ROOM
        self._reading = threading.Lock()
        self._take_batch = reader_of(self._socket)
        self._wake, self._wake_writer = os.pipe()
        self._thread = threading.Thread(target=self._receive, name="harness-datagrams", daemon=True)
        self._thread.start()

    def _receive(self) -> None:
        if self._recorder is not None:
            _precede_others()
        poll, rest = select.poll(), select.poll()
        poll.register(self._socket, select.POLLIN)
        for either in (poll, rest):
            either.register(self._wake, select.POLLIN)
        wait_ms: float | None = None
        while (self._wake, select.POLLIN) not in poll.poll(wait_ms):
            number = self._read()
            wait_ms = self._tell_drops()
            if self._arrivals.armed:
                self._arrivals.notify()
            elif self._may_rest and number <= _FEW:
                # Each awakening takes the interpreter from the app; the kernel keeps what comes
                # meanwhile, and whoever settles reads the socket himself.
                rest.poll(_REST_MS)

    def _read(self) -> int:
        """Read what waits in the kernel, up to `_MOST`; return how many datagrams that were.

        A datagram is out of the kernel and not yet in `received` only while the lock is held.
        """
        with self._reading:
            read = batch = self._take_batch()
            while len(batch) == BATCH and len(read) < _MOST:
                batch = self._take_batch()
                read += batch
            if read:
                self._deliver(read)
        return len(read)

    def _deliver(self, batch: list[bytes]) -> None:
        if b"" in batch:  # the daemon ignores it, too
            batch = [datagram for datagram in batch if datagram]
        if self._recorder is not None:
            self._recorder.datagrams(batch)
        else:
            self.received.extend(batch)
        if self._also is not None:
            self._also(batch)

    def barrier(self, deadline: float) -> bool:
        """Receive everything that was sent before this call.

        A datagram sent over loopback waits in the receiver's socket once `sendto` has returned,
        so the socket is read until it is empty, here and now, whoever is asleep.

        Args:
            deadline: On the clock of `harness.clock`, in seconds, for senders that never pause.

        Returns:
            False when the deadline passed first.
        """
        while self._read() == _MOST:
            if monotonic() > deadline:
                return False
        return True

    def drops(self) -> int:
        """Return how many datagrams the kernel dropped on this socket; 0 where it cannot tell."""
        with contextlib.suppress(OSError, struct.error):
            info = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 64)
            return int(struct.unpack_from("=I", info, 4 * _MEMINFO_DROPS)[0])
        return 0

    def _tell_drops(self, *, at_last: bool = False) -> float | None:
        """Tell what the kernel dropped; return the milliseconds until more may be told, None for no more."""
        if self._dropped is None or not (lost := self.drops() - self._told):
            return None
        left_s = self._told_at + _TELL_S - monotonic()
        if left_s > 0 and not at_last:
            return left_s * 1000
        self._told += lost
        self._told_at = monotonic()
        self._dropped(lost)
        return None

    def close(self) -> None:
        """Receive what is left, then stop."""
        os.write(self._wake_writer, b"x")
        self._thread.join()
        while self._read() == _MOST:
            pass
        self._tell_drops(at_last=True)
        with self._reading:  # a question to the API may still read
            self._socket.close()
        os.close(self._wake)
        os.close(self._wake_writer)


def _precede_others() -> None:
    """Ask to run before other threads do; Linux grants it to root, and the system's rules to others."""
    if sys.platform != "linux":
        return  # elsewhere a thread's number may be a process's
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)


def _widen(sock: socket.socket) -> None:
    """Ask for a large receive buffer: a burst must wait there while Python is busy elsewhere."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    with contextlib.suppress(OSError):  # root only; beyond rmem_max
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
