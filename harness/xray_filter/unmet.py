"""Which parts of a filter keep a trace from being selected, and what was captured instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from harness.model.xray_trace import XRayTrace
from harness.xray_filter.evaluate import Evaluation, Groups
from harness.xray_filter.expression import And, Comparison, Edge, Expression, Holds, Not, Or, Service
from harness.xray_filter.scope import Scope
from harness.xray_filter.text import keyword_text, to_text

_SHOWN = 5
_LENGTH = 80


class Unmet(NamedTuple):
    """A part that does not hold.

    Attributes:
        part: Its text.
        captured: What was captured instead.
    """

    part: str
    captured: str


def unmet(expression: Expression, trace: XRayTrace, groups: Groups | None = None) -> list[Unmet]:
    """Return each part that does not hold, none when the trace answers to the filter.

    Of an alternative, the parts of every branch are returned: any one of
    the branches would do.
    """
    evaluation = Evaluation(trace, groups)
    return _unmet(expression, evaluation.scope, evaluation)


def _unmet(expression: Expression, scope: Scope, evaluation: Evaluation) -> list[Unmet]:
    if evaluation.holds(expression, scope):
        return []
    if isinstance(expression, And | Or):
        return [part for operand in expression.operands for part in _unmet(operand, scope, evaluation)]
    if isinstance(expression, Service | Edge):
        return _unmet_inside(expression, evaluation)
    if isinstance(expression, Not):
        return [Unmet(to_text(expression), _negated(expression.operand, scope, evaluation))]
    return [Unmet(to_text(expression), _captured(expression, scope, evaluation))]


def _negated(operand: Expression, scope: Scope, evaluation: Evaluation) -> str:
    if isinstance(operand, Holds | Comparison):
        return _captured(operand, scope, evaluation)
    return f"{to_text(operand)} holds"


def _unmet_inside(part: Service | Edge, evaluation: Evaluation) -> list[Unmet]:
    """Return what is unmet of the service or call that comes closest."""
    found = list(evaluation.scopes(part))
    if not found or part.filter is None:
        return [Unmet(_head(part), _others(part, evaluation))]
    closest = min((_unmet(part.filter, inner, evaluation) for inner in found), key=len)
    return [Unmet(f"{_head(part)} {{ {inner.part} }}", inner.captured) for inner in closest]


def _head(part: Service | Edge) -> str:
    if isinstance(part, Service):
        return to_text(Service(part.id))
    return to_text(Edge(part.source, part.destination))


def _others(part: Service | Edge, evaluation: Evaluation) -> str:
    """Return the services, or the calls, that the trace has."""
    if isinstance(part, Service):
        return f"services {_some(repr(node.name) for node in evaluation.map.services)}"
    calls = [f"{call.source.name!r} → {call.destination.name!r}" for call in evaluation.map.calls]
    return f"calls {_some(calls)}" if calls else "no calls between services"


def _captured(part: Holds | Comparison, scope: Scope, evaluation: Evaluation) -> str:
    found = evaluation.values(part, scope)
    if found:
        return _some(map(repr, found))
    if part.keyword.key is None:
        name = part.keyword.name
        return "none of the groups" if name.startswith("group.") else f"no {keyword_text(part.keyword)}"
    keys = [repr(key) for document in scope.documents for key in document.annotations]
    return f"annotations {_some(keys)}" if keys else "no annotations"


def _some(texts: Iterable[str]) -> str:
    items = [text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…" for text in dict.fromkeys(texts)]
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more
