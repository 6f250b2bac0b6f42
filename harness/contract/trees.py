"""One captured tree against the items of an operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.closest import closest
from harness.contract.assigned import assigned
from harness.contract.deviations import Deviations
from harness.contract.forms import template_of
from harness.contract.items import Item, Presence
from harness.contract.kinds import KINDS
from harness.contract.optional import BY_SUBSET, Exercised, renamed_problem, undeclared_of, unseen_message
from harness.contract.own_details import own_details
from harness.contract.shares import is_forbidden
from harness.contract.strangers import Strangers
from harness.expect.compare import equal
from harness.expect.fields import MappingField
from harness.expect.key_pattern import declared_as
from harness.expect.pool import Entry, Pool
from harness.expect.render import short
from harness.model import Level, Site


class Witness:
    """Remembers which captured nodes each item took: what a change of the contract is made of.

    Attributes:
        taken: `id` of an item → the nodes that it took.
        counts: `id` of a child item → how many it took below each parent.
        left: `id` of a captured node → nodes below it that no child item took.
        roots: Signal → root nodes of no operation, or of no variant.
    """

    def __init__(self) -> None:
        self.taken: dict[int, list[Any]] = {}
        self.counts: dict[int, list[int]] = {}
        self.left: dict[int, list[Any]] = {}
        self.roots: dict[str, list[Any]] = {}


def place_name(item: Item, entry: Entry) -> str:
    """Return how findings name a captured node: of one with an id in its name, the same for each."""
    return str(entry.name) if item.expectation.exact_name() is not None else template_of(str(entry.name))


class TreeCheck:
    """Compares items with captured nodes, and the items below with the children.

    Attributes:
        exercised: `id` of each item that was captured.
        witness: Told of every node, if there is one.
    """

    def __init__(
        self, levels: Mapping[str, Level], deviations: Deviations, witness: Witness | None = None
    ) -> None:
        self._levels = levels
        self._deviations = deviations
        self.exercised: set[int] = set()
        self._optional = Exercised()
        self._strangers = Strangers()
        self.witness = witness

    def check(self, item: Item, pool: Pool, index: int, where: str) -> None:
        """Check one captured node and all below it.

        Args:
            where: The path of the node, as findings name it.
        """
        entry = pool.entries[index]
        self.exercised.add(id(item))
        self._optional.see(item, entry.value)
        if self.witness is not None:
            self.witness.taken.setdefault(id(item), []).append(entry.value)
        if not item.expectation.holds(entry):
            for problem in item.expectation.problems(entry):
                self._add(problem.id, item, problem.message, where, about=problem.about)
        self._check_keys(item, entry, where)
        below = KINDS[item.kind].children
        captured = pool.children(index, below[1], None) if below else ()
        if captured or item.children:
            self._check_children(item, pool, entry, captured, where)

    def _check_keys(self, item: Item, entry: Entry, where: str) -> None:
        for field, expected in item.expectation.details:
            if (
                isinstance(field, MappingField)
                and field.name not in BY_SUBSET
                and isinstance(expected, (dict, Mapping))  # an abstract class is slow to ask
            ):
                for keys, value in _others(field.read(entry.value), expected, field.depth):
                    path = ".".join(keys)
                    self._optional.see_other(item, (field.name, *keys), value)
                    self._add(
                        f"{field.stem}_undeclared",
                        item,
                        f"{field.noun} {path!r} = {short(value, key=path)} is not in the contract",
                        where,
                        level=self._levels["undeclared"],
                        about=f"{field.name} {path}",
                    )

    def _check_children(
        self, item: Item, pool: Pool, parent: Entry, captured: Sequence[int], where: str
    ) -> None:
        taken, left = assigned(item.children, pool, captured)
        if self.witness is not None:
            self.witness.left[id(parent.value)] = [pool.entries[i].value for i in left]
            for child, indices in zip(item.children, taken, strict=True):
                self.witness.counts.setdefault(id(child), []).append(len(indices))
        for child, indices in zip(item.children, taken, strict=True):
            found, others = [pool.entries[i] for i in indices], [pool.entries[i] for i in left]
            self._check_count(child, found, others, where, item.children)
            if not is_forbidden(child):
                for index in indices:
                    self.check(child, pool, index, f"{where} › {place_name(child, pool.entries[index])}")
        for index in left:
            self._strangers.see(item, pool, index, where)
            entry = pool.entries[index]
            self._add(
                f"{entry.noun}_undeclared",
                item,
                f"{entry.noun} {entry.name!r} below it is not in the contract",
                where,
                level=self._levels["undeclared"],
                about=template_of(str(entry.name)),
            )

    def _check_count(
        self, child: Item, found: list[Entry], left: list[Entry], where: str, siblings: Sequence[Item]
    ) -> None:
        stem = child.expectation.STEM
        expected = 1 if child.count is None else child.count
        if is_forbidden(child):
            if found:
                name = _name_of(child, siblings)
                self._add(f"{stem}_forbidden", child, f"{name} was captured; the contract forbids it", where)
        elif not found:
            if child.presence is Presence.REQUIRED and not equal(expected, 0):
                name = _name_of(child, siblings)
                message = f"no {name} was captured below it{_near(child, left)}"
                self._add(
                    f"{stem}_missing", child, message, where, relied_on=child.whole_relied_on, about=name
                )
        elif not equal(expected, len(found)):
            name = _name_of(child, siblings)
            message = f"{name}: expected {short(expected)} below it, captured {len(found)}"
            self._add(f"{stem}_count", child, message, where, about=name)

    def _report_children(self, parent: Item, where: str) -> None:
        """Add a finding for each optional child that was never captured, and for each optional key."""
        renamed = self._strangers.renamed(parent, self.exercised)
        for item in parent.children:
            path = f"{where} › {item.expectation.short_name()}"
            if id(item) in renamed:
                self._report_renamed(parent, item, *renamed[id(item)], where)
                continue
            if item.presence is Presence.OPTIONAL and id(item) not in self.exercised:
                self._add(
                    "item_unexercised",
                    item,
                    f"no scenario captured optional {_name_of(item, parent.children)};"
                    " add one, or remove the item",
                    where,
                    level=item.unexercised(self._levels),
                    relied_on=item.whole_relied_on,
                )
            self.report_unexercised_below(item, path)

    def report_unexercised_below(self, item: Item, where: str) -> None:
        """Add a finding for what is optional of an item, and below it, and was never captured."""
        renamed = self._optional.renamed(item)
        for key in self._optional.unseen(item):
            if key in renamed:
                undeclared = undeclared_of(item, key, renamed[key][0])
                self._deviations.withdraw(*undeclared, where=where, site=item.site)
                problem = renamed_problem(item, key, *renamed[key])
                self._add(problem.id, item, problem.message, where, site=key.site)
                continue
            level = item.key_unexercised(self._levels)
            self._add("item_unexercised", item, unseen_message(item, key), where, level=level, site=key.site)
        self._report_children(item, where)

    def _report_renamed(self, parent: Item, item: Item, form: str, name: str, where: str) -> None:
        """Add a finding for an optional child that has another name now, which is then not undeclared."""
        undeclared = f"{item.kind}_undeclared"
        for place, entry in self._strangers.places(parent, form):
            about = template_of(str(entry.name))
            self._deviations.withdraw(undeclared, about, where=place, site=parent.site)
        noun = item.expectation.NOUN
        message = (
            f"no scenario captured optional {item.expectation.describe()}, but {noun} {name!r} below the same"
            " parent, of which all holds that is said of it; was it renamed?"
        )
        id_ = f"{item.expectation.STEM}_renamed"
        self._add(id_, item, message, where, relied_on=item.whole_relied_on)

    def _add(
        self,
        id_: str,
        item: Item,
        message: str,
        where: str,
        *,
        level: Level = Level.ERROR,
        relied_on: str | None = None,
        site: Site | None = None,
        about: str = "",
    ) -> None:
        if level is Level.ERROR:
            message += item.relied_on if relied_on is None else relied_on
        signal, place = item.expectation.SIGNAL, site or item.site
        self._deviations.add(id_, signal, message, where=where, site=place, level=level, about=about)


def _others(captured: Any, expected: Mapping[str, Any], depth: int) -> Iterable[tuple[tuple[str, ...], Any]]:
    """Yield the path and value of each captured key, down to a depth, that is not expected."""
    if not isinstance(captured, (dict, Mapping)):
        return
    for key, value in captured.items():
        named = declared_as(key, expected)
        if named is None:
            yield (str(key),), value
        elif depth > 1 and isinstance(expected[named], Mapping):
            below = _others(value, expected[named], depth - 1)
            yield from (((named, *path), other) for path, other in below)


def _name_of(child: Item, siblings: Sequence[Item]) -> str:
    """Return how findings call a child: by what it has and those of its name have not, too."""
    return f"{child.expectation.describe()}{own_details(child, siblings)}"


def _near(child: Item, left: list[Entry]) -> str:
    names = [str(entry.name) for entry in left]
    if not names:
        return ""
    near = closest(child.expectation.short_name(), names)
    return f"; closest: {near or names[0]!r}" if near is None else f"; closest: {near!r}"
