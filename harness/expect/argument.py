"""What an expectation's arguments may be: a wrong one is refused where it is written.

A type checker says so first; without one, a wrong argument would only never match.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.expect.matcher import Matcher
from harness.expect.omitted import OMITTED
from harness.expect.render import short
from harness.model.metric import MetricType, Temporality
from harness.model.span import SpanKind, Status, StatusCode


@dataclass(frozen=True)
class Taken:
    """What an argument takes besides a matcher, to which any object with ``==`` was frozen.

    Attributes:
        words: How messages call it.
        types: Plain values of these types; a bool is a number only where it is among them.
        keyed: Whether a mapping's keys, at any depth, must be text.
    """

    words: str
    types: tuple[type, ...]
    keyed: bool = True

    def __or__(self, other: Taken) -> Taken:
        return Taken(f"{self.words} or {other.words}", (*self.types, *other.types))

    def takes(self, value: Any) -> bool:
        """Return whether a plain value is of one of the types."""
        return isinstance(value, self.types) and (type(value) is not bool or bool in self.types)

    def require(self, where: str, value: Any) -> None:
        """Refuse a plain value of another type.

        Raises:
            TypeError: It is one.
        """
        if not self.takes(value):
            raise TypeError(f"{where}: expected {self.words}, {short(value)} given")

    def require_frozen(self, builder: str, argument: str, value: Any) -> None:
        """Refuse what is neither a matcher nor of one of the types, and keys that nothing captured has.

        Raises:
            TypeError: It is such a value.
        """
        if not (self.takes(value) or isinstance(value, Matcher)):
            raise TypeError(
                f"{builder}: {argument}: expected {self.words} or a matcher, {short(value)} given"
            )
        if self.keyed and type(value) is dict:
            _require_text_keys(builder, argument, value)


def _require_text_keys(builder: str, argument: str, mapping: dict[Any, Any]) -> None:
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise TypeError(f"{builder}: {argument}: expected text as key, {short(key)} given")
        if type(value) is dict:
            _require_text_keys(builder, argument, value)


def _one_of(constants: type[enum.Enum], names: str) -> Taken:
    return Taken(f"one of harness's {names}", (constants,))


ANYTHING: Final = Taken("anything", (object,), keyed=False)
TEXT: Final = Taken("text", (str,))
NUMBER: Final = Taken("a number", (int, float))
WHOLE_NUMBER: Final = Taken("a whole number", (int,))
FLAG: Final = Taken("True or False", (bool,))
MAPPING: Final = Taken("a mapping", (dict, Mapping))
NONE: Final = Taken("None", (type(None),))
KIND: Final = _one_of(SpanKind, ", ".join(kind.name for kind in SpanKind))
STATUS: Final = _one_of(StatusCode, ", ".join(code.name for code in StatusCode)) | Taken(
    "a Status", (Status,)
)
METRIC_TYPE: Final = _one_of(MetricType, "MetricType")
TEMPORALITY: Final = _one_of(Temporality, "Temporality")


def require_arguments(builder: str, taken: Mapping[str, Taken], given: Mapping[str, Any]) -> None:
    """Refuse arguments of a builder that could never match.

    Args:
        taken: Argument → what it takes.
        given: Argument → frozen value, or `OMITTED`.

    Raises:
        TypeError: One of them is such a value.

    Example:
        >>> require_arguments("span", {"scope": TEXT}, {"scope": 5})
        Traceback (most recent call last):
        TypeError: span: scope: expected text or a matcher, 5 given
    """
    for argument, takes in taken.items():
        value = given[argument]
        # Most are omitted, or exactly of the type: an abstract class is slow to ask.
        if value is not OMITTED and (type(value) not in takes.types or type(value) is dict):
            takes.require_frozen(builder, argument, value)
