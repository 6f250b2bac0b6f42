"""Values of a contract: keys with operators become matchers of `harness.expect`."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from harness.closest import closest
from harness.contract.forms import key_of
from harness.contract.operators import OPERATORS, OPTIONAL, optional, split_key
from harness.contract.problems import Place, Problems, did_you_mean
from harness.contract.yaml_nodes import place_of, scalar
from harness.expect import all_of
from harness.expect.matcher import Matcher
from harness.expect.matchers.regex import Regex

E = TypeVar("E", bound=enum.Enum)
_SHOWN = 40
_ALIKE = 0.8
"""So close to an operator's name, a key in an operator's argument is a slip, not data."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One key of a mapping, taken apart.

    Attributes:
        key: Without its operator.
        optional: It says ``/optional``.
        operator: ``is`` when it names none.
        node: What it holds.
    """

    key: str
    operator: str = "is"
    optional: bool = False
    place: Place
    node: Any


class ValueReader:
    """Reads values and adds to `problems` what cannot be one."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def entries(self, node: Any, what: str) -> Iterator[Entry]:
        """Yield the keys of a mapping; what is none, and a key given twice, is a problem.

        Args:
            what: What messages call it.
        """
        if node.id != "mapping":
            self._problems.add(place_of(node), f"{what}: expected a mapping, {given(node)} given")
            return
        seen: dict[str, Place] = {}
        for key_node, value_node in node.value:
            entry = self._entry(key_node, value_node)
            if entry is None:
                continue
            if entry.key in seen:
                first = seen[entry.key]
                message = f"{entry.key!r} is given twice, first in line {first.line}; keep one"
                self._problems.add(entry.place, message)
                continue
            seen[entry.key] = entry.place
            yield entry

    def _entry(self, key_node: Any, value_node: Any) -> Entry | None:
        place = place_of(key_node)
        if key_node.id != "scalar" or key_node.tag.endswith(":null"):
            self._problems.add(place, f"a key must be text, {given(key_node)} given")
            return None
        try:
            name, is_optional, operator = split_key(key_node.value)
        except ValueError as error:
            (unknown,) = error.args
            hint = did_you_mean(unknown, (*OPERATORS, OPTIONAL))
            cure = f"a name that has a slash itself is written {key_node.value + '/is'!r}"
            self._problems.add(place, f"unknown operator {unknown!r} in {key_node.value!r}{hint}; {cure}")
            return None
        return Entry(key=name, optional=is_optional, operator=operator, place=place, node=value_node)

    def known(
        self, node: Any, what: str, known: tuple[str, ...], operable: tuple[str, ...] = ()
    ) -> Iterator[Entry]:
        """Yield the entries whose key is known, and that have an operator only where one makes sense.

        Args:
            operable: Keys that may have one.
        """
        for entry in self.entries(node, what):
            said = OPTIONAL if entry.optional else entry.operator
            if entry.key not in known:
                self._problems.add(
                    entry.place, f"unknown key {entry.key!r} in {what}{did_you_mean(entry.key, known)}"
                )
            elif entry.key not in operable and said != "is":
                self._problems.add(
                    entry.place, f"{entry.key!r} takes no operator, {said!r} given; write '{entry.key}: …'"
                )
            else:
                yield entry

    def items(self, entry: Entry | None) -> list[Any]:
        """Return the nodes of a list; none where there is no entry."""
        if entry is None:
            return []
        if entry.node.id != "sequence":
            self._problems.add(
                place_of(entry.node), f"{entry.key}: expected a list of items, each starting with '- '"
            )
            return []
        return list(entry.node.value)

    def names(self, entry: Entry | None) -> Iterator[Any]:
        """Yield the names of a list, each a text or a matcher: ``{starts_with: "GET "}``."""
        nodes = self.items(entry)
        if entry is not None and entry.node.id == "sequence" and not nodes:
            self._problems.add(place_of(entry.node), f"{entry.key}: a list of names is empty; remove it")
        seen: list[Any] = []
        for node in nodes:
            told = len(self._problems)
            name = self._nested(node)
            if name in seen:
                self._problems.add(place_of(node), f"{name!r} is given twice; keep one")
            seen.append(name)
            is_name = isinstance(name, Matcher) or (isinstance(name, str) and bool(name))
            if len(self._problems) == told and not is_name:
                words = f"{entry.key if entry else ''}: expected a name, {given(node)} given"
                self._problems.add(place_of(node), words)
            if len(self._problems) == told:
                yield name

    def constant(self, entry: Entry | None, kind: type[E]) -> E | None:
        """Return the constant that an entry names; None where it names none, which is told."""
        if entry is None:
            return None
        value = self.value(entry.node)
        for constant in kind:
            if constant.value == value:
                return constant
        hint = did_you_mean(str(value), [str(constant.value) for constant in kind])
        said = "nothing is given" if value is None else f"{value!r} is not known"
        self._problems.add(place_of(entry.node), f"{entry.key}: {said}{hint}")
        return None

    def expected(self, entry: Entry) -> Any:
        """Return what an entry expects: a plain value, a dict, or a matcher; None with a problem added."""
        operator = OPERATORS[entry.operator]
        argument = self._nested(entry.node) if operator.nested else self.value(entry.node)
        try:
            made = operator.make(argument)
        except (TypeError, ValueError) as error:
            self._problems.add(place_of(entry.node), f"{entry.key}/{entry.operator}: {error}")
            return None
        if isinstance(made, Regex):
            made = dataclasses.replace(made, place=self._problems.at(place_of(entry.node)))
        return optional(made) if entry.optional else made

    def value(self, node: Any) -> Any:
        """Return a value as Python has it; keys of mappings may have operators."""
        if node.id == "mapping":
            return self.mapping(node, "value")
        if node.id == "sequence":
            return [self.value(item) for item in node.value]
        try:
            return scalar(node)
        except ValueError as error:
            self._problems.add(place_of(node), f"{node.value[:40]!r} cannot be read: {error}")
            return None

    def mapping(self, node: Any, what: str) -> dict[str, Any]:
        """Return a mapping whose values are what each key expects."""
        return {key_of(entry.key): self.expected(entry) for entry in self.entries(node, what)}

    def _nested(self, node: Any) -> Any:
        """Return the argument of an operator that takes matchers."""
        if node.id == "sequence":
            return [self._nested(item) for item in node.value]
        if node.id != "mapping" or not all(key.value in OPERATORS for key, _ in node.value):
            self._refuse_slips(node)
            return self.value(node)
        made = [
            self.expected(Entry(key="", operator=key.value, place=place_of(key), node=value))
            for key, value in node.value
        ]
        return made[0] if len(made) == 1 else all_of(*made) if made else {}

    def _refuse_slips(self, node: Any) -> None:
        """Add a problem for each key that is almost an operator, where one could stand."""
        for key, _ in node.value if node.id == "mapping" else ():
            # A name with an operator is a key: `n/type` is no slip of `type`.
            near = None if "/" in str(key.value) else closest(str(key.value), OPERATORS, cutoff=_ALIKE)
            if near and key.value not in OPERATORS:
                self._problems.add(
                    place_of(key),
                    f"unknown operator {key.value!r}; did you mean {near!r}?; a mapping that has this key"
                    f" is written 'is: {{{key.value}: …}}'",
                )


def given(node: Any) -> str:
    """Return how a message calls what a node holds: as the file says it."""
    if node.id == "mapping":
        return "a mapping" if node.value else "an empty mapping"
    if node.id == "sequence":
        return "a list" if node.value else "an empty list"
    text: str = node.value[:_SHOWN]
    return repr(text) if node.tag.endswith(":str") else text or "nothing"
