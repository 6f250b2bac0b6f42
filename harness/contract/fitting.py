"""Which operators and values fit a detail: a span kind is no `foo`, and a duration matches no pattern."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

from harness.contract.operators import OPERATORS
from harness.contract.problems import Place, did_you_mean
from harness.contract.values import given
from harness.contract.yaml_nodes import place_of, scalar
from harness.expect.argument import ANYTHING, Taken

_ANY = ("is", "one_of", "any_of", "all_of", "not", "type", "present", "absent")
_CONSTANT = ("regex", "starts_with", "ends_with", "contains")
_TEXT = (*_CONSTANT, "format", "length", "hex_id")
_NUMBER = ("gt", "ge", "lt", "le", "between", "approx")
_MAPPING = ("contains", "length", "each")
_OF_VALUES = ("one_of", "any_of", "all_of")

Misfit = tuple[Place, str]


def misfits(takes: Taken, operator: str, node: Any, place: Place) -> Iterator[Misfit]:
    """Yield where an operator, or what it is given, can hold for nothing that a detail takes.

    Args:
        takes: What may be expected of the detail.
        node: The operator's argument.
        place: Of the operator.
    """
    if takes is ANYTHING:
        return
    fitting = operators_for(takes)
    if operator not in fitting:
        yield place, f"operator {operator!r} does not fit {takes.words}{did_you_mean(operator, fitting)}"
    elif operator in _OF_VALUES and node.id == "sequence":
        for item in node.value:
            yield from _of_value(takes, operator, item)
    elif operator == "not":
        yield from _of_value(takes, operator, node)


def _of_value(takes: Taken, operator: str, node: Any) -> Iterator[Misfit]:
    nested = node.id == "mapping" and node.value and OPERATORS[operator].nested
    if nested and all(key.value in OPERATORS for key, _ in node.value):
        for key, argument in node.value:
            yield from misfits(takes, key.value, argument, place_of(key))
        return
    constants = [constant.value for kind in _constants_of(takes) for constant in kind]
    if node.id == "scalar":
        try:
            value = scalar(node)
        except ValueError:
            return  # that is a problem already
        if constants and value not in constants:
            yield place_of(node), f"{value!r} is not known{did_you_mean(str(value), constants)}"
        if constants or takes.takes(value):
            return
    elif Mapping in takes.types and node.id == "mapping":
        return
    yield place_of(node), f"expected {takes.words}, {given(node)} given"


def operators_for(takes: Taken) -> tuple[str, ...]:
    """Return the operators that can hold for what a detail takes.

    >>> from harness.expect.argument import FLAG
    >>> operators_for(FLAG)
    ('is', 'one_of', 'any_of', 'all_of', 'not', 'type', 'present', 'absent')
    """
    if takes is ANYTHING:
        return tuple(OPERATORS)
    found = dict.fromkeys(_ANY)
    for kind in takes.types:
        if _constants_of(takes):
            found |= dict.fromkeys(_CONSTANT)
        elif issubclass(kind, str):
            found |= dict.fromkeys(_TEXT)
        elif kind in (int, float):
            found |= dict.fromkeys(_NUMBER)
        elif issubclass(kind, Mapping):
            found |= dict.fromkeys(_MAPPING)
    return tuple(found)


def _constants_of(takes: Taken) -> list[type[enum.Enum]]:
    return [kind for kind in takes.types if issubclass(kind, enum.Enum)]
