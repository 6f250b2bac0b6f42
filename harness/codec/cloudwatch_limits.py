"""What CloudWatch refuses: a `PutLogEvents` or `PutMetricData`, or single log events by their time.

Source: CloudWatch Logs API reference, PutLogEvents and RejectedLogEventsInfo; CloudWatch API reference,
PutMetricData; botocore, logs 2014-03-28, the shapes' ``min`` and ``max``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import msgspec

from harness.model import Incident, LogEvent, Metric

_DAY_MS = 24 * 3600 * 1000
MAX_AGE_MS = 14 * _DAY_MS
MAX_AHEAD_MS = 2 * 3600 * 1000
_MAX_EVENTS = 10_000
_MAX_BYTES = 1_048_576
_MAX_METRICS = 1_000
_EVENT_BYTES = 26
"""Of each log event, besides its message in UTF-8."""
_CONSTRAINT = (
    "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must have {}"
)
_TOO_LONG = "the log events of one PutLogEvents span more than 24 hours; send them in several requests"
_WHY = {
    "too_old": "more than 14 days old",
    "too_new": "more than 2 hours in the future",
    "expired": "older than the log group keeps them",
}


class RejectedInfo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """``rejectedLogEventsInfo``.

    Attributes:
        too_old: How many log events at the beginning are too old.
        too_new: The index of the first that is too far in the future.
        expired: How many at the beginning are older than the log group's retention.
    """

    too_old: int | None = msgspec.field(name="tooOldLogEventEndIndex", default=None)
    too_new: int | None = msgspec.field(name="tooNewLogEventStartIndex", default=None)
    expired: int | None = msgspec.field(name="expiredLogEventEndIndex", default=None)

    def accepted(self, events: int) -> range:
        """Return the indices of the log events that were taken, of so many."""
        first = min(max(self.too_old or 0, self.expired or 0), events)
        last = events if self.too_new is None else min(self.too_new, events)
        return range(first, max(first, last))

    def counts(self, events: int) -> dict[str, int]:
        """Return the reason → how many log events, of so many, were rejected for it."""
        old = min(self.too_old or 0, events)
        found = {
            "too_old": old,
            "too_new": 0 if self.too_new is None else max(0, events - self.too_new),
            "expired": max(0, min(self.expired or 0, events) - old),
        }
        return {reason: count for reason, count in found.items() if count}


def is_in_order(events: Sequence[LogEvent]) -> bool:
    """Return whether log events are in chronological order; a request with others is refused whole."""
    return all(before.timestamp <= after.timestamp for before, after in itertools.pairwise(events))


def refusal_of(events: Sequence[LogEvent]) -> str:
    """Return why a request is refused whole, for anything but its order; empty when it is not."""
    if not events:
        return _CONSTRAINT.format("[]", "logEvents", "length greater than or equal to 1")
    if len(events) > _MAX_EVENTS:
        return _CONSTRAINT.format(
            f"[{len(events)} log events]", "logEvents", f"length less than or equal to {_MAX_EVENTS}"
        )
    for number, event in enumerate(events, 1):
        at = f"logEvents.{number}.member"
        if not event.message:
            return _CONSTRAINT.format("", f"{at}.message", "length greater than or equal to 1")
        if event.timestamp < 0:
            return _CONSTRAINT.format(event.timestamp, f"{at}.timestamp", "value greater than or equal to 0")
    size = sum(len(event.message.encode()) + _EVENT_BYTES for event in events)
    if size > _MAX_BYTES:
        return f"Upload too large: {size} bytes exceeds limit of {_MAX_BYTES}"
    return _TOO_LONG if are_over_a_day_apart(events) else ""


def metrics_refusal_of(metrics: Sequence[Metric], now_ms: float) -> str:
    """Return why a `PutMetricData` is refused as ``InvalidParameterValue``; empty when it is not.

    The words are CloudWatch's own, as public issue reports have them; those of the future are formed alike.

    Args:
        metrics: One for each datum.
        now_ms: Milliseconds since the epoch.
    """
    if len(metrics) > _MAX_METRICS:
        return f"The collection MetricData must not have a size greater than {_MAX_METRICS}."
    times = [metric.data_points[0].time_unix_nano / 1e6 for metric in metrics]
    return "\n".join(
        f"The parameter MetricData.member.{number}.Timestamp must specify a time {which}."
        for number, time_ms in enumerate(times, 1)
        if time_ms  # 0 without a timestamp
        if (which := _why_not_at(time_ms - now_ms))
    )


def _why_not_at(ahead_ms: float) -> str:
    if ahead_ms < -MAX_AGE_MS:
        return "within the past two weeks"
    return "no more than two hours in the future" if ahead_ms > MAX_AHEAD_MS else ""


def are_over_a_day_apart(events: Sequence[LogEvent]) -> bool:
    """Return whether log events are more than 24 hours apart."""
    times = [event.timestamp for event in events]
    return max(times) - min(times) > _DAY_MS


def rejected_by_time(
    events: Sequence[LogEvent], now_ms: float, retention_days: int | None = None
) -> RejectedInfo | None:
    """Return which of the log events, in order, are rejected; None when all are taken.

    Args:
        now_ms: Milliseconds since the epoch.
        retention_days: Of the log group; None when it keeps them for ever.
    """
    old = sum(event.timestamp < now_ms - MAX_AGE_MS for event in events)
    new = sum(event.timestamp > now_ms + MAX_AHEAD_MS for event in events)
    oldest_kept = -math.inf if retention_days is None else now_ms - retention_days * _DAY_MS
    expired = sum(event.timestamp < oldest_kept for event in events)
    if not old and not new and not expired:
        return None
    return RejectedInfo(
        too_old=old or None, too_new=len(events) - new if new else None, expired=expired or None
    )


def incident_of(log_group: str, rejected: RejectedInfo, events: int) -> Incident:
    """Return the incident of log events that CloudWatch did not take, although it answered 200."""
    counts = rejected.counts(events)
    why = ", ".join(f"{count} {_WHY[reason]}" for reason, count in counts.items())
    return Incident(
        id="log_event_rejected",
        channel="cloudwatch",
        name=log_group,
        message=(
            f"log group {log_group!r} rejected {sum(counts.values())} of {events} log events of a "
            f"PutLogEvents that it answered 200: {why}; give the time of the event in milliseconds since the "
            "epoch, and look at rejectedLogEventsInfo in the answer"
        ),
        context={"log_events": sum(counts.values()), **counts},
    )
