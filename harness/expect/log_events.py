"""`log_event`: a CloudWatch log event that must have been captured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.expect.argument import TEXT
from harness.expect.expectation import Expectation
from harness.expect.fields import Field
from harness.expect.freeze import freeze
from harness.expect.matcher import Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.pool import Entry, Pool
from harness.model.log import LogEvent
from harness.model.telemetry import Telemetry


def log_event_pool(telemetry: Telemetry) -> Pool:
    """Return the captured log events in order of arrival."""
    return Pool(
        Entry(
            value=item,
            noun="log event",
            name=item.message,
            node_id=str(index),
            key=index,
            site=item.site,
        )
        for index, item in enumerate(telemetry.log_events)
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class LogEventExpectation(Expectation[LogEvent]):
    """What `log_event` returns."""

    SIGNAL: ClassVar = "log_event"
    NOUN: ClassVar = "log event"
    STEM: ClassVar = "log_event"
    BUILDER: ClassVar = "log_event"
    IDENTITY: ClassVar = "message"
    CHANNELS: ClassVar = ("cloudwatch", "aws")
    POOL: ClassVar = log_event_pool
    IDENTITY_TAKES: ClassVar = TEXT
    FIELDS: ClassVar = (
        Field("log_group", lambda e: e.log_group, takes=TEXT),
        Field("log_stream", lambda e: e.log_stream, takes=TEXT),
    )

    message: Any
    log_group: Any = OMITTED
    log_stream: Any = OMITTED

    @property
    def identity(self) -> Any:
        """The message."""
        return self.message


def log_event(
    message: Text, *, log_group: Text | Omitted = OMITTED, log_stream: Text | Omitted = OMITTED
) -> LogEventExpectation:
    """Expect a CloudWatch log event.

    Args:
        message: The whole message; `contains("…")` for a part of it.

    Example:
        >>> log_event("HomeActivities", log_group="cruddur")
        log_event('HomeActivities', log_group='cruddur')
    """
    return LogEventExpectation(
        message=freeze(message), log_group=freeze(log_group), log_stream=freeze(log_stream)
    )
