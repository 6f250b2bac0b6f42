"""An item that is gone below one parent and new below another one has moved, as the file says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change
from harness.contract.accept.document import Document
from harness.contract.check import OperationCheck
from harness.contract.deviations import Deviations
from harness.contract.items import Contract, Item, Operation
from harness.contract.operators import identity_of
from harness.model import Level, Telemetry

IsHeld = Callable[["Gone", "New"], bool]


@dataclass(frozen=True)
class Gone:
    """An item that nothing was captured of.

    Attributes:
        parent: The item that it is below; None of an operation.
        above: The node of the mapping whose list has it.
        key: Of that list.
        node: Its own node.
    """

    item: Item
    parent: Item | None
    above: Any
    key: str
    node: Any


@dataclass(frozen=True)
class New:
    """What the contract does not know.

    Attributes:
        parent: The item that it would be below; None of an operation.
        above: The node of the mapping whose list it comes into.
        key: Of that list.
        written: What is written of it.
        nodes: What was captured of it.
    """

    parent: Item | None
    above: Any
    key: str
    written: Mapping[str, Any]
    nodes: Sequence[Any]


def with_moves(document: Document, changes: Iterable[Change], is_held: IsHeld) -> Iterator[Change]:
    """Yield changes of one operation: what goes and comes again, as the file says it, is one change.

    Args:
        is_held: Whether the file still holds once an item has moved.
    """
    found = list(changes)
    gone, new = _by_identity(found, Gone), _by_identity(found, New)
    moved: dict[int, Change | None] = {}
    for identity in gone.keys() & new.keys():
        (number, before), (other, after) = gone[identity], new[identity]
        if before is not None and after is not None and is_held(before, after):
            apply = partial(document.move, before.above, before.node, after.above, before.key)
            places = _place(before), _place(after)
            moved[number] = replace(
                found[number], before=places[0], after=places[1], apply=apply, passing=None
            )
            moved[other] = None
    for number, change in enumerate(found):
        one = moved.get(number, change)
        if one is not None:
            yield one


def _place(one: Gone | New) -> str:
    return f"below {one.parent.expectation.short_name()}" if one.parent else ""


def _by_identity(changes: Sequence[Change], kind: type[Gone | New]) -> dict[str, tuple[int, Any]]:
    """Return the only one of each identity, with the number of its change; None where there are several."""
    found: dict[str, tuple[int, Any]] = {}
    for number, change in enumerate(changes):
        if isinstance(change.passing, kind):
            identity = _identity(change.passing)
            found[identity] = (number, None if identity in found else change.passing)
    return found


def _identity(one: Gone | New) -> str:
    if isinstance(one, Gone):
        return f"{one.item.kind} {one.item.expectation.identity!r}"
    kind, identity = identity_of(one.written)
    return f"{kind} {identity!r}"


def is_held_after(
    contract: Contract, operation: Operation, parts: Sequence[Telemetry], before: Gone, after: New
) -> bool:
    """Return whether a run has what the contract says of an item, once that is below another one."""
    item = _moved(operation.item, before, after)
    moved = replace(contract, operations=(replace(operation, item=item),))
    deviations = Deviations(contract.file)
    check = OperationCheck(moved, deviations)
    for telemetry in parts:
        check.check(telemetry)
    first, last = before.node.start_mark.line + 1, before.node.end_mark.line + 1
    return not any(
        finding.level is Level.ERROR and finding.site is not None and first <= finding.site.line <= last
        for finding in deviations.findings()
    )


def _moved(item: Item, before: Gone, after: New) -> Item:
    children = [_moved(child, before, after) for child in item.children if child is not before.item]
    if item is after.parent:
        children.append(before.item)
    return replace(item, children=tuple(children))
