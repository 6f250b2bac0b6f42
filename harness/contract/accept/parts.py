"""Events and links of a span as a run has them, with what the file says of them where that still holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.closest import likeness
from harness.contract.accept.merge import plain
from harness.contract.operators import OPERATORS, split_key
from harness.contract.renames import ALIKE
from harness.expect.compare import differences, equal
from harness.expect.omitted import OMITTED
from harness.expect.parts import Part
from harness.model import SpanEvent

_NAME = "event"


def parts_value(
    node: Any, parts: Sequence[Part], captured: Sequence[Sequence[Any]], generated: Sequence[Any]
) -> list[Any]:
    """Return what a list of events or links must say.

    Args:
        node: The list; each of its items says one of the parts.
        captured: Those of each span.
        generated: What `contract write` says of them.
    """
    new = list(generated)
    names = list(map(_name, generated))
    items = list(map(plain, node.value))
    said: list[Any] = [None] * len(items)
    best = [max((_shared(item, one) for one in generated), default=0.0) for item in items]
    for number in sorted(range(len(items)), key=lambda place: -best[place]):
        said[number] = _as_it_is(items[number], parts[number], new, names, captured)
    gone = [number for number, one in enumerate(said) if one is None]
    kinds = [one for one in new if _is_other_kind(one, said, generated)]
    new = [one for one in new if not any(part.identifies(e) for part in parts for e in _of(one, captured))]
    lost = False
    for number in gone:
        item, part = plain(node.value[number]), parts[number]
        near = _renamed(item, part, new, captured)
        if near is not None:
            new.remove(near)
            said[number] = _kept(item, part, near, captured)
        elif part.optional:
            said[number] = item
        else:
            lost = True
    return [one for one in said if one is not None] + kinds + (new if lost else [])


def _is_other_kind(one: Any, said: Sequence[Any], generated: Sequence[Any]) -> bool:
    """Return whether a new item is of a name that is said, and told apart from the others of it by now."""
    alike = [other for other in generated if _name(other) == _name(one)]
    is_said = any(other is not None and _name(other) == _name(one) for other in said)
    return is_said and alike.count(one) < len(alike)


def _as_it_is(
    item: Any, part: Part, new: list[Any], names: Sequence[Any], captured: Sequence[Sequence[Any]]
) -> Any:
    """Return what to say of a part under its name, which is then no longer new; None where it is gone."""
    alike = [one for one in new if _name(one) == _name(item)]
    if alike:
        same = max(alike, key=lambda one: _shared(one, item))
        new.remove(same)
        return _kept(item, part, same, captured)
    is_other = _name(item) not in names
    return item if is_other and all(any(map(part.fits, some)) for some in captured) else None


def _shared(one: Any, other: Any) -> float:
    """Return how many attributes two items of one name say alike; half of one more where that is all."""
    if _name(one) != _name(other):
        return 0.0
    first, second = _entries(one), _entries(other)
    return len(first & second) + 0.5 * (first == second)


def _entries(item: Any) -> set[str]:
    """Return what an item says of attributes, each as text."""
    attributes = item.get("attributes") if isinstance(item, dict) else None
    return {repr(entry) for entry in attributes.items()} if isinstance(attributes, dict) else set()


def _renamed(item: Any, part: Part, new: Sequence[Any], captured: Sequence[Sequence[Any]]) -> Any:
    """Return which new item a part became: one with a name like it; of an optional one all must hold."""
    fitting = [one for one in new if not part.optional or not any(map(part.problems, _of(one, captured)))]
    near = max(fitting, key=lambda one: _likeness(item, one), default=None)
    return near if near is not None and _likeness(item, near) >= ALIKE else None


def _kept(item: Any, part: Part, new: Any, captured: Sequence[Sequence[Any]]) -> Any:
    """Return a new item, with what the old one says of attributes where it holds of all that is captured."""
    kept: dict[str, Any] = dict(new) if isinstance(new, dict) else {_NAME: new}
    attributes = kept.pop("attributes", {})
    found = list(_of(new, captured))
    if isinstance(part.attributes, Mapping):
        said = dict(_holding(item["attributes"], part.attributes, found))
        names = {split_key(key)[0] for key in said}
        said |= {key: value for key, value in attributes.items() if split_key(key)[0] not in names}
        kept |= {"attributes": said} if said else {}
    elif part.attributes is not OMITTED:
        kept |= {key: value for key, value in item.items() if split_key(key)[0] == "attributes"}
    if part.optional:
        kept["presence"] = "optional"
    return kept if list(kept) != [_NAME] else kept[_NAME]


def _holding(
    said: Mapping[str, Any], expected: Mapping[str, Any], captured: Sequence[Any]
) -> Iterator[tuple[str, Any]]:
    for key, value in said.items():
        name = split_key(key)[0]
        wanted = expected.get(name, OMITTED)
        if wanted is OMITTED or not any(differences({name: wanted}, one.attributes) for one in captured):
            yield key, value


def _name(item: Any) -> tuple[str, Any]:
    """Return the key and value of an event's name; links have none."""
    if not isinstance(item, dict):
        return _NAME, item
    return next(((key, value) for key, value in item.items() if split_key(key)[0] == _NAME), ("", ""))


def _of(item: Any, captured: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """Yield the captured parts that an item is of."""
    key, value = _name(item)
    wanted = OPERATORS[split_key(key)[2]].make(value) if key else OMITTED
    for one in (one for some in captured for one in some):
        if not isinstance(one, SpanEvent) or equal(wanted, one.name):
            yield one


def _likeness(before: Any, after: Any) -> float:
    return likeness(str(_name(before)[1]), str(_name(after)[1]))
