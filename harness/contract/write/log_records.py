"""Log records as items: one for each form of a body, with the attributes that all of this form have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from harness.contract.kinds import OPERATIONS_OF
from harness.contract.logged_in import Origins
from harness.contract.messages import forms_of
from harness.contract.operators import OPERATORS
from harness.contract.write.names import Named, names_of, unkeyed, written
from harness.contract.write.services import Services
from harness.contract.write.volatile import generalised, mapping_of
from harness.expect.compare import equal
from harness.model import LogRecord, Telemetry

_BODY_DEPTH = 3
_SEVERAL = 2
"""So many operations make a log record at least, and more requests: else one of it is enough."""


def log_record_items(parts: Sequence[Telemetry], services: Services) -> list[dict[str, Any]]:
    """Return the items of log records, sorted."""
    names = names_of(record.event_name for part in parts for record in part.log_records)
    makers = _Makers(parts, services)
    groups: dict[tuple[str, str, Named, int, str], list[LogRecord]] = {}
    for part in parts:
        for record in part.log_records:
            event = names[record.event_name]
            own = services.name_of(record)
            key = (record.scope.name, record.severity_text, event, record.severity_number, own)
            groups.setdefault(key, []).append(record)
    return [item for _, records in sorted(groups.items()) for item in _items(records, services, makers)]


def _items(records: Sequence[LogRecord], services: Services, makers: _Makers) -> Iterable[dict[str, Any]]:
    first = records[0]
    details: dict[str, Any] = {}
    if first.severity_text:
        details["severity_text"] = first.severity_text
    if first.severity_number:
        details["severity_number"] = first.severity_number
    if first.event_name:
        details |= written("event_name", *(record.event_name for record in records))
    if first.scope.name:
        details["scope"] = first.scope.name
    details |= services.entry(records)
    for identity, alike in _by_body(records):
        attributes = mapping_of([record.attributes for record in alike])
        correlated = correlation([(record.trace_id, record.span_id) for record in alike])
        attributed = {"attributes": attributes} if attributes else {}
        yield identity | details | correlated | attributed | makers.entry(alike)


class _Makers:
    """Which operations made each log record."""

    def __init__(self, parts: Sequence[Telemetry], services: Services) -> None:
        has_records = any(part.log_records for part in parts)
        origins = [(Origins(part), part.log_records) for part in parts if has_records]
        names = names_of(root.name for one, _ in origins for root in one.roots)
        # Another service may have a request of the same name.
        self._names = {
            id(root): (names[root.name], services.name_of(root)) for one, _ in origins for root in one.roots
        }
        self._requests = Counter(self._names.values())
        self._roots: dict[int, int] = {}
        for one, records in origins:
            made = ((record, one.root_of(record)) for record in records)
            self._roots |= {id(record): id(root) for record, root in made if root is not None}

    def entry(self, records: Sequence[LogRecord]) -> dict[str, Any]:
        """Return the entry of the operations that make one in each request, where several do.

        What an app logs once in a process is of the request that came first: two processes have two such.
        """
        roots = {self._roots[id(record)] for record in records if id(record) in self._roots}
        made = Counter(self._names[root] for root in roots)
        always = [one for one, times in made.items() if times == self._requests[one]]
        named = sorted({name for name, _ in always})
        if len(named) < _SEVERAL or sum(made[one] for one in always) <= _SEVERAL:
            return {}
        return {OPERATIONS_OF: list(map(unkeyed, named))}


def correlation(ids: Sequence[tuple[str | None, str | None]]) -> dict[str, Any]:
    """Return the entries of records that were all made in a span: that they have ids, and not which."""
    names = zip(("trace_id", "span_id"), zip(*ids, strict=True), strict=True)
    return {f"{name}/present": True for name, found in names if all(found)}


def _by_body(records: Sequence[LogRecord]) -> Iterable[tuple[dict[str, Any], list[LogRecord]]]:
    """Yield the entry that identifies records by their body, and these records."""
    texts = [record for record in records if isinstance(record.body, str)]
    by_form: dict[tuple[str, str], list[LogRecord]] = {form: [] for form in forms_of(r.body for r in texts)}
    forms: dict[str, tuple[str, str]] = {}
    for record in texts:
        if record.body not in forms:
            forms[record.body] = _form_of(record.body, by_form)
        by_form[forms[record.body]].append(record)
    for (operator, argument), alike in by_form.items():
        yield {_keyed(operator): argument}, alike
    others: dict[Hashable, list[LogRecord]] = {}
    for record in records:
        if not isinstance(record.body, str):
            others.setdefault(_shape(record.body), []).append(record)
    for _, alike in sorted(others.items(), key=lambda pair: repr(pair[0])):
        yield _body([record.body for record in alike]), alike


def _form_of(message: str, forms: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Return the form of a message: its own, or that of many which differ in small numbers only."""
    own = forms_of([message])[0]
    if own in forms:
        return own
    return next(form for form in forms if equal(OPERATORS[form[0]].make(form[1]), message))


def _shape(body: Any) -> Hashable:
    """Return what bodies of one item share: the keys of a mapping, else the type."""
    return tuple(sorted(body)) if isinstance(body, dict) else type(body).__name__


def _body(bodies: Sequence[Any]) -> dict[str, Any]:
    if isinstance(bodies[0], dict):
        return {_keyed("is"): mapping_of(bodies, _BODY_DEPTH)}
    operator, argument = generalised("body", bodies)
    if operator == "each":  # it holds for an empty mapping, too, and would take records of another item
        operator, argument = "type", "list"
    return {_keyed(operator): argument}


def _keyed(operator: str) -> str:
    return "log_record" if operator == "is" else f"log_record/{operator}"
