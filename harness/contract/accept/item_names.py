"""Items that were renamed: a contract as it would be with their new names, and what these are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change, shown
from harness.contract.accept.conditions import Key, condition_change, renamed_conditions, with_condition
from harness.contract.accept.document import Document, entry_of
from harness.contract.accept.measures import is_one_measure
from harness.contract.check import OperationCheck
from harness.contract.deviations import Deviations
from harness.contract.items import Contract, Item, Operation
from harness.contract.kinds import SECTIONS
from harness.contract.operators import OPERATORS, split_key
from harness.contract.renames import Newcomer, renamed_items
from harness.contract.shares import is_forbidden
from harness.contract.trees import Witness
from harness.contract.write.build import SECTION_WRITERS
from harness.contract.write.names import Named, names_of, unkeyed
from harness.contract.write.services import Services
from harness.expect.compare import equal
from harness.expect.pool import Entry
from harness.model import Telemetry

_MESSAGES = ("log_events", "log_records")


@dataclass
class NewNames:
    """The new names of items, and the contract that has them.

    Attributes:
        contract: With the items as they were, but for their names.
        witness: Which nodes these items took.
        of: `id` of an item → its short name before, and the new one.
        conditions: `id` of the item of an operation → the key of its ``when`` that has another name.
        earlier: Contracts before it: their items must stay, for an `id` is that of nothing else then.
    """

    contract: Contract
    witness: Witness = field(default_factory=Witness)
    of: dict[int, tuple[str, Named]] = field(default_factory=dict)
    conditions: dict[int, Key] = field(default_factory=dict)
    earlier: list[Contract] = field(default_factory=list)

    def change(self, document: Document, item: Item, node: Any, above: str) -> Iterator[Change]:
        """Yield the change of an item's name, if it has a new one.

        Args:
            above: Where the item is.
        """
        if id(item) in self.conditions:
            yield from condition_change(
                document, node, self.conditions[id(item)], item.expectation.short_name()
            )
        if id(item) not in self.of:
            return
        before, (operator, argument) = self.of[id(item)]
        entry = entry_of(node, item.kind)
        if entry is not None:
            key = item.kind if operator == "is" else f"{item.kind}/{operator}"
            apply = partial(document.replace, entry, key, argument)
            told = shown(entry.key, entry.value), shown(key, argument)
            yield Change(f"{above} › {before}", item.kind, *told, apply)

    def operations(self) -> dict[str, Any]:
        """Return what is written of the new name of each operation that has one, by the name before."""
        renamed = (self.of[id(one.item)] for one in self.contract.operations if id(one.item) in self.of)
        return {before: unkeyed(named) for before, named in renamed}

    def rename(self, found: Mapping[int, Named], conditions: Mapping[int, Key]) -> None:
        """Give items their new names, and operations their conditions: in a contract that is made anew."""
        operations = tuple(self._operation(one, found, conditions) for one in self.contract.operations)
        sections: dict[str, Any] = {
            name: tuple(self._named(item, found) for item in getattr(self.contract, name))
            for name in SECTIONS
        }
        self.earlier.append(self.contract)
        self.contract = dataclasses.replace(self.contract, operations=operations, **sections)

    def _operation(
        self, operation: Operation, found: Mapping[int, Named], conditions: Mapping[int, Key]
    ) -> Operation:
        before, item = operation.item, self._named(operation.item, found)
        new = conditions.get(id(before))
        known = new or self.conditions.get(id(before))
        if known is not None:
            self.conditions[id(item)] = known
        return with_condition(dataclasses.replace(operation, item=item), new)

    def _named(self, item: Item, found: Mapping[int, Named]) -> Item:
        children = tuple(self._named(child, found) for child in item.children)
        name, expectation = found.get(id(item)), item.expectation
        if name is None and all(map(_is, children, item.children)):
            return item
        new = self.of.get(id(item))
        if name is not None:
            new = expectation.short_name(), name
            identity = {expectation.IDENTITY: _identity(name)}
            expectation = dataclasses.replace(expectation, **identity)  # type: ignore[type-var]  # it is one
        named = dataclasses.replace(item, expectation=expectation, children=children)
        if new is not None:
            self.of[id(named)] = new
        return named


def _is(one: Any, other: Any) -> bool:
    return one is other


def new_names(contract: Contract, parts: Sequence[Telemetry]) -> NewNames:
    """Return the new names of the items that a run has under another one.

    Below an item that was renamed others may be, so it is looked again until none is.
    """
    names = NewNames(contract)
    found, conditions = dict(_of_sections(contract, parts)), dict[int, Key]()
    while True:
        names.rename(found, conditions)
        names.witness = Witness()
        check = OperationCheck(names.contract, Deviations(contract.file), names.witness)
        for telemetry in parts:
            check.check(telemetry)
        found = dict(_of_children(names.contract, names.witness)) | dict(_of_operations(names))
        conditions = renamed_conditions(names.contract, names.witness)
        if not (found or conditions):
            return names


def _of_children(contract: Contract, witness: Witness) -> Iterator[tuple[int, Named]]:
    """Yield the `id` of each child item that is gone, and the name that it has now."""
    for operation in contract.operations:
        for item in _whole(operation.item):
            gone = [child for child in item.children if _is_gone(child, witness)]
            if gone:
                left = [
                    one for node in witness.taken.get(id(item), ()) for one in witness.left.get(id(node), ())
                ]
                for child, one in renamed_items(gone, _new_below(left), _holds):
                    yield id(child), one.name


def _of_operations(names: NewNames) -> Iterator[tuple[int, Named]]:
    """Yield the same of operations: of those of one name, one for each `when`, together."""
    for signal, roots in names.witness.roots.items():
        gone = [
            operation.item
            for operation in names.contract.operations
            if operation.item.kind == signal
            and id(operation.item) not in {*names.witness.taken, *names.of}
            and _may_be_renamed(operation.item)
            and not any(equal(operation.item.expectation.identity, root.name) for root in roots)
        ]
        if gone:
            for item, one in renamed_items(gone, _new_below(roots), _holds):
                yield id(item), one.name


def _new_below(left: Sequence[Any]) -> list[Newcomer[Named, Any]]:
    names = names_of(one.name for one in left)
    return [
        Newcomer(name, _identity(name), [one for one in left if names[one.name] == name])
        for name in sorted(set(names.values()))
    ]


def _identity(name: Named) -> Any:
    operator, argument = name
    return OPERATORS[operator].make(argument)


def _whole(item: Item) -> Iterator[Item]:
    yield item
    for child in item.children:
        yield from _whole(child)


def _is_gone(child: Item, witness: Witness) -> bool:
    """Return whether a child item took nothing, below none of the parents that were captured."""
    counts = witness.counts.get(id(child), ())
    return bool(counts) and not any(counts) and _may_be_renamed(child)


def _may_be_renamed(item: Item) -> bool:
    return not is_forbidden(item) and (item.count is None or not equal(item.count, 0))


def _holds(item: Item, value: Any) -> bool:
    return all(field.holds(expected, value) for field, expected in item.expectation.details)


def _of_sections(contract: Contract, parts: Sequence[Telemetry]) -> Iterator[tuple[int, Named]]:
    """Yield the same of items that belong to no request."""
    for section in SECTIONS:
        items: tuple[Item, ...] = getattr(contract, section)
        if not items:
            continue
        pool = type(items[0].expectation).POOL
        entries = [entry for part in parts for entry in pool(part).entries]
        gone = [
            item
            for item in items
            if _may_be_renamed(item) and not any(map(item.expectation.identifies, entries))
        ]
        if gone:
            left = [e for e in entries if not any(item.expectation.identifies(e) for item in items)]
            new = list(_new_in(section, left))
            for item, one in renamed_items(gone, new, _entry_holds, are_messages=section in _MESSAGES):
                yield id(item), one.name


def _entry_holds(item: Item, entry: Entry) -> bool:
    return item.expectation.holds(entry) or is_one_measure(item, entry)


def _new_in(section: str, left: Sequence[Entry]) -> Iterator[Newcomer[Named, Entry]]:
    """Yield the names that are written of what no item identifies."""
    write, services = SECTION_WRITERS[section], Services([])
    known: set[Named] = set()
    for written in write([Telemetry(**{section: tuple(entry.value for entry in left)})], services):
        key, argument = next(iter(written.items()))
        name = split_key(key)[2], argument
        if isinstance(argument, str) and name not in known:
            known.add(name)
            identity = _identity(name)
            yield Newcomer(name, identity, [entry for entry in left if equal(identity, entry.name)])
