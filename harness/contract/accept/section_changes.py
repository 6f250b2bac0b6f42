"""The changes that a run asks of what belongs to no request: log events, records, metrics, exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from harness.contract.accept.changes import Change, shown
from harness.contract.accept.yaml_file import add_item, key_of, put
from harness.contract.items import Contract, Item, Presence
from harness.contract.write.build import SECTION_WRITERS
from harness.expect.pool import Entry
from harness.model import Telemetry


def section_changes(
    contract: Contract, section: str, document: Any, parts: Sequence[Telemetry]
) -> Iterator[Change]:
    """Yield the changes of one section; one that the contract does not have stays away."""
    items: tuple[Item, ...] = getattr(contract, section)
    if not items:
        return
    nodes = document[section]
    pool = type(items[0].expectation).POOL
    entries = [entry for part in parts for entry in pool(part).entries]
    for item, node in zip(items, nodes, strict=True):
        identified = [entry for entry in entries if item.expectation.identifies(entry)]
        if any(map(item.expectation.holds, identified)):
            continue
        where = f"{section} › {item.expectation.short_name()}"
        line = item.site.line
        if identified:
            yield from _details(item, node, identified[0], where)
        elif item.presence is Presence.REQUIRED:
            title, remove = item.expectation.describe(), partial(nodes.remove, node)
            yield Change(where, "item", title, "", remove, line, item.relied_on)
    left = [entry for entry in entries if not any(item.expectation.identifies(entry) for item in items)]
    unknown = Telemetry(**{section: tuple(entry.value for entry in left)})
    for new in SECTION_WRITERS[section]([unknown]):
        yield Change(section, "item", "", shown(*next(iter(new.items()))), partial(add_item, nodes, new))


def _details(item: Item, node: Any, entry: Entry, where: str) -> Iterator[Change]:
    for field, expected in item.expectation.details:
        key = key_of(node, field.name)
        if key is not None and not field.holds(expected, entry.value):
            new, name = field.read(entry.value), field.name
            before, after = shown(key, node[key]), shown(name, new)
            edit = partial(put, node, name, name, new)
            yield Change(where, name, before, after, edit, item.site.line, item.relied_on)
