"""Attribute values of OTLP's protobuf messages as plain Python values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.model.nesting import CYCLE, MAX_DEPTH, TOO_DEEP

_SCALARS = frozenset({str, int, bool, float})


def any_value(value: Any) -> Any:
    """Return an OTLP ``AnyValue`` as str, bool, int, float, bytes, list, dict or None."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    inner = getattr(value, kind)
    if kind == "array_value":
        return [any_value(item) for item in inner.values]
    if kind == "kvlist_value":
        return key_values(inner.values)
    return inner


def key_values(pairs: Iterable[Any]) -> dict[str, Any]:
    """Return OTLP ``KeyValue`` messages as a dict; a repeated key keeps its last value."""
    return {pair.key: any_value(pair.value) for pair in pairs}


def plain(value: Any, above: tuple[int, ...] = ()) -> Any:
    """Return a value with sequences as lists, as the wire has them, cut where it is too deep or in itself.

    Args:
        above: The ids of the containers that it is in.
    """
    if type(value) in _SCALARS:
        return value
    if not isinstance(value, (dict, tuple, list, Mapping)):
        return _plain_scalar(value)
    if id(value) in above:
        return CYCLE
    if len(above) >= MAX_DEPTH:
        return TOO_DEEP
    inside = (*above, id(value))
    if isinstance(value, (tuple, list)):
        return [plain(item, inside) for item in value]
    return {key: plain(item, inside) for key, item in value.items()}


def _plain_scalar(value: Any) -> Any:
    """Return a scalar as the wire has it: an app may give NumPy's, or an enumeration's member."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, float) else value


def plain_attributes(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return SDK attributes as a plain dict."""
    return {key: plain(value) for key, value in attributes.items()} if attributes else {}
