"""A contract file as a `Contract`, or everything that is wrong with it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from harness.contract.fitting import misfits
from harness.contract.items import (
    VERSION,
    Contract,
    Item,
    Operation,
    OptionalKey,
    Presence,
    Service,
    Tier,
    Waiver,
)
from harness.contract.kinds import COMMON, EVENTS, KINDS, LINKS, OPERATIONS, OPERATIONS_OF, SECTIONS, Kind
from harness.contract.operators import OPERATORS
from harness.contract.optional import optional_parts, optional_paths
from harness.contract.part_reader import PartReader
from harness.contract.problems import Place, Problems
from harness.contract.values import Entry, ValueReader, given
from harness.contract.waivers import is_day
from harness.contract.yaml_nodes import compose, is_plain, name_places, place_of, read_contract_text
from harness.expect import Expectation
from harness.expect.argument import TEXT, WHOLE_NUMBER, Taken
from harness.expect.freeze import freeze
from harness.expect.omitted import OMITTED
from harness.expect.parts import Part
from harness.expect.presence import Present
from harness.model import Level, Site

LEVELS = {
    "undeclared_operation": Level.ERROR,
    "undeclared": Level.WARNING,
    "unexercised": Level.WARNING,
}
"""What `levels` may name, with the defaults."""
_WHEN = "when"
_COUNT = "count"
_NO_COUNT = (
    "count: an operation may be requested any number of times; count what is below it, or remove 'count'"
)
_NO_IDENTITY = "'{kind}' is missing: an item starts with what identifies it"
_UNREAD = Present()
"""Identifies what says nothing that can be read, so that the rest of it is looked at."""
_WAIVER = ("finding", "where", "owner", "reason", "expires")


def load_contract(file: Path, *, shown: str = "") -> Contract:
    """Return the contract in a file.

    Args:
        shown: How findings and errors name the file.

    Raises:
        ContractError: It cannot be read, or is wrong; every place is named.
    """
    return parse_contract(read_contract_text(file), file=shown or str(file))


def parse_contract(text: str, *, file: str = "contract") -> Contract:
    r"""Return the contract that a text holds.

    Raises:
        ContractError: It is wrong; every place is named.

    >>> parse_contract("version: 1\noperations:\n  - span: GET /").operations[0].item.expectation
    span('GET /')
    """
    problems = Problems(file)
    root = compose(text, problems)
    contract = Contract(file=file)
    if root is not None and is_plain(root, problems):
        name_places(root)
        contract = _Reader(file, problems).contract(root)
    problems.raise_any()
    return dataclasses.replace(contract, digest=hashlib.sha256(text.encode()).hexdigest())


class _Reader:
    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._values = ValueReader(problems)
        self._parts = PartReader(self._values, problems)

    # The file

    def contract(self, root: Any) -> Contract:
        known = ("version", "levels", "resource", "operations", *SECTIONS, "waivers")
        found = {entry.key: entry for entry in self._values.known(root, "the contract", known)}
        self._require_version(root, found.get("version"))
        nodes = self._values.items
        sections: dict[str, Any] = {
            name: tuple(item for node in nodes(found.get(name)) if (item := self._item(node, KINDS[kind])))
            for name, kind in SECTIONS.items()
        }
        return Contract(
            file=self._file,
            levels=self._levels(found.get("levels")),
            services=tuple(self._services(found.get("resource"))),
            operations=tuple(self._operations(found.get("operations"))),
            waivers=tuple(w for node in nodes(found.get("waivers")) if (w := self._waiver(node))),
            **sections,
        )

    def _require_version(self, root: Any, entry: Entry | None) -> None:
        if entry is None:
            self._problems.add(place_of(root), f"'version' is missing; write 'version: {VERSION}' first")
        elif (version := self._values.value(entry.node)) != VERSION or type(version) is not int:
            cure = "install the telemetry-harness that wrote it" if _is_newer(version) else f"write {VERSION}"
            self._problems.add(
                place_of(entry.node), f"version {version!r} is not read, expected {VERSION}; {cure}"
            )

    def _levels(self, entry: Entry | None) -> dict[str, Level]:
        if entry is None:
            return dict(LEVELS)
        given = {}
        for item in self._values.known(entry.node, "levels", tuple(LEVELS)):
            level = self._values.constant(item, Level)
            if level is not None:
                given[item.key] = level
        return LEVELS | given

    def _services(self, entry: Entry | None) -> Iterator[Service]:
        if entry is None:
            return
        is_list = entry.node.id == "sequence" and bool(entry.node.value)
        for node in entry.node.value if is_list else [entry.node]:
            attributes = freeze(self._values.mapping(node, "resource"))
            place = place_of(node) if is_list else entry.place
            yield Service(attributes=attributes, site=self._site(place), is_required=is_list)

    def _operations(self, entry: Entry | None) -> Iterator[Operation]:
        seen: dict[tuple[str, str, str], Place] = {}
        for node in self._values.items(entry):
            operation = self._operation(node)
            if operation is None:
                continue
            identity = operation.item.expectation.identity
            key = (operation.item.kind, repr(identity), repr(operation.when))
            if key in seen and identity is not _UNREAD:
                self._problems.add(
                    place_of(node),
                    f"operation {operation.item.expectation.describe()} is declared twice, first in line"
                    f" {seen[key].line}; tell them apart by 'when', or keep one",
                )
            seen.setdefault(key, place_of(node))
            yield operation

    def _operation(self, node: Any) -> Operation | None:
        kind = self._kind_of(node)
        item = self._item(node, kind, also=(_WHEN,)) if kind else None
        if kind is None or item is None:
            return None
        found = {entry.key: entry for entry in self._quiet_entries(node)}
        if not any(name in found for name in OPERATIONS):
            return None
        if _COUNT in found:
            self._problems.add(found[_COUNT].place, _NO_COUNT)
        when = found.get(_WHEN)
        if when is None:
            return Operation(item=item)
        details = {e.key: e for e in self._values.known(when.node, _WHEN, kind.details, kind.details)}
        return Operation(item=item, when=self._build(kind, item.expectation.identity, details))

    def _kind_of(self, node: Any) -> Kind | None:
        if node.id == "mapping":
            for key, _ in node.value:
                name = str(key.value).partition("/")[0]
                if name in OPERATIONS:
                    return KINDS[name]
            if node.value:  # what else is wrong with it is told, too
                names = {str(key.value).partition("/")[0] for key, _ in node.value}
                return max((KINDS[name] for name in OPERATIONS), key=lambda kind: len(names & set(kind.keys)))
        self._problems.add(place_of(node), "an operation starts with 'span: NAME' or 'segment: NAME'")
        return None

    def _waiver(self, node: Any) -> Waiver | None:
        found = {entry.key: entry for entry in self._values.known(node, "waiver", _WAIVER)}
        texts = {name: self._text(entry) for name, entry in found.items()}
        missing = [name for name in _WAIVER if name not in texts and name != "where"]
        if missing:
            self._problems.add(
                place_of(node), f"waiver: {', '.join(missing)} missing; who waives what, why and until when?"
            )
        if (day := texts.get("expires")) and not is_day(day):
            place = place_of(found["expires"].node)
            self._problems.add(place, f"expires: expected a day such as 2027-01-31, {day!r} given")
        if missing:
            return None
        return Waiver(
            finding=texts["finding"],
            where=texts.get("where", ""),
            owner=texts["owner"],
            reason=texts["reason"],
            expires=texts["expires"],
            site=self._site(place_of(node)),
        )

    # Items

    def _item(self, node: Any, kind: Kind, also: tuple[str, ...] = ()) -> Item | None:
        parts = (EVENTS, LINKS) if kind.name == "span" else ()
        known = (*kind.keys, *COMMON, *also)
        operable = (kind.name, *kind.details, _COUNT)
        found = {entry.key: entry for entry in self._values.known(node, kind.name, known, operable)}
        identity = found.get(kind.name)
        if identity is None:
            words = "an operation starts with 'span: NAME' or 'segment: NAME'" if also else _NO_IDENTITY
            self._problems.add(place_of(node), words.format(kind=kind.name))
        details = {name: entry for name, entry in found.items() if name in (*kind.details, *parts)}
        expectation = self._build(kind, self._identity(kind, identity) if identity else _UNREAD, details)
        below: tuple[Item, ...] = ()
        if kind.children and kind.children[0] in found:
            below_kind = KINDS[kind.children[1]]
            nodes = self._values.items(found[kind.children[0]])
            below = tuple(item for child in nodes if (item := self._item(child, below_kind)))
        count = found.get(_COUNT)
        return Item(
            kind=kind.name,
            expectation=expectation,
            site=self._site(identity.place if identity else place_of(node)),
            presence=self._values.constant(found.get("presence"), Presence) or Presence.REQUIRED,
            count=freeze(self._count(count)) if count else None,
            tier=self._tier(found),
            used_by=tuple(self._used_by(found.get("used_by"))),
            operations=tuple(self._names(found.get(OPERATIONS_OF))),
            children=below,
            optional=tuple(
                key
                for name, entry in details.items()
                for key in self._optional(kind, name, entry, expectation)
            ),
        )

    def _optional(
        self, kind: Kind, name: str, entry: Entry, expectation: Expectation[Any]
    ) -> Iterator[OptionalKey]:
        if name in (EVENTS, LINKS) and (parts := getattr(expectation, name)) is not OMITTED:
            listed = list(zip(parts, self._values.items(entry), strict=False))
            yield from optional_parts(name, ((part, self._site(place_of(node))) for part, node in listed))
            yield from self._optional_in_parts(name, listed)
        if entry.optional:
            yield OptionalKey((name,), self._site(entry.place))
        if name in kind.mappings and entry.operator == "is":
            for path, place in optional_paths(entry.node, (name,)):
                yield OptionalKey(path, self._site(place))

    def _optional_in_parts(self, name: str, parts: Iterable[tuple[Part, Any]]) -> Iterator[OptionalKey]:
        """Yield the optional attributes of events or links; those of several that are alike once."""
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for part, node in parts:
            for key in self._quiet_entries(node) if node.id == "mapping" else ():
                for path, place in optional_paths(key.node, (name, key.key)) if key.operator == "is" else ():
                    if (part.describe(), path) not in seen:
                        seen.add((part.describe(), path))
                        yield OptionalKey(path, self._site(place), part)

    def _identity(self, kind: Kind, entry: Entry) -> Any:
        """Return what identifies an item; where it cannot be read, which is told, something that can."""
        told = len(self._problems)
        value = self._values.expected(entry)
        if len(self._problems) == told and self._fits(kind.name, kind.takes(kind.name), entry):
            self._require_name(kind, entry, value)
        return value if len(self._problems) == told else _UNREAD

    def _require_name(self, kind: Kind, entry: Entry, value: Any) -> None:
        if isinstance(value, str) or not kind.is_named or entry.operator != "is":
            return
        quoted = f"write {entry.node.value!r}" if entry.node.id == "scalar" and value is not None else ""
        cure = quoted or f"write its name, or an operator such as {kind.name + '/regex'!r}"
        message = f"{kind.name}: expected text, {given(entry.node)} given; {cure}"
        self._problems.add(place_of(entry.node), message)

    def _count(self, entry: Entry) -> Any:
        value = self._values.expected(entry)
        if entry.operator != "is":
            return value if self._fits(_COUNT, WHOLE_NUMBER, entry) else None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            operator = next(iter(value), "") if isinstance(value, dict) else ""
            cure = f"write 'count/{operator if operator in OPERATORS else 'ge'}: 1'"
            message = f"count: expected a whole number of 0 or more, {given(entry.node)} given; "
            self._problems.add(place_of(entry.node), f"{message}of another number {cure}")
        return value

    def _tier(self, found: dict[str, Entry]) -> Tier:
        default = Tier.PUBLIC if "used_by" in found else Tier.INTERNAL
        tier = self._values.constant(found.get("tier"), Tier) or default
        if tier is not default is Tier.PUBLIC:
            self._problems.add(
                found["tier"].place, "tier: an item with 'used_by' is public; remove one of them"
            )
        return tier

    def _names(self, entry: Entry | None) -> Iterator[Any]:
        """Yield the names of a list, of which each can be that of something."""
        for node in entry.node.value if entry is not None and entry.node.id == "sequence" else ():
            for key, value in node.value if node.id == "mapping" else ():
                for place, words in misfits(TEXT, key.value, value, place_of(key)):
                    self._problems.add(place, f"{entry.key if entry else ''}: {words}")
        yield from self._values.names(entry)

    def _used_by(self, entry: Entry | None) -> Iterator[str]:
        if entry is None:
            return
        nodes = entry.node.value if entry.node.id == "sequence" else [entry.node]
        for node in nodes or [entry.node]:
            value = self._values.value(node) if node.id == "scalar" else None
            if isinstance(value, str) and value:
                yield value
            else:
                self._problems.add(
                    place_of(node),
                    f"used_by: expected the name of a dashboard or alarm, {given(node)} given;"
                    " where nobody is to be named, write 'tier: public'",
                )

    def _build(self, kind: Kind, identity: Any, details: dict[str, Entry]) -> Expectation[Any]:
        """Return the expectation of what can be read; a detail that cannot be part of one is told."""
        given: dict[str, Any] = {}
        for name, entry in details.items():
            told = len(self._problems)
            value = self._detail(kind, name, entry)
            if len(self._problems) == told and self._takes(kind, name, value, entry):
                given[name] = value
        return kind.build(identity, **given)

    def _takes(self, kind: Kind, name: str, value: Any, entry: Entry) -> bool:
        """Return whether an expectation takes a detail; what is wrong with it is told where it is."""
        if name in kind.details and not self._fits(f"{kind.name}: {name}", kind.takes(name), entry):
            return False
        try:
            made = kind.build(_UNREAD, **{name: value})
        except (TypeError, ValueError) as error:
            words = str(error).partition(f"{name}: ")[2] or str(error)
            self._problems.add(place_of(entry.node), f"{kind.name}: {name}: {words}")
            return False
        return made is not None

    def _detail(self, kind: Kind, name: str, entry: Entry) -> Any:
        if name in kind.constants and entry.operator == "is":
            return self._values.constant(entry, kind.constants[name])
        if name in kind.mappings and entry.operator == "is":
            return self._values.mapping(entry.node, name)
        if name in (EVENTS, LINKS):
            return self._parts.parts(name, entry)
        return self._values.expected(entry)

    # Small parts

    def _fits(self, what: str, takes: Taken, entry: Entry) -> bool:
        """Return whether an entry's operator can hold for anything; what cannot is told where it is."""
        found = list(misfits(takes, entry.operator, entry.node, entry.place))
        for place, words in found:
            self._problems.add(place, f"{what}: {words}")
        return not found

    def _quiet_entries(self, node: Any) -> Iterator[Entry]:
        """Yield the entries of a mapping whose problems are known already."""
        return ValueReader(Problems(self._file)).entries(node, "")

    def _text(self, entry: Entry) -> str:
        value = self._values.value(entry.node)
        if not isinstance(value, str) or not value:
            message = f"{entry.key}: expected text, {given(entry.node)} given"
            self._problems.add(place_of(entry.node), message)
            return ""
        return value

    def _site(self, place: Place) -> Site:
        return Site(self._file, place.line)


def _is_newer(version: Any) -> bool:
    return type(version) is int and version > VERSION
