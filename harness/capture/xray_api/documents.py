"""The documents that X-Ray's read API looks at: as they came, the oldest forgotten."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec

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
        # By batch: a flood of datagrams must not wait for work on each of them.
        self._batches: deque[tuple[int, list[bytes]]] = deque()
        self._lock = threading.Lock()

    def extend(self, datagrams: list[bytes]) -> None:
        """Keep datagrams, and the list that holds them; called on the receiver's thread."""
        size = sum(map(len, datagrams))
        with self._lock:
            self._batches.append((size, datagrams))
            self._bytes += size
            while self._bytes > self._max_bytes and len(self._batches) > 1:
                size, forgotten = self._batches.popleft()
                self._bytes -= size
                self.forgotten += len(forgotten)

    def traces(self, trace_ids: Sequence[str] | None = None) -> tuple[XRayTrace, ...]:
        """Return the traces of all documents kept; what does not decode is in none.

        Args:
            trace_ids: Of the only ones that are wanted, among which others may be; None for all.
        """
        documents = []
        wanted = None if trace_ids is None else [id_.encode() for id_ in trace_ids]
        for datagram in self._datagrams():
            if wanted is not None and not any(id_ in datagram for id_ in wanted):
                continue  # spares the decoding
            try:
                documents.append(xray.parse_document(xray.split_datagram(datagram)))
            except DecodeError:
                continue  # the capture has it as rejected
        segments, _ = xray_trees.join_documents(documents)
        return xray_traces_of(segments)

    def sent(self, trace_id: str) -> dict[str, dict[str, Any]]:
        """Return id → document of a trace, with every member that it was sent with.

        A complete document overwrites its in-progress one, as in `join_documents`.
        """
        latest: dict[str, dict[str, Any]] = {}
        for datagram in self._datagrams():
            if trace_id.encode() not in datagram:
                continue  # spares the decoding
            try:
                body = xray.split_datagram(datagram)
                parsed = xray.parse_document(body)
            except DecodeError:
                continue  # the capture has it as rejected
            known = latest.get(parsed.id)
            if parsed.trace_id == trace_id and (known is None or known.get("in_progress")):
                latest[parsed.id] = msgspec.json.decode(body)
        return latest

    def _datagrams(self) -> list[bytes]:
        with self._lock:
            return [datagram for _, batch in self._batches for datagram in batch]
