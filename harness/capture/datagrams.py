"""Receiving UDP datagrams without losing one, and saying so when the kernel drops some."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import struct
import threading
from collections import deque

from harness.capture.arrivals import Arrivals
from harness.capture.environment import LOOPBACK

MAX_DATAGRAM = 65_536
RECEIVE_BUFFER = 64 * 1024 * 1024
"""Asked for; the kernel grants it to root, and up to net.core.rmem_max to others."""

_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_MEMINFO_DROPS = 8  # index of SK_MEMINFO_DROPS, include/uapi/linux/sock_diag.h
_BARRIER_RETRY_S = 0.2


class DatagramReceiver:
    """Appends what arrives on one UDP port to `received`, in order.

    Args:
        port: 0 for an ephemeral port.
    """

    def __init__(self, arrivals: Arrivals, *, host: str = LOOPBACK, port: int = 0) -> None:
        self.received: deque[bytes] = deque()
        self._arrivals = arrivals
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        _widen(self._socket)
        self.port: int = self._socket.getsockname()[1]
        self._secret = os.urandom(16)  # nobody else's datagram begins with it
        self._barriers: dict[bytes, threading.Event] = {}
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._receive, name="harness-datagrams", daemon=True)
        self._thread.start()

    def _receive(self) -> None:
        receive, append, arrivals = self._socket.recv, self.received.append, self._arrivals
        secret = self._secret
        while True:
            datagram = receive(MAX_DATAGRAM)
            if datagram.startswith(secret):
                if datagram == secret:
                    return
                self._barriers[datagram].set()
                continue
            append(datagram)
            if arrivals.armed:
                arrivals.notify()

    def barrier(self, deadline_s: float) -> bool:
        """Wait until everything sent before this call has been received.

        Loopback delivers in order, so a datagram of our own that has come
        through proves it. It is sent again should the kernel drop it.

        Args:
            deadline_s: Longest wait, in seconds.

        Returns:
            False when the deadline passed first.
        """
        token = self._secret + str(next(self._numbers)).encode()
        passed = self._barriers.setdefault(token, threading.Event())
        tries = max(1, round(deadline_s / _BARRIER_RETRY_S))
        for _ in range(tries):
            self._send(token)
            if passed.wait(_BARRIER_RETRY_S):
                return True
        return False

    def drops(self) -> int:
        """Return how many datagrams the kernel dropped on this socket; 0 where it cannot tell."""
        with contextlib.suppress(OSError, struct.error):
            info = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 64)
            return int(struct.unpack_from("=I", info, 4 * _MEMINFO_DROPS)[0])
        return 0

    def close(self) -> None:
        """Receive what is left, then stop."""
        while self._thread.is_alive():
            self._send(self._secret)
            self._thread.join(_BARRIER_RETRY_S)
        self._socket.close()

    def _send(self, token: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(token, (LOOPBACK, self.port))


def _widen(sock: socket.socket) -> None:
    """Ask for a large receive buffer: a burst must wait there while Python is busy elsewhere."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    with contextlib.suppress(OSError):  # root only; beyond rmem_max
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
