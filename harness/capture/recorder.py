"""Where receivers put what arrives when nobody in this process asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from harness.model import ExportRequest, Rejected


class Recorder(Protocol):
    """Takes each arrival before it is answered; a receiver that has one keeps nothing itself."""

    def export(self, export: ExportRequest, body: bytes) -> None:
        """Take a request, with its body uncompressed."""
        ...

    def rejected(self, rejected: Rejected) -> None:
        """Take what could not be decoded."""
        ...

    def datagrams(self, datagrams: Iterable[bytes]) -> None:
        """Take X-Ray datagrams, in order."""
        ...
