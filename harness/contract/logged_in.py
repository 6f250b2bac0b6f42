"""In which operations a log record is made: those of the root spans that it is below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.closest import closest
from harness.contract.attributed import ATTRIBUTES
from harness.contract.items import Item, Operation
from harness.expect.compare import equal
from harness.model import LogRecord, Span, Telemetry

_RESOURCE = "resource"
"""Of an item of several services: the requests of another one make none of it."""


class Origins:
    """The spans of one scenario, and below which root of them a log record was made.

    Attributes:
        roots: Spans without a parent among them.
    """

    def __init__(self, telemetry: Telemetry) -> None:
        self._spans = {(span.trace_id, span.span_id): span for span in telemetry.spans}
        self.roots = [span for span in telemetry.spans if self._above(span) is None]

    def root_of(self, record: LogRecord) -> Span | None:
        """Return the root span of a log record; None of one that was made in no span that is here."""
        span = self._spans.get((record.trace_id or "", record.span_id or ""))
        for _ in self._spans:  # parents may be a circle
            above = None if span is None else self._above(span)
            if above is None:
                return span
            span = above
        return None

    def _above(self, span: Span) -> Span | None:
        return self._spans.get((span.trace_id, span.parent_span_id or ""))


class LoggedIn:
    """Which operations made the log records of each item that names some."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = [item for item in items if item.operations]
        self._captured: dict[tuple[str, str], Span] = {}
        self._of: dict[int, dict[str, None]] = {}

    def see(self, telemetry: Telemetry) -> None:
        """Take in what a scenario captured."""
        if not self._items:
            return
        origins = Origins(telemetry)
        for root in origins.roots:
            self._captured.setdefault((root.name, repr(root.resource.attributes)), root)
        for record in telemetry.log_records:
            made_by = origins.root_of(record)
            for item in self._items:
                if made_by is not None and _is_as(item, record):
                    self._of.setdefault(id(item), {})[made_by.name] = None

    def missing(self, item: Item) -> list[Any]:
        """Return which of an item's operations were captured, and made no log record of it."""
        made = self._of.get(id(item), ())
        details = [pair for pair in item.expectation.details if pair[0].name == _RESOURCE]
        captured = {
            root.name
            for root in self._captured.values()
            if all(field.holds(expected, root) for field, expected in details)
        }
        return [
            operation
            for operation in item.operations
            if any(equal(operation, name) for name in captured)
            and not any(equal(operation, name) for name in made)
        ]

    def gone(self, item: Item, operations: Sequence[Operation]) -> list[Any]:
        """Return the names of an item that are none of the contract's operations, nor captured."""
        captured = [name for name, _ in self._captured]
        return [
            one for one in self.unknown(item, operations) if not any(equal(one, name) for name in captured)
        ]

    @staticmethod
    def unknown(item: Item, operations: Sequence[Operation]) -> list[Any]:
        """Return the names of an item that are none of the contract's operations."""
        known = [operation.item.expectation.identity for operation in operations]
        return [name for name in item.operations if not any(_is_name_of(name, one) for one in known)]

    @classmethod
    def strangers(cls, item: Item, operations: Sequence[Operation]) -> Iterator[str]:
        """Yield the message about each of them."""
        known = [operation.item.expectation.identity for operation in operations]
        for name in cls.unknown(item, operations):
            near = closest(str(name), [identity for identity in known if isinstance(identity, str)])
            hint = f"; closest: {near!r}" if near else ""
            yield f"operations: {name!r} is no operation of the contract{hint}"


def _is_name_of(name: Any, identity: Any) -> bool:
    return name == identity or equal(identity, name) or equal(name, identity)


def _is_as(item: Item, record: LogRecord) -> bool:
    """Return whether a log record is an item's, whatever its attributes are."""
    return equal(item.expectation.identity, record.body) and all(
        field.holds(expected, record)
        for field, expected in item.expectation.details
        if field.name != ATTRIBUTES.name
    )
