"""`trace`: an X-Ray trace that a filter expression selects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harness.errors import FilterError
from harness.expect.argument import TEXT
from harness.expect.expectation import Expectation
from harness.expect.fields import Field
from harness.expect.freeze import freeze
from harness.expect.matcher import Text
from harness.expect.omitted import OMITTED, Omitted
from harness.expect.pool import Entry, Pool
from harness.expect.problem import Problem
from harness.expect.render import call, plain
from harness.model.telemetry import Telemetry
from harness.model.xray_trace import XRayTrace, xray_traces_of

if TYPE_CHECKING:  # imported when the first filter is written: most runs have none
    from harness.xray_filter.expression import Expression

_SHOWN = 100
_PATHS = {
    "http.status": "http.response.status",
    "http.url": "http.request.url",
    "http.method": "http.request.method",
    "http.useragent": "http.request.user_agent",
    "http.clientip": "http.request.client_ip",
}
"""Keyword → the path that a segment's own field has in `Match.fields`."""


def trace_pool(telemetry: Telemetry) -> Pool:
    """Return the X-Ray traces in order of start; each stands for its root segment."""
    return Pool(
        Entry(
            value=item,
            noun="trace",
            name=item.trace_id,
            node_id=f"{item.trace_id}/{item.root.id}",
            key=item.trace_id,
            trace_id=item.trace_id,
            site=item.root.site,
        )
        for item in xray_traces_of(telemetry.segments)
    )


@dataclass(frozen=True)
class FilterField(Field):
    """A filter that a trace must answer to."""

    def holds(self, expected: Any, value: Any) -> bool:
        """Return True when the trace answers to the filter."""
        from harness.xray_filter import holds

        return holds(expected, value)

    def problems(self, expected: Any, value: Any) -> list[Problem]:
        """Return each part of the filter that does not hold."""
        from harness.xray_filter import unmet

        return [
            Problem("filter_mismatch", f"{part.part} does not hold: captured {part.captured}")
            for part in unmet(expected, value)
        ]

    def paths(self, expected: Any) -> Iterator[str]:
        """Yield what the filter looks at."""
        from harness.xray_filter.expression import keywords_of

        for keyword in keywords_of(expected):
            if keyword.key is None:
                yield _PATHS.get(keyword.name, keyword.name)
            else:
                yield f"annotations.{keyword.key}"


@dataclass(frozen=True, kw_only=True, repr=False)
class TraceExpectation(Expectation[XRayTrace]):
    """What `trace` returns."""

    SIGNAL: ClassVar = "segment"
    NOUN: ClassVar = "trace"
    STEM: ClassVar = "trace"
    BUILDER: ClassVar = "trace"
    IDENTITY: ClassVar = "trace_id"
    CHANNELS: ClassVar = ("xray",)
    POOL: ClassVar = trace_pool
    IDENTITY_TAKES: ClassVar = TEXT
    FIELDS: ClassVar = (FilterField("filter", lambda trace: trace),)

    filter: Expression
    trace_id: Any = OMITTED

    @property
    def identity(self) -> Any:
        """The trace id."""
        return self.trace_id

    def short_name(self) -> str:
        """Return the filter, which is what a trace is known by here."""
        return plain(self._text(), _SHOWN)

    def describe(self, limit: int = _SHOWN) -> str:
        """Return ``trace that answers to service("web")``."""
        return f"trace that answers to {plain(self._text(), limit)}"

    def describe_whole(self) -> str:
        """Return the same: what is expected of a trace is its filter."""
        return self.describe()

    def __repr__(self) -> str:
        return call("trace", filter=self._text(), trace_id=self.trace_id)

    def _text(self) -> str:
        from harness.xray_filter import to_text

        return to_text(self.filter)


def trace(*, filter: str, trace_id: Text | Omitted = OMITTED) -> TraceExpectation:  # noqa: A002  X-Ray's name
    """Expect an X-Ray trace that a filter expression selects.

    Args:
        filter: In X-Ray's own language, as in `aws xray create-group --filter-expression`.
        trace_id: ``1-<8 hex>-<24 hex>``.

    Raises:
        TypeError: The filter is no text.
        FilterError: The filter does not parse, or names a group: that is what
            `telemetry.in_group` is for.

    Example:
        >>> trace(filter='service("backend-flask") AND responsetime < 1')
        trace(filter='service("backend-flask") AND responsetime < 1')
    """
    from harness.xray_filter import parse
    from harness.xray_filter.expression import keywords_of

    TEXT.require("trace: filter", filter)
    expression = parse(filter)
    for keyword in keywords_of(expression):
        if keyword.name.startswith("group."):
            raise FilterError(
                f"an expectation knows no groups, and its filter has {keyword.name}; "
                "write the group's own filter, or read telemetry.in_group(name)"
            )
    return TraceExpectation(filter=expression, trace_id=freeze(trace_id))
