"""Does a trace answer to a filter?

A comparison holds when one of the keyword's values answers to it; without a
value none holds, ``!=`` neither. ``!`` negates whatever follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from harness.model.xray_trace import XRayTrace
from harness.xray_filter.expression import (
    And,
    Comparison,
    Edge,
    Expression,
    Holds,
    Not,
    Or,
    Service,
    ServiceId,
    Value,
)
from harness.xray_filter.scope import Scope, call_scope, service_scope, trace_scope, values
from harness.xray_filter.service_map import ServiceMap, ServiceNode, service_map

Groups = Mapping[str, Expression]
"""Name, and ARN, of a group → its filter, for ``group.name`` and ``group.arn``."""


class Evaluation:
    """The filters of one trace.

    Args:
        groups: Those that a filter may name; no other has any traces.
    """

    def __init__(self, trace: XRayTrace, groups: Groups | None = None) -> None:
        self.trace = trace
        self._groups = dict(groups or {})

    @cached_property
    def map(self) -> ServiceMap:
        """The trace's services and calls."""
        return service_map(self.trace)

    @cached_property
    def scope(self) -> Scope:
        """The whole trace."""
        return trace_scope(self.trace, self.map)

    def holds(self, expression: Expression, scope: Scope) -> bool:
        """Return whether an expression holds in a scope."""
        if isinstance(expression, And):
            return all(self.holds(operand, scope) for operand in expression.operands)
        if isinstance(expression, Or):
            return any(self.holds(operand, scope) for operand in expression.operands)
        if isinstance(expression, Not):
            return not self.holds(expression.operand, scope)
        if isinstance(expression, Service | Edge):
            return any(self._passes(expression, inner) for inner in self.scopes(expression))
        return self._compares(expression, scope)

    def _passes(self, part: Service | Edge, inner: Scope) -> bool:
        return part.filter is None or self.holds(part.filter, inner)

    def scopes(self, part: Service | Edge) -> Iterator[Scope]:
        """Yield the scope of each service or call that a part names, whatever its filter."""
        if isinstance(part, Service):
            return (service_scope(node, self.scope) for node in self.map.services if is_named(part.id, node))
        return (
            call_scope(call, self.scope)
            for call in self.map.calls
            if is_named(part.source, call.source) and is_named(part.destination, call.destination)
        )

    def _compares(self, part: Holds | Comparison, scope: Scope) -> bool:
        found = self.values(part, scope)
        if isinstance(part, Comparison):
            return any(compare(part.operator, value, part.value) for value in found)
        # A boolean alone must be true; any other keyword must be set.
        return any(value is True or not isinstance(value, bool) for value in found)

    def values(self, part: Holds | Comparison, scope: Scope) -> list[Any]:
        """Return what the keyword of a part stands for in a scope."""
        if part.keyword.name in ("group.name", "group.arn"):
            by_arn = part.keyword.name == "group.arn"
            named = [name for name in self._groups if name.startswith("arn:") is by_arn]
            return [name for name in named if self._in_group(name)]
        return values(part.keyword, scope)

    def _in_group(self, name: str) -> bool:
        """Return whether the trace is in a group; a group is never in itself."""
        expression = self._groups.pop(name, None)
        if expression is None:
            return False
        try:
            return self.holds(expression, self.scope)
        finally:
            self._groups[name] = expression


def is_named(identity: ServiceId | None, node: ServiceNode) -> bool:
    """Return whether a service is the one that an id names; no id names every service."""
    if identity is None:
        return True
    return identity.name in (None, node.name) and identity.type in (None, node.type)


def holds(expression: Expression, trace: XRayTrace, groups: Groups | None = None) -> bool:
    """Return whether a trace answers to a filter.

    Example:
        >>> from harness.model import Segment
        >>> from harness.xray_filter.parse import parse
        >>> segment = Segment(id="1", name="web", trace_id="t", start_time=0, end_time=2)
        >>> holds(parse('service("web") AND responsetime > 1'), XRayTrace("t", (segment,)))
        True
    """
    evaluation = Evaluation(trace, groups)
    return evaluation.holds(expression, evaluation.scope)


def compare(operator: str, captured: Any, expected: Value) -> bool:
    """Return whether a captured value answers to an operator; types are strict: ``"1"`` is not ``1``."""
    if operator == "=":
        return _same(captured, expected)
    if operator == "!=":
        return not _same(captured, expected)
    if isinstance(captured, str) and isinstance(expected, str):
        return operator in _TEXT and _TEXT[operator](captured, expected)
    if _is_number(captured) and _is_number(expected):
        return operator in _ORDER and _ORDER[operator](captured, expected)
    return False


def _same(captured: Any, expected: Value) -> bool:
    if _is_number(captured) and _is_number(expected):
        return bool(captured == expected)
    return type(captured) is type(expected) and bool(captured == expected)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TEXT: dict[str, Callable[[str, str], bool]] = {
    "CONTAINS": lambda captured, expected: expected in captured,
    "BEGINSWITH": lambda captured, expected: captured.startswith(expected),
    "ENDSWITH": lambda captured, expected: captured.endswith(expected),
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda captured, expected: bool(captured < expected),
    "<=": lambda captured, expected: bool(captured <= expected),
    ">": lambda captured, expected: bool(captured > expected),
    ">=": lambda captured, expected: bool(captured >= expected),
}
