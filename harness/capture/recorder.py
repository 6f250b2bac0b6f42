"""Where receivers put what arrives when nobody in this process asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harness.model import ExportRequest, Incident, Rejected

NOT_RECORDED = "the harness cannot write what it receives, as it said on stderr; send it again"
"""What a client is told when a recorder could not keep its request."""


class Recorder(Protocol):
    """Takes each arrival before it is answered; a receiver that has one keeps nothing itself."""

    def waiting(self, export: ExportRequest, body: bytes) -> int:
        """Take a request whose answer takes a while; return a number for `export`, not 0."""
        ...

    def export(self, export: ExportRequest, body: bytes, *, answers: int = 0) -> bool:
        """Take a request, with its body uncompressed; it may have been waiting under a number.

        Returns:
            False when it could not be kept: the client is to send it again.
        """
        ...

    def rejected(self, rejected: Rejected) -> None:
        """Take what could not be decoded."""
        ...

    def incident(self, incident: Incident) -> None:
        """Take what was lost on the way."""
        ...

    def datagrams(self, datagrams: Sequence[bytes]) -> bool:
        """Take X-Ray datagrams, in order; return False when they could not be kept."""
        ...
