"""The signals without trees as shapes: metrics, logs, exports and resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.analysis.diff.facts import FactTable, united
from harness.analysis.diff.json_lines import json_facts
from harness.analysis.diff.once import export_name, is_control
from harness.analysis.diff.pairing import BODY
from harness.analysis.diff.services import NAMELESS, Services
from harness.analysis.diff.shape import Shape, Shapes
from harness.analysis.diff.values import Value
from harness.contract.messages import message_form
from harness.contract.resources import SERVICE_NAME, different, resources_of
from harness.contract.write.names import name_form
from harness.model import ExportRequest, LogEvent, LogRecord, Metric, Telemetry

_EXACT_HEADERS = frozenset({"content-type", "content-encoding"})
_TEXT = Value("str", "type", "str")

Grouped = dict[str, Counter[Shape]]


def other_signals(
    parts: Sequence[Telemetry], table: FactTable, shapes: Shapes, services: Services
) -> dict[str, Grouped]:
    """Return the counted shapes of every signal but spans and segments."""
    found = {
        "metric": _metrics([item for part in parts for item in part.metrics], table, shapes, services),
        "log_record": _log_records(
            [item for part in parts for item in part.log_records], table, shapes, services
        ),
        "log_event": _log_events([item for part in parts for item in part.log_events], shapes),
        "export_request": _exports([item for part in parts for item in part.exports], shapes),
        "resource": _resources(parts, table, shapes),
    }
    return {signal: grouped for signal, grouped in found.items() if grouped}


def _grouped(shapes: Iterable[Shape]) -> Grouped:
    groups: Grouped = {}
    for shape in shapes:
        groups.setdefault(shape.name, Counter())[shape] += 1
    return groups


def _metrics(metrics: Sequence[Metric], table: FactTable, shapes: Shapes, services: Services) -> Grouped:
    """Return a shape for each metric of a scope; when and how often it was read is no part of it."""
    by_key: dict[tuple[str, str], list[Metric]] = {}
    for metric in metrics:
        by_key.setdefault((name_form(metric.name), metric.namespace or metric.scope.name), []).append(metric)
    return _grouped(
        shapes.of(
            "metric",
            name,
            kind="|".join(sorted({metric.type.value for metric in same})),
            scope=scope,
            facts=united(fact for metric in same for fact in _metric_facts(metric, table, services)),
        )
        for (name, scope), same in by_key.items()
    )


_ID = Value("str", "type", "str")
"""Which it is differs from run to run; that there is one says that a record was made in a span."""


def _metric_facts(metric: Metric, table: FactTable, services: Services) -> Iterable[tuple[str, Value]]:
    yield "unit", Value("str", "is", metric.unit)
    yield "temporality", Value("str", "is", metric.temporality.value)
    yield "is_monotonic", Value("bool", "is", metric.is_monotonic)
    yield from services.facts(metric.resource)
    for point in metric.data_points:
        # Which series there are depends on the traffic, so their values are not compared.
        for path, value in table.of("attributes", point.attributes):
            yield path, value.loose()
        if point.explicit_bounds:
            yield "explicit_bounds", Value("list[float]", "is", tuple(point.explicit_bounds))


def _log_records(
    records: Sequence[LogRecord], table: FactTable, shapes: Shapes, services: Services
) -> Grouped:
    return _grouped(
        shapes.of(
            "log_record",
            name_form(record.event_name) if record.event_name else _body_form(record.body),
            kind=record.severity_text or str(record.severity_number),
            scope=record.scope.name,
            facts=united(
                [
                    *table.of("attributes", record.attributes),
                    *_body_facts(record.body, table),
                    *_event_facts(record),
                    *(
                        [("severity_number", Value("int", "is", record.severity_number))]
                        if record.severity_text
                        else []
                    ),
                    *([("trace_id", _ID)] if record.trace_id else []),
                    *services.facts(record.resource),
                ]
            ),
        )
        for record in records
    )


def _body_form(body: Any) -> str:
    return message_form(body) if isinstance(body, str) else f"a body of type {type(body).__name__}"


def _event_facts(record: LogRecord) -> list[tuple[str, Value]]:
    """Return the form of an event's body, which its name does not say; what is in JSON is told key by key."""
    if not (record.event_name and isinstance(record.body, str)):
        return []
    is_told = any(json_facts(BODY, record.body))
    return [(BODY, _TEXT if is_told else Value("str", "form", message_form(record.body)))]


def _body_facts(body: Any, table: FactTable) -> list[tuple[str, Value]]:
    """Return what is in a body: each key of a mapping, or of JSON, or the value itself that is no text."""
    if isinstance(body, str):
        return list(json_facts("body", body))
    if body is None:
        return []
    if isinstance(body, Mapping):
        return table.of("body", body)
    return [(path.removeprefix("."), value) for path, value in table.of("", {"body": body})]


def _log_events(events: Sequence[LogEvent], shapes: Shapes) -> Grouped:
    counts = Counter((event.log_group, event.message) for event in events)
    groups: Grouped = {}
    for (log_group, message), count in counts.items():
        form = message_form(message)
        group = ("log_group", Value("str", "is", name_form(log_group)))
        shape = shapes.of("log_event", form, facts=united([group, *json_facts("message", message)]))
        groups.setdefault(form, Counter())[shape] += count
    return groups


def _exports(exports: Sequence[ExportRequest], shapes: Shapes) -> Grouped:
    by_path: dict[str, list[ExportRequest]] = {}
    for export in exports:
        if not is_control(export):
            by_path.setdefault(export_name(export), []).append(export)
    return _grouped(
        shapes.of("export_request", name, facts=united(_header_facts(same))) for name, same in by_path.items()
    )


def _header_facts(exports: Iterable[ExportRequest]) -> Iterable[tuple[str, Value]]:
    """Yield which headers there are; of few of them the value is the same in every run."""
    for export in exports:
        yield "status", Value("int", "is", export.status)
        for name, value in export.headers.items():
            yield f"headers.{name}", Value("str", "is", value) if name in _EXACT_HEADERS else _TEXT


def _resources(parts: Sequence[Telemetry], table: FactTable, shapes: Shapes) -> Grouped:
    by_service: dict[str, list[tuple[str, Value]]] = {}
    told = (one for part in parts for one in resources_of(part) if one.attributes)
    for resource in different(told):
        name = str(resource.attributes.get(SERVICE_NAME, NAMELESS))
        named = {key: value for key, value in resource.attributes.items() if key != SERVICE_NAME}
        facts = table.of("attributes", named)
        by_service.setdefault(name, []).extend(facts)
    return _grouped(shapes.of("resource", name, facts=united(facts)) for name, facts in by_service.items())
