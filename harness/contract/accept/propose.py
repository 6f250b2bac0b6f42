"""The changes that a run asks of its contract, item by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, repeat
from typing import Any

from harness.contract.accept.changes import Change, as_one, below, shown, told_apart
from harness.contract.accept.document import Document, entry_of, items_of
from harness.contract.accept.grafts import with_grafts
from harness.contract.accept.item_names import new_names
from harness.contract.accept.mapping_changes import mapping_changes, replacement, setting
from harness.contract.accept.moves import Gone, New, is_held_after, with_moves
from harness.contract.accept.parts import parts_value
from harness.contract.accept.section_changes import section_changes
from harness.contract.accept.unexercised import unexercised_item, unexercised_keys
from harness.contract.items import Contract, Item, Operation, Presence
from harness.contract.kinds import KINDS, SECTIONS
from harness.contract.operators import identity_of, split_key
from harness.contract.optional import BY_SUBSET
from harness.contract.resources import different, named, resources_of, service_of
from harness.contract.write.operations import operations_of
from harness.contract.write.services import Services
from harness.contract.write.shapes import child_count, child_items, item_of
from harness.contract.write.trees import Trees
from harness.expect.compare import equal
from harness.expect.fields import MappingField
from harness.expect.omitted import OMITTED
from harness.expect.parts import PartsField
from harness.expect.render import short
from harness.expect.segments import as_annotation_key
from harness.model import RunRecord, Telemetry


def proposals(contract: Contract, document: Document, record: RunRecord) -> list[Change]:
    """Return the changes after which a run holds its contract.

    Args:
        contract: What the document says.
        document: The loaded file; a change edits it when it is applied.
    """
    return list(told_apart(_Proposer(contract, document, record).changes()))


class _Proposer:
    def __init__(self, contract: Contract, document: Document, record: RunRecord) -> None:
        self._document = document
        parts = [*(scenario.telemetry for scenario in record.scenarios), record.outside]
        self._parts: list[Telemetry] = parts
        self._trees = Trees(parts)
        self._names = new_names(contract, parts)
        self._contract, self._witness = self._names.contract, self._names.witness

    def changes(self) -> Iterator[Change]:
        yield from with_grafts(self._document, self._of_operations(), self._trees)
        yield from self._resources()
        for section in SECTIONS:
            yield from section_changes(
                self._names, section, self._document, self._parts, self._trees.services
            )

    def _of_operations(self) -> Iterator[Change]:
        nodes = items_of(self._document.root, "operations")
        renamed = map(
            self._new_name, (one.item for one in self._contract.operations), nodes, repeat("operations")
        )
        yield from as_one(chain.from_iterable(renamed))
        for operation, node in zip(self._contract.operations, nodes, strict=True):
            item = operation.item
            where, path = (
                item.expectation.short_name(),
                (item.kind, item.expectation.identity, operation.when),
            )
            if id(item) in self._witness.taken:
                changes = below(path, self._item(item, node, where))
                is_held = partial(is_held_after, self._contract, operation, self._parts)
                yield from with_moves(self._document, changes, is_held)
            elif item.presence is not Presence.FORBIDDEN:
                removal = self._removal(node, where, _title(operation))
                passing = Gone(item, None, self._document.root, "operations", node)
                removal = replace(removal, relied_on=item.whole_relied_on, asked=True, passing=passing)
                yield from below(path, [removal])
        yield from self._new_operations()

    # Operations that the contract does not know

    def _new_operations(self) -> Iterator[Change]:
        roots, root = self._witness.roots, self._document.root
        if not roots:
            return
        trees = self._trees.of(spans=roots.get("span", []), segments=roots.get("segment", []))
        declared = Counter(repr(o.item.expectation.identity) for o in self._contract.operations)
        found = operations_of(trees, always_when=True)
        declared.update(repr(identity_of(new)[1]) for new in found)
        for new in found:
            key = next(iter(new))
            kind, identity = identity_of(new)
            if declared[repr(identity)] == 1:  # nothing to tell it from
                new.pop("when", None)
            yield Change(
                where=str(new[key]),
                what="operation",
                before="",
                after=shown("operation", {k: v for k, v in new.items() if k in (key, "when")}),
                apply=partial(self._document.add_item, root, "operations", new),
                path=(repr(new),),
                passing=New(None, root, "operations", new, _named(roots[kind], identity)),
            )

    def _resources(self) -> Iterator[Change]:
        services, entry = self._contract.services, entry_of(self._document.root, "resource")
        if entry is None:
            return
        captured = different(one for part in self._parts for one in resources_of(part))
        owners = [service_of(services, resource) for resource in captured]
        is_list = entry.node.id == "sequence"
        for service, node in zip(services, entry.node.value if is_list else [entry.node], strict=True):
            own = [one.attributes for one, owner in zip(captured, owners, strict=True) if owner is service]
            if own:
                expected = service.attributes
                changes = mapping_changes(self._document, node, expected, own, 1, "resource", closed=False)
                yield from below("resource", changes)
            elif service.is_required:
                yield self._removal(node, "resource", f"service {short(named(service))}")
        unknown = [one for one, owner in zip(captured, owners, strict=True) if owner is None]
        for new in Services(unknown).listed():
            title = shown(*next(iter(new.items())))
            add = partial(self._document.add_item, self._document.root, "resource", new)
            yield Change("resource", "item", "", title, add, path=(repr(new),))

    # One item

    def _item(self, item: Item, node: Any, where: str) -> Iterator[Change]:
        for change in self._details(item, node, where):
            yield replace(change, relied_on=item.relied_on)
        yield from self._children(item, node, where)

    def _details(self, item: Item, node: Any, where: str) -> Iterator[Change]:
        values = self._witness.taken[id(item)]
        generated = item_of(values, self._trees)
        for field, expected in item.expectation.details:
            entry = entry_of(node, field.name)
            if entry is None:
                continue
            if isinstance(field, MappingField) and isinstance(expected, Mapping):
                captured = [field.read(value) for value in values]
                closed = field.name not in BY_SUBSET
                depth = field.depth
                changes = mapping_changes(
                    self._document, entry.node, expected, captured, depth, where, closed=closed
                )
                yield from below(field.name, changes)
            elif not all(field.holds(expected, value) for value in values):
                new = generated
                if isinstance(field, PartsField) and field.name in generated:
                    captured = [field.read(value) for value in values]
                    new = {field.name: parts_value(entry.node, expected, captured, generated[field.name])}
                yield replacement(self._document, entry, field.name, new, where)
        yield from self._moved(item, node, generated, where)
        yield from unexercised_keys(self._document, item, node, values, where, self._contract.levels)

    def _moved(self, item: Item, node: Any, generated: dict[str, Any], where: str) -> Iterator[Change]:
        """Yield what is now annotations or metadata of a document, where only the other is declared."""
        for name, other in (("annotations", "metadata"), ("metadata", "annotations")):
            declared = getattr(item.expectation, other, OMITTED)
            if name not in generated or entry_of(node, name) is not None or not isinstance(declared, Mapping):
                continue
            gone = _keys(declared) - _keys(plain_keys(generated.get(other, {})))
            if gone & _keys(plain_keys(generated[name])):
                yield setting(self._document, node, name, generated[name], where)

    def _children(self, item: Item, node: Any, where: str) -> Iterator[Change]:
        kind = KINDS[item.kind]
        if kind.children is None:
            return
        key = kind.children[0]
        children = [
            (child, child_node)
            for child, child_node in zip(item.children, items_of(node, key), strict=False)
            if child.presence is not Presence.FORBIDDEN
        ]
        yield from as_one(chain.from_iterable(self._new_name(*child, where) for child in children))
        for child, child_node in children:
            path = f"{where} › {child.expectation.short_name()}"
            changes = self._child(child, child_node, path, item, node, key)
            yield from below(child.expectation.identity, changes)
        yield from self._new_children(item, node, key, where)

    def _new_name(self, child: Item, node: Any, where: str) -> Iterator[Change]:
        changes = self._names.change(self._document, child, node, where)
        for change in below(child.expectation.identity, changes):
            yield replace(change, relied_on=child.whole_relied_on)

    def _child(
        self, child: Item, node: Any, where: str, parent: Item, above: Any, key: str
    ) -> Iterator[Change]:
        for change in self._presence(child, node, where):
            passing = Gone(child, parent, above, key, node) if change.what == "item" else None
            yield replace(change, relied_on=child.whole_relied_on, passing=passing)
        if id(child) in self._witness.taken:
            yield from self._item(child, node, where)

    def _presence(self, child: Item, node: Any, where: str) -> Iterator[Change]:
        """Yield what must change for how often a child was captured."""
        counts = self._witness.counts.get(id(child), [])
        present = {count for count in counts if count}
        if counts and not present and child.presence is Presence.REQUIRED:
            yield self._removal(node, where, child.expectation.describe())
            return
        if counts and id(child) not in self._witness.taken:
            yield from unexercised_item(self._document, child, node, where, self._contract.levels)
        if 0 in counts and present and child.presence is Presence.REQUIRED:
            yield setting(self._document, node, "presence", "optional", where)
        expected = 1 if child.count is None else child.count
        if not all(equal(expected, count) for count in present):
            key, value = child_count(present) or ("count", 1)
            yield setting(self._document, node, key, value, where)

    def _new_children(self, item: Item, node: Any, key: str, where: str) -> Iterator[Change]:
        """Yield an addition for each name below that no item took."""
        parents, left = self._witness.taken[id(item)], self._witness.left
        own: dict[int, Sequence[Any]] = {id(parent): left.get(id(parent), ()) for parent in parents}
        for new in child_items(parents, self._trees.with_below(own)):
            title = shown(*next(iter(new.items())))
            add = partial(self._document.add_item, node, key, new)
            _, identity = identity_of(new)
            passing = New(item, node, key, new, _named(chain.from_iterable(own.values()), identity))
            yield Change(where, key, "", f"{key}: {title}", add, path=(repr(new),), passing=passing)

    def _removal(self, node: Any, where: str, title: str) -> Change:
        return Change(where, "item", title, "", partial(self._document.remove, node))


def _named(nodes: Iterable[Any], identity: Any) -> list[Any]:
    return [node for node in nodes if equal(identity, node.name)]


def plain_keys(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a written mapping, and those in it, with keys that have no operators."""
    return {
        split_key(key)[0]: plain_keys(value) if isinstance(value, Mapping) else value
        for key, value in mapping.items()
    }


def _keys(mapping: Mapping[str, Any]) -> set[str]:
    """Return the keys of a mapping and of those in it, as an annotation may have them."""
    found = {as_annotation_key(key) for key in mapping}
    return found.union(*(_keys(value) for value in mapping.values() if isinstance(value, Mapping)))


def _title(operation: Operation) -> str:
    variant = f" when {operation.when!r}" if operation.when is not None else ""
    return f"{operation.item.expectation.describe()}{variant}"
