"""From an expression back to text: what `parse` reads as the same expression."""

from __future__ import annotations

import re

from harness.xray_filter.expression import (
    And,
    Comparison,
    Edge,
    Expression,
    Holds,
    Keyword,
    Not,
    Or,
    Service,
    ServiceId,
    Value,
)

_PLAIN_KEY = re.compile(r"\w+\Z", re.ASCII)


def to_text(expression: Expression) -> str:
    """Return an expression as a filter's text.

    Example:
        >>> from harness.xray_filter.parse import parse
        >>> to_text(parse('ok !partial duration<3'))
        'ok AND !partial AND duration < 3'
    """
    if isinstance(expression, Or):
        return " OR ".join(_inside(operand, (Or,)) for operand in expression.operands)
    if isinstance(expression, And):
        return " AND ".join(_inside(operand, (Or, And)) for operand in expression.operands)
    if isinstance(expression, Not):
        return "!" + _inside(expression.operand, (Or, And))
    return _part(expression)


def _inside(expression: Expression, looser: tuple[type, ...]) -> str:
    text = to_text(expression)
    return f"({text})" if isinstance(expression, looser) else text


def _part(part: Holds | Comparison | Service | Edge) -> str:
    if isinstance(part, Holds):
        return keyword_text(part.keyword)
    if isinstance(part, Comparison):
        return f"{keyword_text(part.keyword)} {part.operator} {value_text(part.value)}"
    if isinstance(part, Service):
        head = f"service({'' if part.id is None else id_text(part.id)})"
    else:
        head = f"edge({id_text(part.source)}, {id_text(part.destination)})"
    return head if part.filter is None else f"{head} {{ {to_text(part.filter)} }}"


def keyword_text(keyword: Keyword) -> str:
    """Return ``http.status``, ``annotation.key`` or ``annotation[some.key]``."""
    if keyword.key is None:
        return keyword.name
    return f"annotation.{keyword.key}" if _PLAIN_KEY.match(keyword.key) else f"annotation[{keyword.key}]"


def value_text(value: Value) -> str:
    """Return a value as it is written in a filter."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value)


def id_text(identity: ServiceId) -> str:
    """Return a service's name, or ``id(…)`` when its type is given."""
    name = value_text(identity.name or "")
    if identity.type is None:
        return name
    kind = f"type: {value_text(identity.type)}"
    return f"id({kind})" if identity.name is None else f"id(name: {name}, {kind})"
