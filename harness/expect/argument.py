"""What an expectation's arguments may be: a wrong one is refused where it is written.

A type checker says so first; without one, a wrong argument would only never match.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.closest import closest
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
        meant: What may be written by mistake, in lower case, and what it means.
    """

    words: str
    types: tuple[type, ...]
    keyed: bool = True
    meant: tuple[tuple[str, str], ...] = ()

    def __or__(self, other: Taken) -> Taken:
        words = f"{self.words} or {other.words}"
        return Taken(words, (*self.types, *other.types), meant=(*self.meant, *other.meant))

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
        constant = getattr(value, "value", None)  # another library's, frozen
        foreign = bool(self.meant) and isinstance(value, Matcher) and isinstance(constant, enum.Enum)
        if foreign or not (self.takes(value) or isinstance(value, Matcher)):
            raise TypeError(
                f"{builder}: {argument}: expected {self.words} or a matcher, {short(value)} given"
                + self._closest(constant if foreign else value)
            )
        if self.keyed and type(value) is dict:
            _require_text_keys(builder, argument, value)

    def _closest(self, value: Any) -> str:
        """Return what was probably meant by a name, or by another library's constant."""
        name = value.name if isinstance(value, enum.Enum) else value
        near = closest(name.lower(), dict(self.meant)) if isinstance(name, str) else None
        return f"; closest: {dict(self.meant)[near]}" if near else ""


def _require_text_keys(builder: str, argument: str, mapping: dict[Any, Any]) -> None:
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise TypeError(f"{builder}: {argument}: expected text as key, {short(key)} given")
        if type(value) is dict:
            _require_text_keys(builder, argument, value)


def _one_of(constants: type[enum.Enum], prefix: str = "") -> Taken:
    names = {constant.name.lower(): prefix + constant.name for constant in constants}
    return Taken(f"one of harness's {', '.join(names.values())}", (constants,), meant=tuple(names.items()))


def _severities() -> Iterator[tuple[str, str]]:
    """Yield the names of severities with their numbers. Source: OpenTelemetry's logs data model."""
    for start, name in enumerate(("trace", "debug", "info", "warn", "error", "fatal")):
        for more in range(4):
            number = 4 * start + more + 1
            yield (
                f"{name}{more + 1 if more else ''}",
                f"{number}, which is {name.upper()}{more + 1 if more else ''}",
            )


ANYTHING: Final = Taken("anything", (object,), keyed=False)
TEXT: Final = Taken("text", (str,))
NUMBER: Final = Taken("a number", (int, float))
WHOLE_NUMBER: Final = Taken("a whole number", (int,))
FLAG: Final = Taken("True or False", (bool,))
MAPPING: Final = Taken("a mapping", (dict, Mapping))
NONE: Final = Taken("None", (type(None),))
KIND: Final = _one_of(SpanKind)
STATUS: Final = _one_of(StatusCode) | Taken("a Status", (Status,))
METRIC_TYPE: Final = _one_of(MetricType, "MetricType.")
TEMPORALITY: Final = _one_of(Temporality, "Temporality.")
SEVERITY: Final = Taken("a whole number", (int,), meant=tuple(_severities()))


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
