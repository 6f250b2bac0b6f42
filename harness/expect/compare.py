"""Strict comparison of an expected value with a captured one.

``True`` is not ``1``, ``1`` is not ``1.0`` and ``"201"`` is not ``201``: a
backend stores them as different types, and a query on one misses the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.expect.key_pattern import KeyPattern
from harness.expect.matcher import Matcher
from harness.expect.presence import Absent, Present
from harness.expect.raising import reason_of
from harness.expect.render import plural, short

_FAMILIES = (bool, int, float, str, bytes)
_LONG = 60
# Tuples made once: a union of types is made anew wherever it is written, and an abstract class asked last.
_PRESENCE = (Absent, Present)
_COMPOUND = (dict, list, tuple, Mapping)

Path = tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One place where a captured value is not as expected.

    Attributes:
        path: Keys and ``[index]`` from the compared value to the place.
        kind: ``missing`` when the key was not captured, ``unexpected`` when
            it should not have been.
        reason: A clause for brackets, or empty.
        siblings: For ``missing``: the captured mapping nearest to the key …
        siblings_path: … and the path to it.
    """

    path: Path
    kind: Literal["mismatch", "missing", "unexpected"]
    expected: Any
    captured: Any = None
    reason: str = ""
    siblings: Mapping[str, Any] = field(default_factory=dict)
    siblings_path: Path = ()


def equal(expected: Any, captured: Any) -> bool:
    """Return True when a captured value is as expected.

    Example:
        >>> equal({"status": 200}, {"status": 200, "length": 7}), equal(1, True)
        (True, False)
    """
    # What is asked of most values comes first: an abstract class is slow to ask.
    if isinstance(expected, _FAMILIES):
        return scalar_equal(expected, captured)
    if type(expected) is dict and isinstance(captured, dict):
        return all(_equal_item(expected, key, captured) for key in expected)
    if isinstance(expected, Matcher):
        return reason_of(expected, captured) is None
    if isinstance(expected, _COMPOUND):
        return not differences(expected, captured)
    return scalar_equal(expected, captured)


def _equal_item(expected: dict[str, Any], key: str, captured: dict[str, Any]) -> bool:
    value = expected[key]
    if type(key) is KeyPattern:
        return not _matching(key, expected, captured, ())
    if key not in captured or isinstance(value, _PRESENCE):
        return not _mapping({key: value}, captured, ())
    return equal(value, captured[key])


def differences(expected: Any, captured: Any, path: Path = ()) -> list[Difference]:
    """Return every difference: mappings by subset, sequences exactly, scalars by type and value.

    The recursion follows the expected value, never the captured one.
    """
    if isinstance(expected, Matcher):
        reason = reason_of(expected, captured)
        return [] if reason is None else [Difference(path, "mismatch", expected, captured, reason)]
    if isinstance(expected, Mapping):
        return _mapping(expected, captured, path)
    if isinstance(expected, list | tuple):
        return _sequence(expected, captured, path)
    if scalar_equal(expected, captured):
        return []
    return [Difference(path, "mismatch", expected, captured, _why_unequal(expected, captured))]


def _mapping(expected: Mapping[str, Any], captured: Any, path: Path) -> list[Difference]:
    if not isinstance(captured, Mapping):
        return [Difference(path, "mismatch", expected, captured, _types("dict", captured))]
    found: list[Difference] = []
    for key, value in expected.items():
        here = (*path, key)
        if type(key) is KeyPattern:
            found += _matching(key, expected, captured, path)
        elif key not in captured:
            found += _missing(value, here, captured, path)
        elif isinstance(value, Absent):
            found.append(Difference(here, "unexpected", value, captured[key]))
        elif not isinstance(value, Present):
            found += differences(value, captured[key], here)
    return found


def _matching(
    key: KeyPattern, expected: Mapping[str, Any], captured: Mapping[str, Any], path: Path
) -> list[Difference]:
    """Return every difference of what one key stands for: each of these is as it says."""
    value, keys, here = expected[key], key.among(captured, expected), (*path, key)
    if not keys:
        return _missing(value, here, captured, path)
    if isinstance(value, Absent):
        return [Difference(here, "unexpected", value, captured[one]) for one in keys]
    if isinstance(value, Present):
        return []
    return [difference for one in keys for difference in differences(value, captured[one], here)]


def _missing(expected: Any, path: Path, siblings: Mapping[str, Any], siblings_path: Path) -> list[Difference]:
    """Return one difference for each key that an expected mapping names."""
    if isinstance(expected, Matcher) and expected.matches_absence():
        return []
    if isinstance(expected, Mapping) and expected:
        return [
            difference
            for key, value in expected.items()
            for difference in _missing(value, (*path, key), siblings, siblings_path)
        ]
    return [Difference(path, "missing", expected, siblings=siblings, siblings_path=siblings_path)]


def _sequence(expected: list[Any] | tuple[Any, ...], captured: Any, path: Path) -> list[Difference]:
    if not isinstance(captured, list | tuple):
        return [Difference(path, "mismatch", expected, captured, _types("list", captured))]
    if len(expected) != len(captured):
        reason = f"{plural(len(expected), 'element')} expected, {len(captured)} captured"
        return [Difference(path, "mismatch", expected, captured, reason)]
    found: list[Difference] = []
    for index, (wanted, item) in enumerate(zip(expected, captured, strict=True)):
        found += differences(wanted, item, (*path, f"[{index}]"))
    return found


def scalar_equal(expected: Any, captured: Any) -> bool:
    """Return True when two scalars are of one family of types and equal.

    A subclass belongs to its base's family: ``HTTPStatus.OK`` is ``200``.
    Two NaN are equal, since nothing else can be meant.
    """
    if type(expected) is type(captured) and expected == captured:
        return True
    if _family(expected) is not _family(captured):
        return False
    if expected != expected and captured != captured:
        return True
    return bool(expected == captured)


def _family(value: Any) -> type:
    for family in _FAMILIES:
        if isinstance(value, family):
            return family
    return type(value)


def _why_unequal(expected: Any, captured: Any) -> str:
    wanted, found = _family(expected), _family(captured)
    if expected is None or captured is None:
        return ""
    if wanted is not found:
        return _types(wanted.__name__, captured)
    if wanted is str and max(len(expected), len(captured)) > _LONG:
        return _around_first_difference(expected, captured)
    return ""


def first_difference(expected: str, captured: str) -> int:
    """Return the index of the first character in which two texts differ.

    >>> first_difference("abc", "abd"), first_difference("ab", "abc")
    (2, 2)
    """
    pairs = zip(expected, captured, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(expected), len(captured)))


def _around_first_difference(expected: str, captured: str) -> str:
    at = first_difference(expected, captured)
    near = slice(at, at + 20)
    return f"first difference at character {at}: {short(expected[near])} against {short(captured[near])}"


def _types(expected: str, captured: Any) -> str:
    return f"{expected} expected, {_family(captured).__name__} captured"
