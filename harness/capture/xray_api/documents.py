"""The documents that X-Ray's read API looks at: as they came, the oldest forgotten."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

from harness.codec import xray, xray_trees
from harness.errors import DecodeError
from harness.model import XRayTrace, xray_traces_of

MAX_BYTES = 64 * 1024 * 1024


class DocumentStore:
    """Datagrams, shared with whoever else keeps them.

    Attributes:
        forgotten: How many were dropped because there were too many.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.forgotten = 0
        self._max_bytes = max_bytes
        self._bytes = 0
        self._datagrams: deque[bytes] = deque()
        self._lock = threading.Lock()

    def extend(self, datagrams: Iterable[bytes]) -> None:
        """Keep datagrams; called on the receiver's thread."""
        with self._lock:
            for datagram in datagrams:
                self._datagrams.append(datagram)
                self._bytes += len(datagram)
            while self._bytes > self._max_bytes:
                self._bytes -= len(self._datagrams.popleft())
                self.forgotten += 1

    def traces(self) -> tuple[XRayTrace, ...]:
        """Return the traces of all documents kept; what does not decode is in none."""
        with self._lock:
            datagrams = tuple(self._datagrams)
        documents = []
        for datagram in datagrams:
            try:
                documents.append(xray.parse_document(xray.split_datagram(datagram)))
            except DecodeError:
                continue  # the capture has it as rejected
        segments, _ = xray_trees.join_documents(documents)
        return xray_traces_of(segments)
