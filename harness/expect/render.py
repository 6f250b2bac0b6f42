"""Values as text: Python source for expectations, short text for messages."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

from harness.expect.omitted import OMITTED
from harness.model.metric import MetricType, Temporality
from harness.model.secrets import hidden, is_secret_key, without_literals
from harness.model.span import SpanKind, Status, StatusCode

_LITERALS = frozenset({str, int, bool, float})
LIMIT = 160
"""Characters of one value in a message."""


def source(value: Any, key: object = "") -> str:
    """Return a value as Python source; lists and tuples are both ``[…]``.

    Args:
        key: What the value is of; where that is a secret's, the texts in it are hidden.

    Example:
        >>> source({"kind": SpanKind.SERVER, "ids": (1, 2), "password": "hunter2"})
        "{'kind': SERVER, 'ids': [1, 2], 'password': 'redacted (7 chars)'}"
    """
    if not is_secret_key(key):
        return _source(value)
    return repr(hidden(value)) if isinstance(value, str) else without_literals(_source(value))


def _source(value: Any) -> str:
    if type(value) in _LITERALS:
        return repr(value)
    if isinstance(value, (dict, Mapping)):  # an abstract class is slow to ask
        return "{" + ", ".join(f"{source(key)}: {source(item, key)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(source, value)) + "]"
    if isinstance(value, Status):
        return f"Status({source(value.code)}, {value.message!r})" if value.message else source(value.code)
    if isinstance(value, enum.Enum):
        return _constant(value)
    return repr(value)


def _constant(value: enum.Enum) -> str:
    if isinstance(value, SpanKind | StatusCode):
        return value.name
    if isinstance(value, MetricType | Temporality):
        return f"{type(value).__name__}.{value.name}"
    return repr(value)


def short(value: Any, limit: int = LIMIT, *, key: object = "") -> str:
    """Return a value as `source`, its middle cut out when it is long."""
    return shorten(source(value, key), limit)


def shorten(text: str, limit: int = LIMIT) -> str:
    """Return the text, its middle cut out when it has more characters than the limit."""
    if len(text) <= limit:
        return text
    tail = limit // 4
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"


def plain(text: str, limit: int = LIMIT) -> str:
    r"""Return text as it is when it fits on a line, as source when it does not, shortened.

    Example:
        >>> plain("GET /"), plain("Traceback:\n")
        ('GET /', "'Traceback:\\n'")
    """
    return shorten(text if text.isprintable() else repr(text), limit)


def call(name: str, *args: Any, **kwargs: Any) -> str:
    """Return a call as Python source, without the arguments that were omitted.

    Example:
        >>> call("span", "GET /", kind=SpanKind.SERVER, scope=OMITTED)
        "span('GET /', kind=SERVER)"
    """
    parts = [source(arg) for arg in args if arg is not OMITTED]
    parts += [f"{key}={source(value)}" for key, value in kwargs.items() if value is not OMITTED]
    return f"{name}({', '.join(parts)})"


def some(texts: Iterable[str], most: int = 5) -> str:
    """Return texts joined by commas, those beyond the first few only counted."""
    items = list(texts)
    if len(items) <= most:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"


def plural(count: int, noun: str) -> str:
    """Return ``1 span`` or ``2 spans``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
