"""Log records as items: one for each form of a body, with the attributes that all of this form have."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from harness.contract.messages import forms_of
from harness.contract.operators import OPERATORS
from harness.contract.write.names import Named, names_of, written
from harness.contract.write.services import Services
from harness.contract.write.volatile import generalised, mapping_of
from harness.expect.compare import equal
from harness.model import LogRecord, Telemetry

_BODY_DEPTH = 3


def log_record_items(parts: Sequence[Telemetry], services: Services) -> list[dict[str, Any]]:
    """Return the items of log records, sorted."""
    names = names_of(record.event_name for part in parts for record in part.log_records)
    groups: dict[tuple[str, str, Named, int, str], list[LogRecord]] = {}
    for part in parts:
        for record in part.log_records:
            event = names[record.event_name]
            own = services.name_of(record)
            key = (record.scope.name, record.severity_text, event, record.severity_number, own)
            groups.setdefault(key, []).append(record)
    return [item for _, records in sorted(groups.items()) for item in _items(records, services)]


def _items(records: Sequence[LogRecord], services: Services) -> Iterable[dict[str, Any]]:
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
        yield identity | details | correlated | ({"attributes": attributes} if attributes else {})


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
