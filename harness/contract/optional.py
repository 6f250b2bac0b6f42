"""Optional keys of items, ``app.user/optional: ann``: where they are, and which were never captured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.contract.forms import key_of
from harness.contract.items import Item, OptionalKey
from harness.contract.operators import split_key
from harness.contract.problems import Place
from harness.contract.yaml_nodes import place_of
from harness.expect.fields import Field, MappingField
from harness.expect.key_pattern import KeyPattern
from harness.expect.metrics import POINT_FIELDS
from harness.expect.parts import Part
from harness.expect.problem import dotted
from harness.model import Site

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
    alike: list[Part] = []
    for part, site in sorted(parts, key=lambda pair: pair[0].optional):
        alike.append(replace(part, optional=False))  # type: ignore[type-var]  # every part is a dataclass
        if part.optional:
            yield OptionalKey((name,), site, part, alike.count(alike[-1]))


class Exercised:
    """Which optional keys were captured at least once."""

    def __init__(self) -> None:
        self._unseen: dict[int, list[OptionalKey]] = {}

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
            unseen[:] = [key for key in unseen if not _has(known.get(key.path[0]), key, captured)]

    def unseen(self, item: Item) -> list[OptionalKey]:
        """Return the optional keys that an item never had, though it was captured itself."""
        return self._unseen.get(id(item), [])


def fields_of(item: Item) -> tuple[Field, ...]:
    """Return what an item can name of a captured value; of a metric, not what its data points have."""
    return type(item.expectation).FIELDS


def unseen_message(item: Item, key: OptionalKey) -> str:
    """Return what a finding says of an optional key that no scenario captured."""
    points = POINT_FIELDS if item.kind == "metric" else ()
    field = next(field for field in (*fields_of(item), *points) if field.name == key.path[0])
    name = key.path[0]
    rest = "the key"
    if key.part is not None:
        name, rest = f"{'further ' if key.number > 1 else ''}{key.part.describe()}", "it"
    if isinstance(field, MappingField) and len(key.path) > 1:
        name = f"{field.noun} {dotted(key.path[1:], field.prefix)!r}"
    return f"no scenario captured optional {name} of {item.expectation.describe()}; add one, or remove {rest}"


def _has(field: Field | None, key: OptionalKey, captured: Any) -> bool:
    if field is None:
        return False
    value = field.read(captured)
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
