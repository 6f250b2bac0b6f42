"""Operators: what stands behind the last slash of a key, each one matcher of `harness.expect`.

``app.now/format: date-time`` is `iso8601()`, ``app.result_length/type: int``
is `instance_of(int)`. A key without an operator expects its value exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.expect import (
    absent,
    all_of,
    any_of,
    approx,
    between,
    contains,
    each,
    ends_with,
    ge,
    gt,
    hex_id,
    instance_of,
    iso8601,
    le,
    length,
    lt,
    not_,
    one_of,
    present,
    regex,
    starts_with,
)
from harness.expect.matcher import Matcher

TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float,),
    "number": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "bytes": (bytes,),
}
FORMATS = {
    "date-time": iso8601(),
    "local-date-time": iso8601(offset=False),
    "uuid": regex(r"(?i)\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z"),
}

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_TRUE = {"const": True}
_ANY: dict[str, Any] = {}
_LENGTH = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "object"}]}
_LIST = {"type": "array", "minItems": 1}


@dataclass(frozen=True)
class Operator:
    """One operator.

    Attributes:
        make: Argument → what an expectation takes; raises TypeError or ValueError for a wrong one.
        schema: JSON Schema of the argument.
        nested: The argument, or each of its items, may itself be ``{operator: argument}``.
    """

    make: Callable[[Any], Any]
    schema: Mapping[str, Any]
    nested: bool = False


def _text(make: Callable[[str], Any]) -> Callable[[Any], Any]:
    def made(argument: Any) -> Any:
        if not isinstance(argument, str):
            raise TypeError(f"expected text, {argument!r} given")
        return make(argument)

    return made


def _number(make: Callable[[float], Any]) -> Callable[[Any], Any]:
    def made(argument: Any) -> Any:
        if not isinstance(argument, int | float) or isinstance(argument, bool):
            raise TypeError(f"expected a number, {argument!r} given")
        return make(argument)

    return made


def _list(make: Callable[..., Any]) -> Callable[[Any], Any]:
    def made(argument: Any) -> Any:
        if not isinstance(argument, list) or not argument:
            raise TypeError(f"expected a list, {argument!r} given")
        return make(*argument)

    return made


def _flag(matcher: Any) -> Callable[[Any], Any]:
    def made(argument: Any) -> Any:
        if argument is not True:
            raise TypeError(f"expected true, {argument!r} given; leave the key out instead")
        return matcher

    return made


def _named(known: Mapping[str, Any]) -> Callable[[Any], Any]:
    def made(argument: Any) -> Any:
        if not isinstance(argument, str) or argument not in known:
            raise ValueError(f"expected one of {', '.join(known)}, {argument!r} given")
        return known[argument]

    return made


def _type(argument: Any) -> Any:
    names = argument if isinstance(argument, list) else [argument]
    find = _named(TYPES)
    return instance_of(*(kind for name in names for kind in find(name)))


def _between(argument: Any) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TypeError(f"expected [low, high], {argument!r} given")
    return between(*argument)


def _length(argument: Any) -> Any:
    whole = isinstance(argument, int) and not isinstance(argument, bool) and argument >= 0
    if not (whole or isinstance(argument, Matcher)):
        raise TypeError(f"expected a whole number of 0 or more, or such as {{ge: 1}}, {argument!r} given")
    return length(argument)


def _whole(make: Callable[[int], Any]) -> Callable[[Any], Any]:
    def made(argument: Any) -> Any:
        if not isinstance(argument, int) or isinstance(argument, bool):
            raise TypeError(f"expected a whole number, {argument!r} given")
        return make(argument)

    return made


OPERATORS: dict[str, Operator] = {
    "is": Operator(lambda value: value, _ANY),
    "type": Operator(
        _type, {"anyOf": [{"enum": list(TYPES)}, {"type": "array", "items": {"enum": list(TYPES)}}]}
    ),
    "format": Operator(_named(FORMATS), {"enum": list(FORMATS)}),
    "regex": Operator(_text(regex), _TEXT),
    "starts_with": Operator(_text(starts_with), _TEXT),
    "ends_with": Operator(_text(ends_with), _TEXT),
    "contains": Operator(contains, _ANY, nested=True),
    "one_of": Operator(_list(one_of), _LIST),
    "any_of": Operator(_list(any_of), _LIST, nested=True),
    "all_of": Operator(_list(all_of), _LIST, nested=True),
    "not": Operator(not_, _ANY, nested=True),
    "each": Operator(each, _ANY, nested=True),
    "length": Operator(_length, _LENGTH, nested=True),
    "gt": Operator(_number(gt), _NUMBER),
    "ge": Operator(_number(ge), _NUMBER),
    "lt": Operator(_number(lt), _NUMBER),
    "le": Operator(_number(le), _NUMBER),
    "between": Operator(_between, {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2}),
    "approx": Operator(_number(approx), _NUMBER),
    "hex_id": Operator(_whole(hex_id), {"type": "integer", "minimum": 1}),
    "present": Operator(_flag(present), _TRUE),
    "absent": Operator(_flag(absent), _TRUE),
}
"""Name → operator, in the order in which the documentation lists them."""

OPTIONAL = "optional"
"""``key/optional: value`` or ``key/optional/type: int``: it may be missing."""


def identity_of(written: Mapping[str, Any]) -> tuple[str, Any]:
    """Return the kind of a written item, and what identifies one, as an expectation takes it.

    >>> identity_of({"span/starts_with": "GET ", "kind": "server"})
    ('span', starts_with('GET '))
    """
    key, argument = next(iter(written.items()))
    kind, _, operator = split_key(key)
    return kind, OPERATORS[operator].make(argument)


def split_key(text: str) -> tuple[str, bool, str]:
    """Return the name in a key, whether it is optional, and its operator (``is`` by default).

    Raises:
        ValueError: What stands behind the last slash is no operator; its only argument.

    >>> split_key("app.now/optional/format"), split_key("rows")
    (('app.now', True, 'format'), ('rows', False, 'is'))
    """
    name, slash, last = text.rpartition("/")
    if not slash:
        return text, False, "is"
    if last == OPTIONAL:
        return name, True, "is"
    if last not in OPERATORS:
        raise ValueError(last)
    bare = name.removesuffix(f"/{OPTIONAL}")
    return bare, bare != name, last


def optional(matcher: Any) -> Any:
    """Return a matcher that also takes a key that was not captured.

    >>> optional(3)
    any_of(absent, 3)
    """
    return any_of(absent, matcher)
