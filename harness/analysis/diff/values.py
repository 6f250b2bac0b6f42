"""Values as far as they are the same in every run: exact, or only their type and form."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from harness.contract.forms import template_of
from harness.contract.write.volatile import generalised
from harness.expect.render import short

_SHOWN = 80
_DEPTH = 4
"""Of lists in lists, whose items have types."""
ABSENT = "absent"
"""The type of what some mappings of a list do not have."""
_DATE = "‹date›"
_NUMBERS = frozenset({"int", "float", "number"})


class Value(NamedTuple):
    """What is compared of a value.

    Attributes:
        type: ``int``, ``str``, …; several joined by ``|`` where one key holds several.
        operator: ``is`` for an exact value, ``type`` for any of the type; otherwise a form:
            ``format`` and ``hex_id`` as contracts name them, ``form`` for text with parts that vary.
        argument: The operator's; of a form with a day in it that, and the pattern of it.
    """

    type: str
    operator: str
    argument: Hashable

    @property
    def is_exact(self) -> bool:
        """True when the value itself is compared."""
        return self.operator == "is"

    @property
    def is_number(self) -> bool:
        """True for an int, a float, or JSON's number; a bool is none."""
        return self.type in _NUMBERS

    def loose(self) -> Value:
        """Return what stays when only the type is compared."""
        return Value(self.type, "type", self.type)

    @property
    def way(self) -> str:
        """How a day is written, as a pattern; empty where there is none in it."""
        return str(self.argument[1]) if self.operator == "form" and isinstance(self.argument, tuple) else ""

    def __str__(self) -> str:
        if self.operator == "form" and isinstance(self.argument, tuple):
            return short(self.argument[0], _SHOWN)
        if self.operator in ("is", "form"):
            return short(_thawed(self.argument), _SHOWN)
        if self.operator == "hex_id":
            return f"hex id of {self.argument} digits"
        return str(self.argument)


class Relation(enum.Enum):
    """How a value before and one after stand to each other."""

    SAME = "same"
    ADDED = "added"
    CHANGED = "value_changed"
    RETYPED = "retyped"


_ANY_FLOAT = Value("float", "type", "float")


def value_of(key: str, value: Any) -> Value:
    """Return what of a captured value is the same in every run.

    >>> str(value_of("app.rows", 3)), str(value_of("app.duration_ms", 3))
    ('3', 'int')
    >>> str(value_of("app.now", "2026-03-01T12:00:00+00:00"))
    'date-time'
    """
    name = _type(value)
    if name == "float":
        return _ANY_FLOAT
    operator, argument = generalised(key, [value])
    if operator in ("any_of", "each", "type") or (operator == "is" and not _is_hashable(argument)):
        return Value(name, "type", name)
    if operator == "regex":
        template = template_of(value)
        # Of a day only the way in which it is written is the same in every run.
        return Value(name, "form", (template, argument) if _DATE in template else template)
    return Value(name, operator, tuple(argument) if isinstance(argument, list) else argument)


def _is_hashable(argument: Any) -> bool:
    return not isinstance(argument, list) or not any(isinstance(item, dict | list) for item in argument)


def merged(values: Iterable[Value]) -> Value:
    """Return what several values of one key share.

    >>> str(merged([value_of("n", 1), value_of("n", 2)]))
    'int'
    """
    found = set(values)
    if len(found) == 1:
        return found.pop()
    name = "|".join(sorted({part for value in found for part in value.type.split("|")}))
    return Value(name, "type", name)


def relation(before: Value, after: Value) -> Relation:
    """Return how two values of one key differ; any value of a type is the same as one of it."""
    if before == after:
        return Relation.SAME
    if before.type != after.type and set(before.type.split("|")) == {ABSENT, *after.type.split("|")}:
        return Relation.ADDED
    if before.type != after.type and "list" not in (before.type, after.type):
        return Relation.RETYPED
    if before.type != after.type and before.type[:4] != after.type[:4]:
        return Relation.RETYPED  # an empty list has no type of items
    if "type" in (before.operator, after.operator):
        return Relation.SAME
    return Relation.CHANGED


def _type(value: Any, depth: int = _DEPTH) -> str:
    if isinstance(value, list | tuple) and depth:
        items = sorted({_type(item, depth - 1) for item in value})
        return f"list[{'|'.join(items)}]" if items else "list"
    return "none" if value is None else type(value).__name__


def _thawed(value: Hashable) -> Any:
    return list(value) if isinstance(value, tuple) else value
