"""What one of several nodes of a name has, and none of the others: a loss of it is no mere count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from harness.analysis.diff.shape import Shape

_MOST_TOLD_APART = 20
"""Siblings of a name that a number tells apart; of more it is data."""
_SAID = frozenset({"is", "form"})


def own_text(shape: Shape, siblings: Iterable[Shape], others: Iterable[Shape]) -> str:
    """Return the text that says which of several nodes one is; empty where nothing tells it from the others.

    Args:
        siblings: The nodes of its name in its own tree, itself included.
        others: Those in the other tree, all of which have partners.
    """
    return next(_own_texts(shape, list(siblings), list(others)), "")


def _own_texts(shape: Shape, siblings: Sequence[Shape], others: Sequence[Shape]) -> Iterator[str]:
    there = {fact for child in others for fact in child.facts.items()}
    said = [(p, v) for p, v in shape.facts.items() if v.operator in _SAID and (p, v) not in there]
    yield from (f"{path} = {value}" for path, value in said if value.type == "str")
    for name in ("status", "kind", "scope"):
        value = getattr(shape, name)
        if value and value not in {getattr(other, name) for other in others}:
            yield f"{name} = {value}"
    keys = {key for other in others for key in other.names}
    yield from (f"with {noun} {name}" for noun, name in shape.names if (noun, name) not in keys)
    yield from (f"{path} = {value}" for path, value in said if _tells_apart(path, siblings, others))


def _tells_apart(path: str, siblings: Collection[Shape], others: Collection[Shape]) -> bool:
    """Return whether each sibling has a value of its own, and those of the other tree have them still."""
    values = [child.facts.get(path) for child in siblings]
    if len(values) > _MOST_TOLD_APART:
        return False
    return len(set(values)) == len(values) and {child.facts.get(path) for child in others} <= set(values)
