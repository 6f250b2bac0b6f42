"""Which key, or item, another one became: without evidence, one is missing and the other is undeclared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from harness.closest import likeness, shared_words, text_likeness
from harness.contract.items import Item
from harness.contract.migrated import are_migrated
from harness.expect.matcher import Matcher
from harness.expect.matchers.combine import AnyOf
from harness.expect.matchers.regex import Regex
from harness.expect.matchers.text import EndsWith, HexId, StartsWith
from harness.expect.matchers.time import Iso8601
from harness.expect.presence import Absent
from harness.expect.render import source

K = TypeVar("K")
T = TypeVar("T")

ALIKE = 0.6
"""How alike the names of what was renamed are at least."""
_FORMS = (EndsWith, HexId, Iso8601, Regex, StartsWith)
_DISTINCTIVE_LENGTH = 3
_DISTINCTIVE_NUMBER = 10


def successor(name: str, expected: Any, fitting: Collection[str]) -> str | None:
    """Return which key another one became, None where nothing says so: that the type fits says nothing.

    Args:
        expected: What is said of the value.
        fitting: Keys that nothing was said of, and of whose value the same holds.

    >>> successor("coupon", 3, ["rows", "coupon_id"]), successor("coupon", 3, ["rows"])
    ('coupon_id', None)
    >>> successor("coupon", "SPRING", ["promotion"])
    'promotion'
    >>> successor("app.result_length", 3, ["app.result_count"]), successor("app.user", 3, ["app.rows"])
    ('app.result_count', None)
    """
    if not fitting:
        return None
    near = max(sorted(fitting), key=lambda other: (are_migrated(name, other), likeness(name, other)))
    is_alike = (
        are_migrated(name, near)
        or likeness(name, near) >= ALIKE
        or (_is_value(expected) and shared_words(name, near) >= ALIKE)
    )
    return near if is_alike or _is_telling(expected) else None


@dataclass(frozen=True)
class Newcomer(Generic[K, T]):
    """What has a name that a contract knows nothing of.

    Attributes:
        name: The name.
        identity: What an item of it would start with.
        captured: All that has the name.
    """

    name: K
    identity: Any
    captured: Sequence[T]


def renamed_items(
    gone: Iterable[Item],
    new: Sequence[Newcomer[K, T]],
    holds: Callable[[Item, T], bool],
    *,
    are_messages: bool = False,
) -> Iterator[tuple[Item, Newcomer[K, T]]]:
    """Yield each item that nothing was captured of and the newcomer that it became, if it did.

    That has a name like its own, and all holds of it that the item says. Items of one name, as the series of
    a metric are, became one together.

    Args:
        holds: Whether all holds that an item says, but its name.
        are_messages: Names are texts, which are as alike as they share words.
    """
    groups: dict[str, list[Item]] = {}
    for item in gone:
        groups.setdefault(source(item.expectation.identity), []).append(item)
    alike = text_likeness if are_messages else likeness
    names = [source(one.identity) for one in new]
    pairs = ((alike(before, after), before, n) for before in groups for n, after in enumerate(names))
    ranked = sorted((pair for pair in pairs if pair[0] >= ALIKE), reverse=True)
    taken: set[str | int] = set()
    for _, before, number in ranked:
        items, one = groups[before], new[number]
        if not {before, number} & taken and _are_all_held(items, one.captured, holds):
            taken |= {before, number}
            yield from ((item, one) for item in items)


def nearest_text(expected: Any, texts: Mapping[str, Any]) -> str | None:
    """Return the text that is most like one that is expected, None where none shares most of its words.

    Args:
        texts: Each with what an item of it would start with.
    """
    wanted = source(expected)
    alike = {text: text_likeness(wanted, source(identity)) for text, identity in texts.items()}
    near = max(alike, key=alike.__getitem__, default="")
    return near if alike.get(near, 0) >= ALIKE else None


def _are_all_held(items: Sequence[Item], captured: Sequence[T], holds: Callable[[Item, T], bool]) -> bool:
    """Return whether everything is as one of the items says, and something as each of them."""
    return all(any(holds(item, one) for item in items) for one in captured) and all(
        any(holds(item, one) for one in captured) for item in items
    )


def _is_value(expected: Any) -> bool:
    """Return whether a value is said, however small, and not only what one is like."""
    return not isinstance(expected, Matcher | bool | Mapping) and expected is not None


def _is_telling(expected: Any) -> bool:
    """Return whether it is no coincidence that what is said of one key holds of another."""
    if isinstance(expected, AnyOf):
        return all(_is_telling(one) for one in expected.parts if not isinstance(one, Absent))
    if isinstance(expected, Matcher):
        return isinstance(expected, _FORMS)
    return bool(expected) if isinstance(expected, Mapping) else is_distinctive(expected)


def is_distinctive(value: Any) -> bool:
    """Return whether the same value under two keys is no coincidence.

    >>> is_distinctive(True), is_distinctive(3), is_distinctive("SPRING")
    (False, False, True)
    """
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return abs(value) >= _DISTINCTIVE_NUMBER
    return not isinstance(value, str | tuple | list) or len(value) >= _DISTINCTIVE_LENGTH
