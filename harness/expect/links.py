"""`link`: a reference that a span must hold to another span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.expect.argument import MAPPING, TEXT, require_arguments
from harness.expect.compare import equal
from harness.expect.freeze import freeze
from harness.expect.matcher import AnyMatcher, Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.parts import Part
from harness.expect.render import call
from harness.model.span import Link

_TAKEN = {"trace_id": TEXT, "span_id": TEXT, "attributes": MAPPING}


@dataclass(frozen=True, repr=False)
class LinkExpectation(Part):
    """What `link` returns."""

    trace_id: Any = OMITTED
    span_id: Any = OMITTED
    attributes: Any = OMITTED
    optional: bool = False

    def __post_init__(self) -> None:
        require_arguments("link", _TAKEN, vars(self))

    def identifies(self, captured: Link) -> bool:
        """Return True when the ids that are named are as expected."""
        pairs = ((self.trace_id, captured.trace_id), (self.span_id, captured.span_id))
        return all(expected is OMITTED or equal(expected, found) for expected, found in pairs)

    def describe(self) -> str:
        """Return the link as source."""
        return repr(self)

    def paths(self) -> Iterator[str]:
        """Yield ``links``: links have no name that could tell them apart."""
        yield "links"

    def __repr__(self) -> str:
        return call("link", trace_id=self.trace_id, span_id=self.span_id, attributes=self.attributes)


def link(
    *,
    trace_id: Text | Omitted = OMITTED,
    span_id: Text | Omitted = OMITTED,
    attributes: Mapping[str, Any] | AnyMatcher | Omitted = OMITTED,
) -> LinkExpectation:
    """Expect a link of a span; to expect the span it points to, use `linked_to`.

    Example:
        >>> link(attributes={"messaging.operation": "receive"})
        link(attributes={'messaging.operation': 'receive'})
    """
    return LinkExpectation(freeze(trace_id), freeze(span_id), freeze(attributes))
