"""What X-Ray's API answers to a request that it does not accept."""

from __future__ import annotations

import msgspec

from harness.capture.http_messages import Response
from harness.errors import HarnessError


class Refusal(HarnessError):
    """A request that is answered with one of AWS's errors.

    Args:
        kind: The error's name.
        status: The HTTP status.
    """

    def __init__(self, message: str, kind: str = "InvalidRequestException", status: int = 400) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status

    def to_response(self) -> Response:
        """Return the answer, in the shape that AWS's SDKs read."""
        return Response(
            self.status,
            (("content-type", "application/json"), ("x-amzn-errortype", self.kind)),
            msgspec.json.encode({"message": str(self), "__type": self.kind}),
        )
