"""A run against its contract: every request, every item, and what nobody exercised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from harness.closest import closest
from harness.contract.deviations import Deviations
from harness.contract.forms import template_of
from harness.contract.ids import contract_ids
from harness.contract.items import Contract, Item, Operation, Presence, Waiver
from harness.contract.kinds import KINDS
from harness.contract.lost_variants import is_lost
from harness.contract.requests import Request, Requests, lost
from harness.contract.resources import check_resources
from harness.contract.sections import check_sections
from harness.contract.shares import forbids, is_forbidden
from harness.contract.trees import TreeCheck, Witness, place_name
from harness.contract.waivers import useless_waivers, waived
from harness.expect.pool import Entry, Pool
from harness.expect.segments import segment_pool
from harness.expect.spans import span_pool
from harness.model import Finding, RunRecord, Telemetry

_SIGNALS = {"span": span_pool, "segment": segment_pool}


def check_contract(contract: Contract, record: RunRecord) -> tuple[Finding, ...]:
    """Return where a run does not hold its contract.

    Every captured request is checked, whatever scenario made it. A run that
    captured nothing does not hold any contract.

    Args:
        contract: What `load_contract` returned.
        record: The run.

    Raises:
        PatternTimeout: One of its patterns backtracks without end.
    """
    deviations = Deviations(contract.file)
    parts = [(scenario.name, scenario.telemetry) for scenario in record.scenarios]
    parts.append(("outside any scenario", record.outside))
    if all(scenario.telemetry.is_empty for scenario in record.scenarios):
        deviations.add(
            "run_empty",
            "harness",
            "no scenario captured telemetry, so nothing was checked; run the scenarios",
        )
        return deviations.findings()
    operations = OperationCheck(contract, deviations)
    for name, telemetry in parts:
        deviations.scenario = name
        operations.check(telemetry)
    check_sections(contract, parts, deviations)
    check_resources(contract, parts, deviations)
    deviations.scenario = ""
    operations.report_unexercised()
    return deviations.findings()


def checked_record(
    contract: Contract | None,
    record: RunRecord,
    today: date,
    waivers: Sequence[Waiver] = (),
    *,
    known: Collection[str] = (),
) -> RunRecord:
    """Return the record with what the contract finds in it, waivers applied.

    Args:
        contract: None checks nothing, and applies waivers only.
        today: The day on which waivers must still hold.
        waivers: Besides those of the contract.
        known: Ids of findings that are none of a contract: a waiver of another one is told so.
    """
    findings = record.findings
    if contract is not None:
        findings = (*findings, *check_contract(contract, record))
        waivers = (*contract.waivers, *waivers)
    findings = waived(findings, waivers, today)
    of_scenarios = tuple(finding for scenario in record.scenarios for finding in scenario.findings)
    ids = {*known, *contract_ids()} if known else set()
    findings = (*findings, *useless_waivers(waivers, (*findings, *of_scenarios), today, ids))
    return msgspec.structs.replace(
        record,
        findings=findings,
        contract=contract.file if contract else "",
        contract_digest=contract.digest if contract else "",
    )


class OperationCheck:
    """Checks root spans and segments against the operations of their name."""

    def __init__(self, contract: Contract, deviations: Deviations, witness: Witness | None = None) -> None:
        self._contract = contract
        self._deviations = deviations
        self._trees = TreeCheck(contract.levels, deviations, witness)
        self._requests = Requests()
        self._lost_variants: dict[int, tuple[str, Entry, Operation]] = {}
        self._by_name: dict[tuple[str, str], list[Operation]] = {}
        self._others: dict[str, list[Operation]] = {signal: [] for signal in _SIGNALS}
        for operation in contract.operations:
            item = operation.item
            name = item.expectation.exact_name()
            if name is None:
                self._others[item.kind].append(operation)
            else:
                self._by_name.setdefault((item.kind, name), []).append(operation)

    def check(self, telemetry: Telemetry) -> None:
        """Check every request of one scenario."""
        for signal, build in _SIGNALS.items():
            pool = build(telemetry)
            for index in pool.roots():
                if pool.entries[index].noun == signal:
                    self._requests.see(signal, pool.entries[index].value)
                    self._check_root(signal, pool, index)

    def _check_root(self, signal: str, pool: Pool, index: int) -> None:
        entry = pool.entries[index]
        named = [*self._by_name.get((signal, entry.name), ()), *self._identified(signal, entry)]
        forbidden = [o for o in named if forbids(o.item, entry) and (o.when is None or o.when.holds(entry))]
        for operation in forbidden:
            self._forbidden(signal, entry, operation.item)
        allowed = [operation for operation in named if not is_forbidden(operation.item)]
        variant = next((o for o in _by_precision(allowed) if o.when is None or o.when.holds(entry)), None)
        if variant is not None:
            self._trees.exercised.add(id(variant.item))
            self._look_for_lost(variant, allowed, entry)
            self._trees.check(variant.item, pool, index, place_name(variant.item, entry))
        elif not forbidden:
            self._unknown(signal, entry)
            if allowed:
                self._no_variant(signal, entry, allowed)
            else:
                self._undeclared(signal, entry)

    def _look_for_lost(self, taken: Operation, allowed: list[Operation], entry: Entry) -> None:
        """Remember the first request that is rather of a variant that none was taken for yet."""
        for other in allowed:
            key = id(other.item)
            is_open = other.when is not None and key not in self._trees.exercised
            if is_open and key not in self._lost_variants and is_lost(other, taken, entry):
                self._lost_variants[key] = (self._deviations.scenario, entry, taken)

    def _forbidden(self, signal: str, entry: Entry, item: Item) -> None:
        message = f"{item.expectation.describe()} was captured; the contract forbids it{item.relied_on}"
        self._deviations.add(
            f"{signal}_forbidden", signal, message, where=place_name(item, entry), site=item.site
        )

    def _unknown(self, signal: str, entry: Entry) -> None:
        if self._trees.witness is not None:
            self._trees.witness.roots.setdefault(signal, []).append(entry.value)

    def _identified(self, signal: str, entry: Entry) -> Iterator[Operation]:
        return (o for o in self._others[signal] if o.item.expectation.identifies(entry))

    def _undeclared(self, signal: str, entry: Entry) -> None:
        names = [name for kind, name in self._by_name if kind == signal]
        near = closest(entry.name, names) if names else None
        hint = f"; closest: {near!r}" if near else ""
        name = template_of(entry.name)
        self._deviations.add(
            "operation_undeclared",
            signal,
            f"{signal} {name!r} is no operation of the contract{hint}",
            where=name,
            level=self._contract.levels["undeclared_operation"],
        )

    def _no_variant(self, signal: str, entry: Entry, named: list[Operation]) -> None:
        tried = [operation.when.problems(entry) for operation in named if operation.when is not None]
        problems = min(tried, key=len)
        name = place_name(named[0].item, entry)
        words = "; ".join(problem.message for problem in problems)
        self._deviations.add(
            "variant_undeclared",
            signal,
            f"{signal} {name!r} is as no 'when' of its {len(named)} variants says; closest: {words}",
            where=name,
            site=named[0].item.site,
            about="; ".join(problem.about for problem in problems),
        )

    def report_unexercised(self) -> None:
        """Add a finding for each operation and optional item that was never captured."""
        for signal in _SIGNALS:
            self._report_silence(signal)
        only = {signal: list(self._requests.only_told_by(signal)) for signal in _SIGNALS}
        for operation in self._contract.operations:
            item = operation.item
            if is_forbidden(item):
                continue
            if id(item) in self._trees.exercised:
                self._trees.report_unexercised_below(item, item.expectation.short_name())
                continue
            if id(item) in self._lost_variants:
                self._lost_variant(operation, *self._lost_variants[id(item)])
                continue
            (other,) = _SIGNALS.keys() - {item.kind}
            request = lost(operation, only[other]) if item.presence is Presence.REQUIRED else None
            if request is None:
                self._unexercised(operation)
            else:
                self._lost(item, other, request)

    def _lost_variant(self, operation: Operation, scenario: str, entry: Entry, taken: Operation) -> None:
        """Tell what a request lacks of a variant that it is in all else, and that nothing else was of."""
        item, when = operation.item, operation.when
        self._deviations.scenario = scenario
        for problem in when.problems(entry) if when is not None else ():
            self._deviations.add(
                problem.id,
                KINDS[item.kind].signal,
                f"{problem.message}; so it passes as the variant of line {taken.item.site.line}, and none was"
                f" captured of this one{item.whole_relied_on}",
                where=place_name(item, entry),
                site=item.site,
                about=problem.about,
            )
        self._deviations.scenario = ""

    def _unexercised(self, operation: Operation) -> None:
        item = operation.item
        variant = f" when {operation.when!r}" if operation.when is not None else ""
        self._deviations.add(
            "operation_unexercised",
            KINDS[item.kind].signal,
            f"no scenario exercised {item.expectation.describe()}{variant};"
            f" add one, or remove the operation{item.whole_relied_on}",
            where=item.expectation.short_name(),
            site=item.site,
            level=item.unexercised(self._contract.levels),
        )

    def _lost(self, item: Item, other: str, request: Request) -> None:
        self._deviations.add(
            f"{item.kind}_missing",
            item.kind,
            f"no {item.expectation.describe()} was captured of {request},"
            f" which {other} {template_of(request.name)!r} is of{item.whole_relied_on}",
            where=item.expectation.short_name(),
            site=item.site,
        )

    def _report_silence(self, signal: str) -> None:
        """Add a finding when nothing of a signal was captured that the contract requires some of."""
        required = [
            operation.item
            for operation in self._contract.operations
            if operation.item.kind == signal and operation.item.presence is Presence.REQUIRED
        ]
        if required and signal not in self._requests.captured:
            number = f"{len(required)} operation" + ("s" if len(required) > 1 else "")
            verb = "starts" if len(required) == 1 else "start"
            self._deviations.add(
                f"{signal}_missing",
                signal,
                f"no {signal} was captured in the whole run, and {number} of the contract {verb} with one;"
                " is its channel on, and does the app still send them?",
                site=required[0].site,
            )


def _by_precision(operations: Iterable[Operation]) -> list[Operation]:
    """Return variants with a condition before one without."""
    return sorted(operations, key=lambda operation: operation.when is None)
