"""Log records and metrics: each captured one, and each data point, must be as one of its items says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.contract.items import Item, Presence
from harness.expect.compare import equal
from harness.expect.fields import MappingField
from harness.expect.key_pattern import declared_as
from harness.expect.omitted import OMITTED
from harness.expect.pool import Entry
from harness.expect.problem import Problem
from harness.expect.render import short
from harness.model import DataPoint, LogRecord, Metric

SECTIONS = ("log_records", "metrics")
ATTRIBUTES = MappingField("attributes", lambda c: c.attributes, stem="attribute", noun="attribute")


@dataclass(frozen=True)
class Owned:
    """What is told apart by attributes, a log record or a data point, and the item that is closest to it."""

    item: Item
    captured: LogRecord | DataPoint

    def problems(self) -> list[Problem]:
        """Return which attributes are not as the item says."""
        return _problems(self.item, self.captured)

    def others(self) -> Iterator[tuple[str, Any]]:
        """Yield the attributes that the item does not name, where it names any."""
        expected = expected_of(self.item)
        if isinstance(expected, Mapping):
            for key, value in self.captured.attributes.items():
                if declared_as(key, expected) is None:
                    yield key, value

    def undeclared(self) -> Iterator[Problem]:
        """Yield that there are such attributes."""
        for key, value in self.others():
            message = f"attribute {key!r} = {short(value, key=key)} is not in the contract"
            yield Problem("attribute_undeclared", message, f"attributes {key}")


@dataclass(frozen=True)
class Taken:
    """A captured log record or metric among the items that identify it.

    Attributes:
        closest: Those that it is as, or else those that it is closest to.
        problems: Where it is not as the first of them says, besides attributes.
        owned: Itself, or each of its data points.
    """

    closest: list[Item]
    entry: Entry
    problems: list[Problem]
    owned: list[Owned]

    def is_of(self, item: Item) -> bool:
        """Return whether an item owns any of it, or is the closest where nothing can be owned."""
        return self.is_of_any([item])

    def is_of_any(self, items: Sequence[Item]) -> bool:
        """Return the same of several items."""
        owners = [own.item for own in self.owned] or self.closest[:1]
        return any(owner is item for owner in owners for item in items)


def taken(items: Sequence[Item], entry: Entry) -> Taken | None:
    """Return which of the items that identify it a captured value is closest to; None when none may be."""
    allowed = [item for item in items if item.presence is not Presence.FORBIDDEN]
    if not allowed:
        return None
    found = [_details_problems(item, entry) for item in allowed]
    fewest = min(found, key=len)
    closest = [item for item, problems in zip(allowed, found, strict=True) if len(problems) == len(fewest)]
    owned = [Owned(_owner(closest, one), one) for one in _attributed(entry.value)]
    return Taken(closest, entry, fewest, owned)


def _attributed(value: Metric | LogRecord) -> Sequence[DataPoint | LogRecord]:
    return value.data_points if isinstance(value, Metric) else (value,)


def _details_problems(item: Item, entry: Entry) -> list[Problem]:
    details = ((f, expected) for f, expected in item.expectation.details if f.name != ATTRIBUTES.name)
    return [problem for field, expected in details for problem in field.problems(expected, entry.value)]


def _owner(items: Sequence[Item], captured: DataPoint | LogRecord) -> Item:
    """Return the item whose attributes are closest; one that names some before one that takes any.

    Of items that are equally close it is the one whose values are there, under other keys.
    """

    def distance(item: Item) -> tuple[int, bool, int, int]:
        others = [value for _, value in Owned(item, captured).others()]
        missing = _missing(item, captured) if others else []
        elsewhere = sum(any(equal(wanted, value) for value in others) for wanted in missing)
        return len(_problems(item, captured)), expected_of(item) is OMITTED, len(others), -elsewhere

    return items[0] if len(items) == 1 else min(items, key=distance)


def _missing(item: Item, captured: DataPoint | LogRecord) -> list[Any]:
    """Return what an item says of the attributes that are not there."""
    expected = expected_of(item)
    named = expected.items() if isinstance(expected, Mapping) else ()
    return [wanted for key, wanted in named if key not in captured.attributes]


def _problems(item: Item, captured: DataPoint | LogRecord) -> list[Problem]:
    expected = expected_of(item)
    return [] if expected is OMITTED else ATTRIBUTES.problems(expected, captured)


def series_of(item: Item, items: Sequence[Item]) -> str:
    """Return which series of a metric an item is, where others are of the same metric."""
    expected = expected_of(item) if item.kind == "metric" else OMITTED
    if not isinstance(expected, Mapping):
        return ""
    identity = repr(item.expectation.identity)
    alike = [one for one in items if repr(one.expectation.identity) == identity]
    return f" with attributes {short(expected)}" if len(alike) > 1 else ""


def expected_of(item: Item) -> Any:
    """Return which attributes an item expects, or `OMITTED`."""
    return getattr(item.expectation, ATTRIBUTES.name)
