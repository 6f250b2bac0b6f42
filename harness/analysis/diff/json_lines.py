"""Log lines of JSON: compared key by key, as attributes are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.analysis.diff.attributes import FactChange
from harness.analysis.diff.shape import Shape
from harness.analysis.diff.values import Value
from harness.contract.json_line import keys_of

_SECTIONS = ("message.", "body.")
_BOTH = {"removed", "added"}


def json_facts(section: str, text: str) -> Iterator[tuple[str, Value]]:
    """Yield each key of a text of JSON; a number is data, as in other messages.

    >>> [(path, str(value)) for path, value in json_facts("message", '{"event": "paid 7 EUR", "rows": 3}')]
    [('message.event', "'paid ‹number› EUR'"), ('message.rows', 'number')]
    """
    for leaf in keys_of(text):
        is_data = leaf.type == "number" and leaf.form.startswith("‹")
        operator, argument = ("type", leaf.type) if is_data else ("form", leaf.form)
        yield f"{section}.{leaf.path}", Value(leaf.type, operator, argument)


def json_likeness(before: Shape, after: Shape) -> float:
    """Return from 0 to 1 how much of two lines of JSON is the same; 0 where one is none."""
    first, second = _keys(before), _keys(after)
    both = first.keys() & second.keys()
    equal = sum(first[path] == second[path] for path in both)
    return (len(both) + equal) / (len(first) + len(second)) if both else 0.0


def told_by_key(changes: Sequence[FactChange]) -> tuple[bool, list[FactChange]]:
    """Return whether the changes of keys say how a line was reworded, and what else is to be told.

    They do where keys came, went, or have another name or type. Another word under a key is another
    message, and other white space is another format.
    """
    of_keys = [change for change in changes if change.path.startswith(_SECTIONS)]
    others = [change for change in changes if change not in of_keys]
    if of_keys and not any(change.kind == "value_changed" for change in of_keys):
        return True, [*_one_renamed(of_keys), *others]
    return False, others


def _one_renamed(changes: list[FactChange]) -> list[FactChange]:
    """Return one key that went and one of its form that came, where all else is the same, as one."""
    if len(changes) != len(_BOTH) or {change.kind for change in changes} != _BOTH:
        return changes
    gone, new = sorted(changes, key=lambda change: change.kind, reverse=True)
    if gone.before != new.after:
        return changes
    return [FactChange("renamed", gone.path, gone.before, new.after, new.path)]


def _keys(shape: Shape) -> dict[str, Value]:
    return {path: value for path, value in shape.facts.items() if path.startswith(_SECTIONS)}
