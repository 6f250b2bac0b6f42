"""Optional keys of items, ``app.user/optional: ann``: where they are, and which were never captured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.contract.forms import key_of
from harness.contract.items import Item, OptionalKey
from harness.contract.operators import split_key
from harness.contract.problems import Place
from harness.contract.renames import successor
from harness.contract.yaml_nodes import place_of
from harness.expect.compare import equal
from harness.expect.fields import Field, MappingField
from harness.expect.key_pattern import KeyPattern, declared_as
from harness.expect.metrics import POINT_FIELDS
from harness.expect.omitted import OMITTED
from harness.expect.parts import Part, PartsField
from harness.expect.problem import Problem, dotted
from harness.expect.render import short
from harness.model import Site

_COMPARED = 20
"""So many values of an undeclared key are compared with what is said of one that is gone."""
BY_SUBSET = frozenset({"resource", "headers"})
"""Mappings in which others add what they like."""
HEADERS = "headers"
"""Names in it are captured in small letters."""


def optional_paths(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the path and place of each optional key in a mapping's node, and in the mappings in it."""
    for key, value in node.value if node.id == "mapping" else ():
        try:
            name, is_optional, operator = split_key(str(key.value))
        except ValueError:
            continue  # that is a problem already
        below = (*path, name.lower() if path[0] == HEADERS else key_of(name))
        if is_optional:
            yield below, place_of(key)
        if operator == "is":
            yield from optional_paths(value, below)


def optional_parts(name: str, parts: Iterable[tuple[Part, Site]]) -> Iterator[OptionalKey]:
    """Yield the optional ones of a span's events or links, each with how many like it come before."""
    listed = sorted(parts, key=lambda pair: pair[0].optional)
    required: list[Part] = [replace(part, optional=False) for part, _ in listed]  # type: ignore[type-var]  # every part is a dataclass
    for place, (part, site) in enumerate(listed):
        if part.optional:
            one = required[place]
            is_kind = any(other != one and _is_of_one_name(other, one) for other in required)
            yield OptionalKey((name,), site, part, required[: place + 1].count(one), is_kind=is_kind)


class Exercised:
    """Which optional keys were captured at least once, and which keys besides those that are declared."""

    def __init__(self) -> None:
        self._unseen: dict[int, list[OptionalKey]] = {}
        self._others: dict[int, dict[tuple[str, ...], list[Any]]] = {}

    def see(self, item: Item, captured: Any, *fields: Field) -> None:
        """Take note of the optional keys of an item that a captured value has.

        Args:
            fields: Those that are looked at; by default all of the item's.
        """
        if not item.optional:
            return
        unseen = self._unseen.setdefault(id(item), list(item.optional))
        if unseen:
            known = {field.name: field for field in fields or fields_of(item)}
            unseen[:] = [key for key in unseen if not _has(known.get(key.path[0]), item, key, captured)]
            for name in {key.path[0] for key in unseen} & known.keys() & BY_SUBSET:
                self._see_others(item, known[name], captured)

    def see_other(self, item: Item, path: tuple[str, ...], value: Any) -> None:
        """Take note of a captured key that an item does not declare."""
        if item.optional:
            values = self._others.setdefault(id(item), {}).setdefault(path, [])
            if len(values) < _COMPARED:
                values.append(value)

    def _see_others(self, item: Item, field: Field, captured: Any) -> None:
        """Take note of what nobody finds undeclared."""
        expected = getattr(item.expectation, field.name)
        for key, value in field.read(captured).items() if isinstance(expected, Mapping) else ():
            name = key.lower() if field.name == HEADERS else key
            if declared_as(name, expected) is None:
                self.see_other(item, (field.name, name), value)

    def unseen(self, item: Item) -> list[OptionalKey]:
        """Return the optional keys that an item never had, though it was captured itself."""
        return self._unseen.get(id(item), [])

    def renamed(self, item: Item) -> dict[OptionalKey, tuple[str, Any]]:
        """Return optional keys that an item never had → an undeclared one in their place, and its value.

        That is one in the same mapping of which everything holds that the item says of the optional one,
        and that has a name like it, or the very value or form.
        """
        others = dict(self._others.get(id(item), {}))
        found: dict[OptionalKey, tuple[str, Any]] = {}
        for key in self.unseen(item):
            expected = _expected(item, key)
            fitting = {
                path[-1]: values[0]
                for path, values in others.items()
                if path[:-1] == key.path[:-1] and all(equal(expected, value) for value in values)
            }
            name = None if expected is OMITTED else successor(key.path[-1], expected, fitting)
            if name is not None:
                found[key] = name, fitting[name]
                del others[*key.path[:-1], name]
        return found


def _expected(item: Item, key: OptionalKey) -> Any:
    """Return what an item says of an optional key; `OMITTED` of one in a mapping that may be missing."""
    expected = getattr(item.expectation, key.path[0]) if len(key.path) > 1 and key.part is None else OMITTED
    for name in key.path[1:]:
        expected = expected[name] if isinstance(expected, Mapping) else OMITTED
    return expected


def fields_of(item: Item) -> tuple[Field, ...]:
    """Return what an item can name of a captured value; of a metric, not what its data points have."""
    return type(item.expectation).FIELDS


def unseen_message(item: Item, key: OptionalKey) -> str:
    """Return what a finding says of an optional key that no scenario captured."""
    rest = "it" if key.part is not None and len(key.path) == 1 else "the key"
    return f"{_not_captured(item, key)}; add one, or remove {rest}"


def renamed_problem(item: Item, key: OptionalKey, name: str, value: Any) -> Problem:
    """Return that an optional key was not captured, but another one in its place.

    Args:
        name: The other one's, and its value.
    """
    field = _field(item, key)
    path = (*key.path[1:-1], name)
    other = f"{field.noun} {dotted(path, field.prefix)!r} = {short(value, key=name)}"
    message = (
        f"{_not_captured(item, key)}, but {other}, of which all holds that is said of it; was it renamed?"
    )
    return Problem(f"{field.stem}_renamed", message)


def undeclared_of(item: Item, key: OptionalKey, name: str) -> tuple[str, str]:
    """Return the id of the finding that another key is undeclared, and what it is about.

    Args:
        name: Of the other key, in the same mapping.
    """
    field = _field(item, key)
    return f"{field.stem}_undeclared", f"{field.name} {'.'.join((*key.path[1:-1], name))}"


def _field(item: Item, key: OptionalKey) -> Any:
    points = POINT_FIELDS if item.kind == "metric" else ()
    return next(field for field in (*fields_of(item), *points) if field.name == key.path[0])


def _not_captured(item: Item, key: OptionalKey) -> str:
    field, name = _field(item, key), key.path[0]
    if key.part is not None and len(key.path) > 1:
        name = f"attribute {dotted(key.path[2:])!r} of {key.part.describe()}"
    elif key.part is not None:
        name = f"{'further ' if key.number > 1 else ''}{key.part.describe()}"
    elif isinstance(field, MappingField) and len(key.path) > 1:
        name = f"{field.noun} {dotted(key.path[1:], field.prefix)!r}"
    return f"no scenario captured optional {name} of {item.expectation.describe()}"


def _is_of_one_name(one: Part, other: Part) -> bool:
    return getattr(one, "name", None) == getattr(other, "name", None)  # links have none


def _has(field: Field | None, item: Item, key: OptionalKey, captured: Any) -> bool:
    if field is None:
        return False
    if key.is_kind and isinstance(field, PartsField):
        chosen = field.chosen(getattr(item.expectation, field.name), captured)
        return any(part is key.part for part in chosen)
    value = field.read(captured)
    if key.part is not None and len(key.path) > 1:
        alike = filter(key.part.identifies, value)
        return any(_holds(getattr(one, key.path[1]), key.path[2:]) for one in alike)
    if key.part is not None:
        return sum(map(key.part.identifies, value)) >= key.number
    return _holds(value, key.path[1:]) if len(key.path) > 1 else value is not None and value != {}


def _holds(value: Any, path: tuple[str, ...]) -> bool:
    """Return whether there is something under a path, by each of the keys that one of it stands for."""
    if not path:
        return True
    if not isinstance(value, Mapping):
        return False
    name, *below = path
    names = name.among(value, {}) if isinstance(name, KeyPattern) else [name] if name in value else []
    return any(_holds(value[one], tuple(below)) for one in names)
