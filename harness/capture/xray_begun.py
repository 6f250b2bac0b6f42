"""What the app began of X-Ray, as it is until it is sent."""

from __future__ import annotations

import threading
from typing import Any

from harness.capture.call_site import CallSite, resolve
from harness.capture.tasks import running_task
from harness.model import Site, Unfinished


class BegunEntity:
    """A segment or subsegment from its beginning to its sending.

    Attributes:
        entity: The SDK's object.
        sent: It, or a segment that embeds it, was sent.
        announced: Its trace id went into a response header.
        lost: It is never sent, and an incident says why.
        task: The asyncio task that began it.
        forgotten: One begun inside it that was ended in its place, at the end of its `with` block.
    """

    __slots__ = ("__weakref__", "announced", "call", "entity", "forgotten", "lost", "sent", "task", "thread")

    def __init__(self, entity: Any, call: CallSite | None) -> None:
        self.entity = entity
        self.call = call
        self.thread = threading.get_ident()
        self.task = running_task()
        self.sent = False
        self.announced = False
        self.lost = False
        self.forgotten: BegunEntity | None = None

    @property
    def kind(self) -> str:
        """``segment`` or ``subsegment``."""
        return "subsegment" if hasattr(self.entity, "parent_segment") else "segment"

    @property
    def lambda_segment(self) -> Any:
        """The SDK's stand-in for the segment that AWS Lambda sends, or None outside of Lambda."""
        segment = getattr(self.entity, "parent_segment", None)
        return segment if type(segment).__name__ == "FacadeSegment" else None

    @property
    def trace_id(self) -> str:
        """The X-Ray trace id."""
        return str(self.entity.trace_id)

    @property
    def ended(self) -> bool:
        """True once the app has closed it."""
        return not self.entity.in_progress

    def site(self) -> Site | None:
        """Return where the app began it."""
        return resolve(self.call)

    def unfinished(self, waits_for: tuple[Unfinished, ...] = ()) -> Unfinished:
        """Return it, or what was forgotten in it, as evidence of something begun that was never sent."""
        if self.forgotten is not None:
            return self.forgotten.unfinished(waits_for)
        return Unfinished(
            kind=self.kind,
            name=self.entity.name,
            id=self.entity.id,
            trace_id=self.trace_id,
            site=self.site(),
            ended=self.ended,
            waits_for=waits_for,
        )
