"""Requests that are kept for later, up to a size."""

from __future__ import annotations

import threading
from collections import deque

from harness.capture.http_messages import Request


class Backlog:
    """Requests in order; filled by one thread and emptied by another.

    Args:
        max_bytes: Of bodies; the oldest requests are forgotten when there are more.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._requests: deque[Request] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, request: Request) -> None:
        """Keep a request."""
        with self._lock:
            self._requests.append(request)
            self._bytes += len(request.body)
            while self._bytes > self._max_bytes:
                self._bytes -= len(self._requests.popleft().body)

    def take(self) -> Request | None:
        """Return the oldest request, which is not kept any longer; None when there is none."""
        with self._lock:
            if not self._requests:
                return None
            request = self._requests.popleft()
            self._bytes -= len(request.body)
            return request
