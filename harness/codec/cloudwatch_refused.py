"""Log events and metric data that CloudWatch refused, unless it took them later.

A refusal is normal where it is followed by what cures it, as a `PutLogEvents` before `CreateLogStream`
that is made again. What is never taken is lost, and most clients swallow the error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from harness.model import Incident, LogEvent, Metric

Owner = TypeVar("Owner")
Item = LogEvent | Metric
_SHOWN = 60


class _Lost(NamedTuple, Generic[Owner]):
    item: Item
    number: int
    error: str
    owner: Owner


class Refused(Generic[Owner]):
    """Remembers what was refused until it is accepted, and whose it is."""

    def __init__(self) -> None:
        self._lost: dict[Hashable, _Lost[Owner]] = {}

    def refuse(self, items: Iterable[Item], error: str, owner: Owner) -> None:
        """Note what a request held that was answered with an error; asked again, it is lost once.

        Args:
            error: AWS's code, and its message.
        """
        counts: Counter[Hashable] = Counter()
        for item in items:
            key = _key(item)
            counts[key] += 1
            before = self._lost.get(key)
            if before is None or before.number < counts[key]:
                self._lost[key] = _Lost(item, counts[key], error, before.owner if before else owner)

    def accept(self, items: Iterable[Item]) -> None:
        """Note what was taken: it is not lost."""
        if not self._lost:
            return
        for item in items:
            lost = self._lost.pop(_key(item), None)
            if lost is not None and lost.number > 1:
                self._lost[_key(item)] = lost._replace(number=lost.number - 1)

    def take(self, but: Container[LogEvent] = ()) -> Iterator[tuple[Owner, Incident]]:
        """Yield an incident for each owner, log group or namespace, and error; they are told once.

        Args:
            but: Log events of which another tells.
        """
        groups: dict[Hashable, list[_Lost[Owner]]] = {}
        for lost in self._lost.values():
            if not (isinstance(lost.item, LogEvent) and lost.item in but):
                groups.setdefault((id(lost.owner), *_place(lost.item), lost.error), []).append(lost)
        self._lost = {}
        for group in groups.values():
            yield group[0].owner, _incident(group[0].item, sum(lost.number for lost in group), group[0].error)


def _key(item: Item) -> Hashable:
    """Return what makes an item the same one when it is sent again, perhaps to another stream."""
    if isinstance(item, LogEvent):
        return item.log_group, item.timestamp, item.message
    return item.namespace, item.name, item.unit, repr(item.data_points)


def _place(item: Item) -> tuple[str, str]:
    if isinstance(item, LogEvent):
        return "log group", item.log_group
    return "namespace", item.namespace or ""


def _incident(first: Item, count: int, error: str) -> Incident:
    noun, place = _place(first)
    if isinstance(first, LogEvent):
        id_, what, operation = "log_event_refused", "log event", "PutLogEvents"
        shown = f"{first.message[:_SHOWN]!r}{'…' if len(first.message) > _SHOWN else ''}"
    else:
        id_, what, operation = "metric_refused", "metric datum", "PutMetricData"
        shown = repr(first.name)
    some = f"{count} {what if count == 1 else {'metric datum': 'metric data'}.get(what, what + 's')}"
    return Incident(
        id=id_,
        channel="cloudwatch",
        name=place,
        message=(
            f"{noun} {place!r} refused {some} and never took them later, the first is {shown}: {error}; "
            f"correct the {operation}, and let the app tell what its client raises"
        ),
        context={"count": count, "error": error},
    )
