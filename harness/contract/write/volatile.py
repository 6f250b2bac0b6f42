"""Which captured values change from run to run, and what stays of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from harness.closest import closest
from harness.contract.forms import key_of, pattern_of, template_of
from harness.contract.key_words import is_measured, is_volatile
from harness.contract.operators import OPERATORS, split_key
from harness.contract.write.names import key_form
from harness.contract.write.yaml_text import DIFFERS, Said
from harness.expect.compare import equal
from harness.expect.render import shorten

_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX = re.compile(r"[0-9a-f]{16,}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_REDACTED = re.compile(r"redacted \(\d+ (?:chars|bytes)\)")
_EPOCH = 1_000_000_000
_LONG = 200
_SHOWN = 40
_FEW = 5
"""So many values are counted, and one is shown; how many more there are differs from run to run."""
_MOST_LISTED = 20
"""Items of a list that are written one by one."""
_MOST_LEVELS = 8
"""Of values: a contract may not be nested deeper than people read."""
_ALIKE = 0.7
"""So close to an operator's name, a key is read as a slip of one where one may stand."""
_SAID_FLOAT = re.compile(r"-?\d{1,6}\.\d{1,4}")
_TYPES = {bool: "bool", int: "int", float: "float", str: "str", list: "list", dict: "dict", bytes: "bytes"}


def mapping_of(
    captured: Sequence[dict[str, Any]], depth: int = 1, deepest: int = _MOST_LEVELS
) -> dict[str, Any]:
    """Return a mapping that every captured one fulfils, sorted by key.

    Args:
        depth: How many levels of keys are described one by one though some are missing at times.
        deepest: How many levels are described at all.

    >>> mapping_of([{"a": 1}, {"a": 1, "b": "x"}])
    {'a': 1, 'b/optional': 'x'}
    """
    by_key: dict[str, list[tuple[int, Any]]] = {}
    for number, one in enumerate(captured):
        for key, value in one.items():
            form = key_form(key)
            if form != key or key_of(key) is key:  # one that reads like a form stands for others
                by_key.setdefault(form, []).append((number, value))
    entries: dict[str, Any] = {}
    for key in sorted(by_key):
        values = [value for _, value in by_key[key]]
        always = len({number for number, _ in by_key[key]}) == len(captured)
        nested = deepest > 1 and all(isinstance(value, dict) for value in values) and any(values)
        if nested and (depth > 1 or always):
            name = _plain_key(key, always=always)
            argument: Any = mapping_of(values, depth - 1, deepest - 1)
        else:
            name, argument = expected_entry(key, values, always=always, deepest=deepest - 1)
        if split_key(name)[0] == key:  # not of `a/optional`, which says something of `a`
            entries[name] = argument
    return entries


def _plain_key(key: str, *, always: bool) -> str:
    return f"{key}/optional" if not always else f"{key}/is" if "/" in key else key


def expected_entry(
    key: str, values: Sequence[Any], *, always: bool, deepest: int = _MOST_LEVELS
) -> tuple[str, Any]:
    """Return the key, with its operator, and the argument that all captured values fulfil.

    Args:
        values: Those captured under the key; at least one.
        always: It was captured every time.
        deepest: How many levels of lists and mappings are described.

    >>> expected_entry("app.now", ["2026-03-01T12:00:00+00:00"], always=True)
    ('app.now/format', 'date-time')
    >>> expected_entry("n", [1, 2], always=False)
    ('n/optional/type', Said(value='int', comment='differs'))
    """
    operator, argument = generalised(key, values, deepest)
    optional = "" if always else "/optional"
    if operator == "is" and ("/" in key and not optional):
        optional = "/is"
    return f"{key}{optional}{'' if operator == 'is' else '/' + operator}", argument


def generalised(key: str, values: Sequence[Any], deepest: int = _MOST_LEVELS) -> tuple[str, Any]:
    """Return the operator and the argument that all captured values of a key fulfil.

    >>> generalised("user_agent", ["curl/8.1"]), generalised("app.rows", [3])
    (('type', 'str'), ('is', 3))
    """
    kinds = {type(value) for value in values}
    first = values[0]
    if kinds == {str}:
        return _text(key, values)
    if kinds <= {int, float}:
        return _number(key, values)
    if kinds in ({bool}, {type(None)}) and len(set(values)) == 1:
        return "is", first
    if kinds == {list}:
        return _list(key, values, deepest)
    names = sorted({_TYPES.get(kind, "str") for kind in kinds - {type(None)}})
    if type(None) in kinds or not names:
        return "any_of", [None, *({"type": name} for name in names)]
    return "type", names[0] if len(names) == 1 else names


def _number(key: str, values: Sequence[Any]) -> tuple[str, Any]:
    kinds, first = {type(value) for value in values}, values[0]
    if kinds != {int}:
        is_said = kinds == {float} and len(set(values)) == 1 and _is_stable_float(key, first)
        return ("is", first) if is_said else ("type", "float" if kinds == {float} else "number")
    if is_volatile(key) or is_measured(key) or any(abs(value) >= _EPOCH for value in values):
        return "type", "int"
    return ("is", first) if len(set(values)) == 1 else ("type", _said("int", values))


def _text(key: str, values: Sequence[str]) -> tuple[str, Any]:
    distinct = set(values)
    forms = {_form(value) for value in distinct}
    form = forms.pop() if len(forms) == 1 else None
    if form is not None and not (form[0] == "regex" and is_volatile(key)):
        return form
    if is_volatile(key) or any(_is_free(key, value) for value in distinct):
        return "type", "str"
    if len(distinct) == 1:
        return "is", values[0]
    return "type", _said("str", map(template_of, distinct))


def _is_free(key: str, value: str) -> bool:
    """Return whether a text is measured, redacted, or too long to be said."""
    measured = is_measured(key) and _NUMBER.fullmatch(value)
    return bool(measured or _REDACTED.fullmatch(value) or len(value) > _LONG or "\n" in value)


def _form(value: str) -> tuple[str, Any] | None:
    """Return the operator for text that names a moment, an id or a port."""
    if _UUID.fullmatch(value):
        return "format", "uuid"
    if _HEX.fullmatch(value):
        return "hex_id", len(value)
    if "T" in value and (moment := _moment(value)):
        return "format", "date-time" if moment.tzinfo else "local-date-time"
    pattern = None if len(value) > _LONG or "\n" in value else pattern_of(value)
    return None if pattern is None else ("regex", f"\\A{pattern}\\Z")


def _moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _is_stable_float(key: str, value: float) -> bool:
    """Return whether a float is said: not a measure, nor of so many digits as only a measure has."""
    return not (is_volatile(key) or is_measured(key)) and _SAID_FLOAT.fullmatch(repr(value)) is not None


def _list(key: str, values: Sequence[list[Any]], deepest: int) -> tuple[str, Any]:
    """Return the entry of lists: the same one in all, or else what each of their items is."""
    first = values[0]
    if len(first) <= _MOST_LISTED and all(equal(first, one) and equal(one, first) for one in values):
        if _is_stable_list(key, first):
            return "is", first
        if (
            len(first) <= _FEW
            and deepest > 0
            and all(item if isinstance(item, dict) else _is_said(item) for item in first)
        ):
            return "is", [
                mapping_of([item], 1, deepest - 1) if isinstance(item, dict) else item for item in first
            ]
    items = [item for value in values for item in value]
    if not items or deepest <= 0:
        return "type", "list"
    if all(isinstance(item, dict) for item in items) and any(items):
        described = mapping_of(items, 1, deepest - 1)
        return "each", {"is": described} if any(map(_is_like_operator, described)) else described
    operator, argument = generalised(key, items, deepest - 1)
    return "each", argument if operator == "is" and not isinstance(argument, dict) else {operator: argument}


def _is_like_operator(key: str) -> bool:
    return "/" not in key and closest(key, OPERATORS, cutoff=_ALIKE) is not None


def _is_stable_list(key: str, value: list[Any]) -> bool:
    return not is_volatile(key) and all(map(_is_said, value))


def _is_said(item: Any) -> bool:
    """Return whether an item of a list is the same in each run."""
    return type(item) in (str, int, bool) and (type(item) is not str or _form(item) is None)


def _said(kind: str, values: Iterable[Any]) -> Said:
    """Return a type, and from what it was generalised; numbers may be others in the next run."""
    distinct = sorted(set(values))
    is_data = any(not isinstance(value, str) or any(map(str.isdigit, value)) for value in distinct)
    if is_data or len(distinct) == 1:  # of texts of one form that are written in two ways
        return Said(kind, DIFFERS)
    if len(distinct) > _FEW:
        return Said(kind, f"more than {_FEW} values")
    return Said(kind, f"{len(distinct)} values, such as {shorten(distinct[0], _SHOWN)}")
