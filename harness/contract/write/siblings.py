"""Siblings of one name, and events: told apart where every parent has the same, so that no loss is unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from harness.contract.write.names import key_form, names_of
from harness.contract.write.trees import Node, Trees
from harness.contract.write.volatile import generalised
from harness.model import Link, Span, SpanEvent

T = TypeVar("T")
Traits = Callable[[T, Callable[[Any], bool]], Mapping[str, Hashable]]
Part = SpanEvent | Link
_FEW = 5
"""So many kinds of siblings are told apart; more are data."""
_DEPTH = 3
_DOCUMENT = ("annotations", "aws", "http", "metadata", "sql")


def told_apart(by_parent: Sequence[Sequence[Node]], trees: Trees) -> list[list[list[Node]]]:
    """Return the siblings of one name as the kinds that they come in, each by parent.

    They are told apart by what every parent has as often: a status, events, links, what is below, and
    values that stay from run to run. A number that one parent alone has may be a measure, and tells nothing.
    Where some parents have more of them than others, by what each parent has as often that has it, and one
    kind of which all have: a text with a digit may then number them, and tells nothing.

    Args:
        by_parent: The siblings of each parent; some may have none.
    """
    return _told_apart(by_parent, lambda node, tells: _traits(node, trees, tells))


def parts_told_apart(by_span: Sequence[Sequence[Part]]) -> list[list[list[Part]]]:
    """Return the events of one name, or links, of each span as the kinds that their attributes make."""
    return _told_apart(by_span, lambda part, tells: dict(_values("attributes", part.attributes, 1, tells)))


def _told_apart(by_parent: Sequence[Sequence[T]], traits: Traits[T]) -> list[list[list[T]]]:
    parents = [children for children in by_parent if children]
    sizes = {len(children) for children in parents}
    if max(sizes, default=0) <= 1:
        return [list(map(list, by_parent))]
    is_regular, tells = _is_regular, _is_without_number
    if len(sizes) == 1:
        is_regular, tells = _is_same_everywhere, _is_plain if len(parents) > 1 else _is_no_number
    rows = {id(node): traits(node, tells) for some in parents for node in some}
    kinds: dict[int, tuple[Hashable, ...]] = dict.fromkeys(rows, ())
    for trait in sorted({trait for row in rows.values() for trait in row}):
        finer = {node: (*kinds[node], (trait, row.get(trait))) for node, row in rows.items()}
        if len(set(finer.values())) > len(set(kinds.values())) and is_regular(parents, finer):
            kinds = finer
    return [
        [[node for node in some if kinds.get(id(node)) == kind] for some in by_parent]
        for kind in sorted(set(kinds.values()), key=repr)
    ]


def _is_same_everywhere(parents: Sequence[Sequence[Any]], kinds: Mapping[int, Hashable]) -> bool:
    found = [Counter(kinds[id(node)] for node in some) for some in parents]
    return len(found[0]) <= _FEW and all(one == found[0] for one in found[1:])


def _is_regular(parents: Sequence[Sequence[Any]], kinds: Mapping[int, Hashable]) -> bool:
    """Return whether each kind is as often in all parents that have it, and one in all of them."""
    found = [Counter(kinds[id(node)] for node in some) for some in parents]
    counts = {kind: {one[kind] for one in found if kind in one} for kind in set().union(*found)}
    is_everywhere = any(all(kind in one for one in found) for kind in counts)
    return is_everywhere and len(counts) <= _FEW and all(len(some) == 1 for some in counts.values())


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | bool | int)


def _is_no_number(value: Any) -> bool:
    return isinstance(value, str | bool)


def _is_without_number(value: Any) -> bool:
    return _is_no_number(value) and not any(map(str.isdigit, str(value)))


def _traits(node: Node, trees: Trees, tells: Callable[[Any], bool]) -> dict[str, Hashable]:
    """Return what may tell a node from its siblings.

    Args:
        tells: Whether a value may; of another only the type does.
    """
    traits: dict[str, Hashable] = {" below": _counted([child.name for child in trees.below(node)])}
    if isinstance(node, Span):
        traits[" status"] = node.status.code.value
        traits[" events"] = _counted([event.name for event in node.events])
        traits[" links"] = len(node.links)
        return traits | dict(_values("attributes", node.attributes, 1, tells))
    for flag in ("error", "fault", "throttle"):
        traits[f" {flag}"] = getattr(node, flag)
    for name in _DOCUMENT:
        traits |= dict(_values(name, getattr(node, name, None) or {}, _DEPTH, tells))
    return traits


def _counted(names: Sequence[str]) -> Hashable:
    forms = names_of(names) if names else {}
    return tuple(sorted(Counter(forms[name] for name in names).items()))


def _values(
    path: str, captured: Mapping[str, Any], depth: int, tells: Callable[[Any], bool]
) -> Iterator[tuple[str, Hashable]]:
    for key, value in captured.items():
        name = f"{path}.{key_form(key)}"
        if isinstance(value, dict) and depth > 1:
            yield from _values(name, value, depth - 1, tells)
        elif tells(value):
            yield name, _stable(key, type(value).__name__, value)
        else:
            yield name, type(value).__name__


@lru_cache(maxsize=4096)
def _stable(key: str, kind: str, value: Any) -> Hashable:
    """Return a value that stays from run to run; of another only the type."""
    operator, argument = generalised(key, [value])
    return (kind, argument) if operator == "is" else kind
