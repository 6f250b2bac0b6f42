"""Expressions: what a filter's text means, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Value = str | int | float | bool


@dataclass(frozen=True)
class Keyword:
    """What a part looks at.

    Attributes:
        name: ``responsetime``, ``http.status``, … or ``annotation``.
        key: The key of an annotation.
    """

    name: str
    key: str | None = None


@dataclass(frozen=True)
class Holds:
    """A keyword alone: a boolean that is true, or another keyword that has a value."""

    keyword: Keyword


@dataclass(frozen=True)
class Comparison:
    """A keyword compared with a value.

    Attributes:
        operator: ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``CONTAINS``, ``BEGINSWITH`` or ``ENDSWITH``.
    """

    keyword: Keyword
    operator: str
    value: Value


@dataclass(frozen=True)
class ServiceId:
    """A node of the service map, by name, by type, or by both."""

    name: str | None = None
    type: str | None = None


@dataclass(frozen=True)
class Service:
    """``service(id) {filter}``: a service in the trace; any service when there is no id."""

    id: ServiceId | None = None
    filter: Expression | None = None


@dataclass(frozen=True)
class Edge:
    """``edge(source, destination) {filter}``: a call from one service to another."""

    source: ServiceId
    destination: ServiceId
    filter: Expression | None = None


@dataclass(frozen=True)
class Not:
    """``!operand``."""

    operand: Expression


@dataclass(frozen=True)
class And:
    """All operands; side by side means the same."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """At least one operand."""

    operands: tuple[Expression, ...]


Expression = Holds | Comparison | Service | Edge | Not | And | Or


def keywords_of(expression: Expression) -> Iterator[Keyword]:
    """Yield every keyword of an expression, in order."""
    pending: list[Expression] = [expression]
    while pending:
        item = pending.pop()
        if isinstance(item, Holds | Comparison):
            yield item.keyword
        elif isinstance(item, And | Or):
            pending += reversed(item.operands)
        elif isinstance(item, Not):
            pending.append(item.operand)
        elif item.filter is not None:
            pending.append(item.filter)
