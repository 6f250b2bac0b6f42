r"""Values that JSON has no word for, in a form that JSON can carry.

Attribute values, metadata and log bodies are `Any`. What JSON cannot say is
written as an object with one reserved key, and read back as it was:

==================  ============================================
value               in ``run.json``
==================  ============================================
bytes               ``{"$bytes": "<base64>"}``
nan, inf, -inf      ``{"$float": "nan"}``
a reserved object   ``{"$dict": {"$bytes": …}}``
==================  ============================================

A tuple or set becomes a list, a key its ``str``, a lone surrogate the text
``\udXXX``, any other object its ``repr``, and what is nested deeper than
`MAX_DEPTH` a note; these are not undone.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from typing import Any

from harness.model.nesting import MAX_DEPTH, TOO_DEEP
from harness.report.walk import SETTLED

RESERVED = ("$bytes", "$float", "$dict")
_TEXT = frozenset({str})
_PLAIN = SETTLED | _TEXT
_MARK = re.compile(rb'"\$(?:bytes|float|dict)"\s*:')


def to_plain(value: Any, depth: int = 0) -> Any:
    """Return a value that any JSON encoder takes; the same object if it is one already.

    >>> to_plain({"a": b"hi", "b": (1, float("inf"))})
    {'a': {'$bytes': 'aGk='}, 'b': [1, {'$float': 'inf'}]}
    """
    if isinstance(value, str):
        own = value if type(value) is str else str.__str__(value)  # an encoder may refuse a subclass
        return own if own.isascii() else _text(own)
    if type(value) in SETTLED:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if depth >= MAX_DEPTH:
        return TOO_DEEP
    return _container(value, depth)


def _text(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _key(value: Any) -> str:
    key = str(value)
    return key if key.isascii() else _text(key)


def _container(value: Any, depth: int) -> Any:
    if type(value) is dict and _is_plain(value):
        return value
    if isinstance(value, dict | Mapping):
        plain = {_key(key): to_plain(item, depth + 1) for key, item in value.items()}
        return {"$dict": plain} if _is_reserved(plain) else plain
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(item, depth + 1) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode("ascii")}
    return _text(repr(value))


def _is_plain(value: dict[Any, Any]) -> bool:
    """Return True for a dict of nothing but ASCII and whole numbers, as most are."""
    if not (_TEXT.issuperset(map(type, value)) and _PLAIN.issuperset(map(type, value.values()))):
        return False
    texts = [item for item in value.values() if type(item) is str]
    return "".join(value).isascii() and "".join(texts).isascii() and not _is_reserved(value)


def _is_reserved(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in RESERVED


def has_marks(data: bytes) -> bool:
    """Return True when JSON may hold a reserved object.

    >>> has_marks(b'{"a": {"$float": "nan"}}')
    True
    """
    return _MARK.search(data) is not None


def from_plain(value: Any) -> Any:
    """Return decoded JSON with its reserved objects as they were.

    Raises:
        ValueError: A reserved object does not hold what its key promises.

    >>> from_plain({"a": {"$bytes": "aGk="}})
    {'a': b'hi'}
    """
    if isinstance(value, list):
        return [from_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _is_reserved(value):
        return _unwrapped(*next(iter(value.items())))
    return {key: from_plain(item) for key, item in value.items()}


def _unwrapped(key: str, value: Any) -> Any:
    if key == "$dict" and isinstance(value, dict):
        return {name: from_plain(item) for name, item in value.items()}
    if key == "$float" and value in ("nan", "inf", "-inf"):
        return float(value)
    if key == "$bytes" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError(f"'$bytes' expected base64, captured {value[:40]!r}") from error
    raise ValueError(f"{key!r} cannot hold {value!r:.40}")
