"""What belongs to no request: log events, log records, metrics and exports."""

from __future__ import annotations

from collections.abc import Sequence

from harness.closest import closest
from harness.contract import attributed
from harness.contract.attributed import ATTRIBUTES, Taken
from harness.contract.deviations import Deviations
from harness.contract.forms import MESSAGES, template_of
from harness.contract.items import Contract, Item, Presence
from harness.contract.kinds import SECTIONS
from harness.contract.logged_in import LoggedIn
from harness.contract.messages import forms_of
from harness.contract.operators import OPERATORS
from harness.contract.optional import Exercised, fields_of, renamed_problem, undeclared_of, unseen_message
from harness.contract.renames import nearest_text
from harness.contract.shares import forbids, is_forbidden, shared
from harness.expect.compare import equal
from harness.expect.expectation import SHORT_NAME
from harness.expect.matcher import Matcher
from harness.expect.metrics import POINT_FIELDS
from harness.expect.omitted import OMITTED
from harness.expect.pool import Entry
from harness.expect.render import LIMIT, plain, short
from harness.model import DataPoint, ExportRequest, Level, LogEvent, Metric, Site, Telemetry

Parts = Sequence[tuple[str, Telemetry]]
_COMPARED = 200
"""So many names of what no item knows are looked at for the closest one."""


def check_sections(contract: Contract, parts: Parts, deviations: Deviations) -> None:
    """Check what the scenarios of a run emitted against the sections of a contract.

    Args:
        parts: Name of the scenario, and its telemetry.
    """
    for section in SECTIONS:
        items: tuple[Item, ...] = getattr(contract, section)
        if items:
            section_counts(contract, items, parts, deviations, each=section in attributed.SECTIONS)


def section_counts(
    contract: Contract, items: tuple[Item, ...], parts: Parts, deviations: Deviations, *, each: bool
) -> list[int]:
    """Return how many captured values each item of a section takes, and add what deviates.

    Args:
        each: Every captured value must be as one of the items that identify it; else one is enough.
    """
    section = _Section(contract, items, deviations, each=each)
    section.check(parts)
    return section.counts


class _Section:
    """Items of one section.

    Args:
        each: Every captured value must be as one of those that identify it; else one is enough.

    Attributes:
        counts: How many captured values each item took, once they were checked.
    """

    def __init__(
        self, contract: Contract, items: tuple[Item, ...], deviations: Deviations, *, each: bool
    ) -> None:
        self._levels = contract.levels
        self._operations = contract.operations
        self._items = items
        self._each = each
        self._told: set[int] = set()
        self._optional = Exercised()
        self._deviations = deviations
        self.counts = [0] * len(items)
        self._held: dict[tuple[int, ...], int] = {}
        self._differing: list[Entry | None] = [None] * len(items)
        self._strangers: dict[str, None] = {}
        self._elsewhere: dict[tuple[tuple[int, ...], str], Entry] = {}
        self._logged_in = LoggedIn(items)

    def check(self, parts: Parts) -> None:
        for name, telemetry in parts:
            self._deviations.scenario = name
            self._logged_in.see(telemetry)
            for entry in type(self._items[0].expectation).POOL(telemetry).entries:
                self._take(entry)
        self._deviations.scenario = ""
        for number, count in enumerate(shared(self._items, self._held)):
            self.counts[number] += count
        for number in range(len(self._items)):
            if self.counts[number] or id(self._items[number]) not in self._told:
                self._conclude(number)
            self._report_unexercised(self._items[number])
            self._report_operations(self._items[number], self.counts[number])
        self._report_elsewhere()

    def _report_elsewhere(self) -> None:
        """Tell of lines that are in the log group of an item, and in one of no item, too."""
        for (identified, group), entry in self._elsewhere.items():
            if all(self.counts[number] for number in identified):
                self._deviations.add(
                    "log_event_undeclared",
                    "log_event",
                    f"log event {short(entry.name)} in log group {group!r} is not in the contract,"
                    " which has it in another",
                    where=_place_of(entry),
                    level=self._levels["undeclared"],
                    about=f"{template_of(str(entry.name), MESSAGES)} in {group}",
                )

    def _report_operations(self, item: Item, count: int) -> None:
        """Tell of operations that made a log record of an item no more, or are none of the contract."""
        for message in self._logged_in.strangers(item, self._operations):
            self._add(item, "item_unexercised", message, self._levels["unexercised"])
        for operation in self._logged_in.missing(item) if count else ():
            message = (
                f"no {item.expectation.describe(LIMIT)} was captured in {short(operation)}, which makes one"
            )
            self._add(item, "log_record_missing", message)

    def _take(self, entry: Entry) -> None:
        """Note which items an entry is as, forbidden ones too; else it differs from one, or is of none.

        A metric counts for all: its data points may be of several.
        """
        forbidden = [n for n, item in enumerate(self._items) if forbids(item, entry)]
        for number in forbidden:
            self.counts[number] += 1
        allowed = (n for n, item in enumerate(self._items) if not is_forbidden(item))
        identified = [n for n in allowed if self._items[n].expectation.identifies(entry)]
        if self._each:
            self._compare([self._items[n] for n in identified], entry)
        else:
            for number in identified:
                self._optional.see(self._items[number], entry.value)
        holding = tuple(n for n in identified if self._items[n].expectation.holds(entry))
        if isinstance(entry.value, Metric):
            for number in holding:
                self.counts[number] += 1
        elif holding:
            self._held[holding] = self._held.get(holding, 0) + 1
        if not (holding or forbidden):
            self._differ(identified, entry)
            self._compare_headers([self._items[n] for n in identified], entry)

    def _differ(self, identified: Sequence[int], entry: Entry) -> None:
        if identified:
            for number in identified:
                self._differing[number] = self._differing[number] or entry
            if isinstance(entry.value, LogEvent):
                self._elsewhere.setdefault((tuple(identified), entry.value.log_group), entry)
            return
        if isinstance(entry.value, ExportRequest) and not entry.value.items:
            return  # an SDK asks for rules or makes its log stream: that carries no telemetry
        expectation = self._items[0].expectation
        if len(self._strangers) < _COMPARED:
            self._strangers[str(entry.name)] = None
        self._deviations.add(
            f"{expectation.STEM}_undeclared",
            expectation.SIGNAL,
            f"{entry.noun} {short(entry.name)} is not in the contract",
            where=_place_of(entry),
            level=self._levels["undeclared"],
            about=template_of(str(entry.name), MESSAGES),
        )

    def _compare_headers(self, identified: Sequence[Item], entry: Entry) -> None:
        """Tell which headers an export lacks: each must have those of its path, not one of them."""
        export = entry.value
        if not (isinstance(export, ExportRequest) and identified and is_taken(export)):
            return
        of_channel = [item for item in identified if _is_of_channel(item, export)]
        if of_channel:
            found = [item.expectation.problems(entry) for item in of_channel]
            fewest = min(found, key=len)
            item = of_channel[found.index(fewest)]
            for problem in fewest:
                if problem.id.startswith("header_"):
                    self._told.add(id(item))
                    self._add(item, problem.id, problem.message, about=problem.about)

    def _compare(self, identified: Sequence[Item], entry: Entry) -> None:
        """Tell where a captured value, or a data point of it, is not as the closest item says."""
        taken = attributed.taken(identified, entry)
        if taken is None:
            return
        self._see(taken)
        found = [(taken.closest[0], problem) for problem in taken.problems]
        self._told |= {id(item) for item in taken.closest if taken.problems}
        found += [(owned.item, problem) for owned in taken.owned for problem in owned.problems()]
        for item, problem in found:
            self._told.add(id(item))
            self._add(item, problem.id, problem.message, about=problem.about)
        for owned in taken.owned:
            for problem in owned.undeclared():
                level = self._levels["undeclared"]
                self._add(owned.item, problem.id, problem.message, level, about=problem.about)

    def _see(self, taken: Taken) -> None:
        for item in taken.closest:
            others = (field for field in fields_of(item) if field.name != ATTRIBUTES.name)
            self._optional.see(item, taken.entry.value, *others)
        for owned in taken.owned:
            own = POINT_FIELDS if isinstance(owned.captured, DataPoint) else (ATTRIBUTES,)
            self._optional.see(owned.item, owned.captured, *own)
            for key, value in owned.others():
                self._optional.see_other(owned.item, (ATTRIBUTES.name, key), value)

    def _report_unexercised(self, item: Item) -> None:
        renamed = self._optional.renamed(item)
        for key in self._optional.unseen(item):
            if key in renamed:
                undeclared = undeclared_of(item, key, renamed[key][0])
                self._deviations.withdraw(*undeclared, where=item.expectation.where(), site=item.site)
                problem = renamed_problem(item, key, *renamed[key])
                self._add(item, problem.id, problem.message, site=key.site)
                continue
            level = item.key_unexercised(self._levels)
            self._add(item, "item_unexercised", unseen_message(item, key), level, key.site)

    def _conclude(self, number: int) -> None:
        item, count, differing = self._items[number], self.counts[number], self._differing[number]
        name, stem = item.expectation.describe(), item.expectation.STEM
        if item.presence is Presence.FORBIDDEN:
            if count:
                self._add(item, f"{stem}_forbidden", f"{name} was captured; the contract forbids it")
        elif not count and differing is not None:
            for problem in item.expectation.problems(differing):
                self._add(item, problem.id, problem.message)
        elif not count and item.presence is Presence.REQUIRED:
            self._add(
                item,
                f"{stem}_missing",
                f"no {item.expectation.describe(LIMIT)}{attributed.series_of(item, self._items)} was captured"
                f"{self._besides(number) or self._near(item)}",
            )
        elif not count and not self._besides(number):
            message = f"no scenario captured optional {name}; add one, or remove the item"
            self._add(item, "item_unexercised", message, item.unexercised(self._levels))
        elif item.count is not None and not equal(item.count, count):
            self._add(item, f"{stem}_count", f"expected {short(item.count)}, captured {count}")

    def _near(self, item: Item) -> str:
        """Return which of those that no item knows is closest to one that is missing."""
        name = item.expectation.exact_name()
        if name is not None:
            near = closest(name, self._strangers)
        else:
            near = nearest_text(item.expectation.identity, {text: _said(text) for text in self._strangers})
        return f"; closest: {short(near)}" if near else ""

    def _besides(self, number: int) -> str:
        """Return what was captured as an item says, and taken by others; empty when nothing was."""
        others = sorted({n for holding in self._held if number in holding for n in holding} - {number})
        takers = [
            f"{self._items[n].expectation.describe()} (line {self._items[n].site.line})" for n in others
        ]
        return f" besides what {' and '.join(takers)} takes" if takers else ""

    def _add(
        self,
        item: Item,
        id_: str,
        message: str,
        level: Level = Level.ERROR,
        site: Site | None = None,
        about: str = "",
    ) -> None:
        if level is Level.ERROR:
            message += item.relied_on
        self._deviations.add(
            id_,
            item.expectation.SIGNAL,
            message,
            where=item.expectation.where(),
            site=site or item.site,
            level=level,
            about=about,
        )


def _said(message: str) -> Matcher | str:
    """Return what an item of a message would start with."""
    ((operator, argument),) = forms_of([message])
    made: Matcher | str = OPERATORS[operator].make(argument)
    return made


def _place_of(entry: Entry) -> str:
    """Return the place of what no item knows, the same in each run."""
    return f"{entry.noun} {plain(template_of(str(entry.name), MESSAGES), SHORT_NAME)}"


def is_taken(export: ExportRequest) -> bool:
    """Return whether a request carried telemetry, and was answered so that the app knows it arrived."""
    return export.items > 0 and 200 <= export.status < 300


def _is_of_channel(item: Item, export: ExportRequest) -> bool:
    expected = getattr(item.expectation, "channel", OMITTED)
    return expected is OMITTED or equal(expected, export.channel)
