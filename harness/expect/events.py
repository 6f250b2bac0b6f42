"""`event`: something that must have happened during a span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.expect.argument import MAPPING, TEXT, require_arguments
from harness.expect.compare import equal
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.parts import ATTRIBUTES, Part
from harness.expect.render import call, short
from harness.model.span import SpanEvent

_TAKEN = {"name": TEXT, "attributes": MAPPING}


@dataclass(frozen=True, repr=False)
class EventExpectation(Part):
    """What `event` returns."""

    name: Any
    attributes: Any = OMITTED
    optional: bool = False

    def __post_init__(self) -> None:
        require_arguments("event", _TAKEN, vars(self))

    def identifies(self, captured: SpanEvent) -> bool:
        """Return True when the name is as expected."""
        return equal(self.name, captured.name)

    def describe(self) -> str:
        """Return ``event 'exception'``."""
        return f"event {short(self.name)}" if isinstance(self.name, str) else f"event matching {self.name!r}"

    def paths(self) -> Iterator[str]:
        """Yield ``events.<name>`` and one path for each attribute."""
        path = f"events.{self.name}" if isinstance(self.name, str) else "events"
        yield path
        if self.attributes is not OMITTED:
            yield from (f"{path}.{below}" for below in ATTRIBUTES.paths(self.attributes))

    def __repr__(self) -> str:
        return call("event", self.name, attributes=self.attributes)


def event(name: Text, *, attributes: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED) -> EventExpectation:
    """Expect an event of a span.

    Example:
        >>> event("exception", attributes={"exception.type": "TypeError"})
        event('exception', attributes={'exception.type': 'TypeError'})
    """
    return EventExpectation(freeze(name), freeze(attributes))
