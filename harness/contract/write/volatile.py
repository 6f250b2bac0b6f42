"""Which captured values change from run to run, and what stays of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from harness.contract.forms import is_measured, is_volatile, pattern_of, template_of
from harness.contract.write.yaml_text import Said
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
_TYPES = {bool: "bool", int: "int", float: "float", str: "str", list: "list", dict: "dict", bytes: "bytes"}


def expected_entry(key: str, values: Sequence[Any], *, always: bool) -> tuple[str, Any]:
    """Return the key, with its operator, and the argument that all captured values fulfil.

    Args:
        values: Those captured under the key; at least one.
        always: It was captured every time.

    >>> expected_entry("app.now", ["2026-03-01T12:00:00+00:00"], always=True)
    ('app.now/format', 'date-time')
    >>> expected_entry("n", [1, 2], always=False)
    ('n/optional/type', Said(value='int', comment='2 values, such as 1'))
    """
    operator, argument = generalised(key, values)
    optional = "" if always else "/optional"
    if operator == "is" and ("/" in key and not optional):
        optional = "/is"
    return f"{key}{optional}{'' if operator == 'is' else '/' + operator}", argument


def generalised(key: str, values: Sequence[Any]) -> tuple[str, Any]:
    """Return the operator and the argument that all captured values of a key fulfil.

    >>> generalised("user_agent", ["curl/8.1"]), generalised("app.rows", [3])
    (('type', 'str'), ('is', 3))
    """
    kinds = {type(value) for value in values}
    first = values[0]
    if kinds == {str}:
        return _text(key, values)
    if kinds == {int}:
        if is_volatile(key) or is_measured(key) or any(abs(value) >= _EPOCH for value in values):
            return "type", "int"
        return ("is", first) if len(set(values)) == 1 else ("type", _said("int", values))
    if kinds <= {int, float}:
        return "type", "float" if kinds == {float} else "number"
    if kinds in ({bool}, {type(None)}) and len(set(values)) == 1:
        return "is", first
    if kinds == {list} and all(equal(first, value) for value in values) and _is_stable_list(key, first):
        return "is", first
    names = sorted({_TYPES.get(kind, "str") for kind in kinds - {type(None)}})
    if type(None) in kinds or not names:
        return "any_of", [None, *({"type": name} for name in names)]
    return "type", names[0] if len(names) == 1 else names


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


def _is_stable_list(key: str, value: list[Any]) -> bool:
    return not is_volatile(key) and all(
        type(item) in (str, int, bool) and (type(item) is not str or _form(item) is None) for item in value
    )


def _said(kind: str, values: Iterable[Any]) -> Said:
    distinct = sorted(set(values))
    if len(distinct) > _FEW:
        return Said(kind, f"more than {_FEW} values")
    return Said(kind, f"{len(distinct)} values, such as {shorten(str(distinct[0]), _SHOWN)}")
