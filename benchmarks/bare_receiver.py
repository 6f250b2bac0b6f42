"""The peer of `DatagramReceiver`: a thread that does nothing but `recv` and `append`."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque

from harness.capture.datagrams import RECEIVE_BUFFER

_SO_RCVBUFFORCE = 33


class BareReceiver:
    """Receives with the same buffer, and counts nothing."""

    def __init__(self) -> None:
        self.received: deque[bytes] = deque()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        with contextlib.suppress(OSError):  # root only, as in the harness
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    def _receive(self) -> None:
        receive, append = self._socket.recv, self.received.append
        while True:
            datagram = receive(65_536)
            if not datagram:
                return
            append(datagram)

    def close(self) -> None:
        """End the thread with an empty datagram."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()
