"""The changes that a run asks of what belongs to no request: log events, records, metrics, exports."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from harness.contract import attributed
from harness.contract.accept.changes import Change, as_one, below, shown
from harness.contract.accept.document import Document, entry_of, items_of
from harness.contract.accept.document import Entry as FileEntry
from harness.contract.accept.item_names import NewNames
from harness.contract.accept.mapping_changes import mapping_changes, renaming, replacement, setting
from harness.contract.accept.series import spread
from harness.contract.accept.unexercised import unexercised_item
from harness.contract.attributed import Taken
from harness.contract.deviations import Deviations
from harness.contract.items import Item, Presence
from harness.contract.kinds import OPERATIONS_OF
from harness.contract.logged_in import LoggedIn
from harness.contract.operators import split_key
from harness.contract.optional import HEADERS
from harness.contract.renames import successor
from harness.contract.sections import is_taken, section_counts
from harness.contract.shares import forbids, is_forbidden
from harness.contract.write.build import SECTION_WRITERS
from harness.contract.write.exports import header_entries, lowered
from harness.contract.write.names import written
from harness.contract.write.services import Services
from harness.expect.compare import differences, equal
from harness.expect.fields import Field, MappingField
from harness.expect.metrics import POINT_FIELDS
from harness.expect.omitted import OMITTED
from harness.expect.pool import Entry
from harness.model import ExportRequest, Level, LogEvent, Telemetry

_IDS = frozenset({"trace_id", "span_id"})
_OF_POINTS = ("value", "sum")


def section_changes(
    names: NewNames, section: str, document: Document, parts: Sequence[Telemetry], services: Services
) -> Iterator[Change]:
    """Yield the changes of one section; one that the contract does not have stays away."""
    contract = names.contract
    items: tuple[Item, ...] = getattr(contract, section)
    if not items:
        return
    nodes = items_of(document.root, section)
    pool = type(items[0].expectation).POOL
    entries = [entry for part in parts for entry in pool(part).entries]
    each = section in attributed.SECTIONS
    found = spread(items, list(_taken(items, entries))) if each else None
    named = [(str(number), part) for number, part in enumerate(parts)]
    logged_in = LoggedIn(items)
    for part in parts:
        logged_in.see(part)
    counts = section_counts(contract, items, named, Deviations(contract.file), each=each)
    held = {id(e) for e in entries if any(not is_forbidden(i) and _is_as(i, e) for i in items)}
    of_items: list[Change] = []
    for item, node, count in zip(items, nodes, counts, strict=True):
        if is_forbidden(item):
            continue
        path = (section, item.expectation.identity)
        where = f"{section} › {item.expectation.short_name()}"
        identified = [entry for entry in entries if item.expectation.identifies(entry)]
        if not count and (not identified or _is_for_others(item, identified, found, held)):
            title = f"{item.expectation.describe()}{attributed.series_of(item, items)}"
            series = repr(attributed.expected_of(item)) if each else ""
            changes = below(series, _gone(document, item, node, where, title, contract.levels))
        elif found is None:
            others = [e for e in identified if id(e) not in held or _is_as(item, e)]
            changes = _of_any(document, item, node, others or identified, where)
        else:
            changes = _of_each(document, item, node, found, where)
        gone = [*(logged_in.missing(item) if count else ()), *logged_in.gone(item, contract.operations)]
        changes = chain(
            names.change(document, item, node, section),
            changes,
            _counted(document, item, node, count, where),
            _made_in(document, item, node, gone, names, where),
        )
        of_items += (replace(c, relied_on=item.relied_on) for c in below(path, changes))
    yield from as_one(of_items) if each else of_items
    taking = [item for item, count in zip(items, counts, strict=True) if count]
    left = [entry for entry in entries if not any(_knows(item, entry) for item in items)]
    left += [entry for entry in entries if id(entry) not in held and _is_elsewhere(entry, items, taking)]
    yield from _new_items(document, section, left, parts, services)


def _new_items(
    document: Document, section: str, left: Sequence[Entry], parts: Sequence[Telemetry], services: Services
) -> Iterator[Change]:
    """Yield the addition of what no item knows."""
    # Below which spans log records are made is written, too.
    spans = tuple(chain.from_iterable(part.spans for part in parts)) if section == "log_records" else ()
    unknown = Telemetry(**{"spans": spans, section: tuple(entry.value for entry in left)})
    for new in SECTION_WRITERS[section]([unknown], services):
        add = partial(document.add_item, document.root, section, new)
        yield Change(section, "item", "", shown(*next(iter(new.items()))), add, path=(section, repr(new)))


def _knows(item: Item, entry: Entry) -> bool:
    return forbids(item, entry) if is_forbidden(item) else item.expectation.identifies(entry)


def _is_elsewhere(entry: Entry, items: Sequence[Item], taking: Sequence[Item]) -> bool:
    """Return whether a log event is known, and each item of it has others in the log group that it names."""
    if not isinstance(entry.value, LogEvent) or any(forbids(item, entry) for item in items):
        return False
    known = [item for item in items if not is_forbidden(item) and item.expectation.identifies(entry)]
    return bool(known) and all(any(item is one for one in taking) for item in known)


def _is_as(item: Item, entry: Entry) -> bool:
    return item.expectation.identifies(entry) and item.expectation.holds(entry)


def _is_for_others(
    item: Item, identified: Sequence[Entry], found: Sequence[Taken] | None, held: Collection[int]
) -> bool:
    """Return whether other items take all that an item could."""
    if found is None:
        return all(id(entry) in held for entry in identified)
    return not any(taken.is_of(item) for taken in found)


def _counted(document: Document, item: Item, node: Any, count: int, where: str) -> Iterator[Change]:
    """Yield the change of how many there must be; none where there is none, or of any number."""
    if count and item.count is not None and not equal(item.count, count):
        yield setting(document, node, "count", count, where)


def _made_in(
    document: Document, item: Item, node: Any, gone: Sequence[Any], names: NewNames, where: str
) -> Iterator[Change]:
    """Yield the change of the operations that make a log record: renamed, and none that does no more."""
    said = entry_of(node, OPERATIONS_OF)
    if said is None:
        return
    renamed = names.operations()
    left = []
    for one, operation in zip(said.value, item.operations, strict=True):
        if isinstance(operation, str) and operation in renamed:
            left.append(renamed[operation])
        elif not any(operation is other for other in gone):
            left.append(one)
    if left != said.value:
        yield replacement(document, said, OPERATIONS_OF, {OPERATIONS_OF: left} if left else {}, where)


def _gone(
    document: Document, item: Item, node: Any, where: str, title: str, levels: Mapping[str, Level]
) -> Iterator[Change]:
    if item.presence is Presence.REQUIRED:
        yield Change(where, "item", title, "", partial(document.remove, node))
    else:
        yield from unexercised_item(document, item, node, where, levels)


def _of_any(
    document: Document, item: Item, node: Any, identified: Sequence[Entry], where: str
) -> Iterator[Change]:
    """Yield the changes of an item that one of those that it identifies must be as."""
    different = [entry for entry in identified if not item.expectation.holds(entry)]
    sent = [entry for entry in different if isinstance(entry.value, ExportRequest) and is_taken(entry.value)]
    if len(different) < len(identified) and not sent:
        return
    value = (sent or different)[0].value
    for field, expected in item.expectation.details:
        said = entry_of(node, field.name)
        if said is None or field.holds(expected, value):
            continue
        if field.name == HEADERS and isinstance(expected, Mapping):
            yield from below(HEADERS, _of_headers(document, said.node, expected, identified, where))
        else:
            yield replacement(document, said, field.name, _entry(field, [value]), where)


def _of_headers(
    document: Document, node: Any, expected: Mapping[str, Any], identified: Sequence[Entry], where: str
) -> Iterator[Change]:
    """Yield the changes of headers that do not hold: to what is written of them, which is no secret."""
    taken = [entry.value for entry in identified if is_taken(entry.value)]
    sent = [lowered(export.headers) for export in taken or [entry.value for entry in identified]]
    entries = {split_key(key)[0]: (key, value) for key, value in header_entries(sent).items()}
    for key, argument in node.value:
        name = split_key(str(key.value))[0].lower()
        if any(differences({name: expected.get(name)}, headers) for headers in sent):
            near = successor(name, expected.get(name), entries.keys() - expected.keys())
            if name not in entries and near is not None:
                yield renaming(document, FileEntry(key, argument), name, near, where)
                continue
            new = dict([entries[name]]) if name in entries else {}
            yield replacement(document, FileEntry(key, argument), name, new, where)


def _taken(items: Sequence[Item], entries: Sequence[Entry]) -> Iterator[Taken]:
    for entry in entries:
        taken = attributed.taken([item for item in items if item.expectation.identifies(entry)], entry)
        if taken is not None:
            yield taken


def _of_each(
    document: Document, item: Item, node: Any, found: Sequence[Taken], where: str
) -> Iterator[Change]:
    """Yield the changes of an item that everything closest to it must be as."""
    values = [taken.entry.value for taken in found if taken.is_of(item)]
    owned = [own.captured for taken in found for own in taken.owned if own.item is item]
    for field, expected in item.expectation.details:
        said = entry_of(node, field.name)
        if said is None or field.name == attributed.ATTRIBUTES.name:
            continue
        if isinstance(field, MappingField) and isinstance(expected, Mapping):
            captured = list(map(field.read, values))
            depth = field.depth
            inner = mapping_changes(document, said.node, expected, captured, depth, where, closed=False)
            yield from below(field.name, inner)
        elif not all(field.holds(expected, value) for value in values):
            yield replacement(document, said, field.name, _entry(field, values), where)
    yield from _of_points(document, item, node, owned, where)
    attributes = [one.attributes for one in owned]
    expected, said = attributed.expected_of(item), entry_of(node, attributed.ATTRIBUTES.name)
    if attributes and said is not None and isinstance(expected, Mapping):
        inner = mapping_changes(document, said.node, expected, attributes, 1, where, closed=True)
        yield from below(attributed.ATTRIBUTES.name, inner)


def _of_points(
    document: Document, item: Item, node: Any, points: Sequence[Any], where: str
) -> Iterator[Change]:
    """Yield the changes of what one of a metric's data points must be as: its value, and its sum."""
    for field in POINT_FIELDS:
        said, expected = entry_of(node, field.name), getattr(item.expectation, field.name, OMITTED)
        if field.name not in _OF_POINTS or said is None or expected is OMITTED:
            continue
        if points and not any(field.holds(expected, point) for point in points):
            numbers = {field.read(point) for point in points} - {None}
            new = {f"{field.name}/type": "number"} if len(numbers) > 1 else _entry(field, points)
            yield replacement(document, said, field.name, new if numbers else {}, where)


def _entry(field: Field, values: Sequence[Any]) -> dict[str, Any]:
    """Return the entry that all captured values fulfil."""
    read = {field.read(value) for value in values}
    if field.name in _IDS:
        return {f"{field.name}/present": True} if all(read) else {}
    plain = sorted((one.value if isinstance(one, enum.Enum) else one for one in read), key=repr)
    if len(plain) > 1:
        return {f"{field.name}/one_of": plain}
    return dict(written(field.name, plain[0])) if isinstance(plain[0], str) else {field.name: plain[0]}
