"""Span coverage: what was captured, and how much of it anybody checks.

Spans, segments and subsegments are counted alike, as nodes. *Asserted* is the
union of what the recorded verdicts matched; *captured* is what the scenarios
captured. Telemetry outside every scenario is left out: nobody could check it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from harness.analysis.nodes import Checks, checks_of, is_checked
from harness.model import RunRecord, Segment, Subsegment, Telemetry
from harness.model.tree import segment_facts, span_facts

_FLAT = {"log_events": "log_event", "log_records": "log_record", "metrics": "metric"}


class Share(msgspec.Struct, frozen=True):
    """How many of the captured things were asserted."""

    captured: int = 0
    asserted: int = 0

    @property
    def unasserted(self) -> int:
        """How many nobody checks."""
        return self.captured - self.asserted

    @property
    def percent(self) -> int | None:
        """The asserted share, rounded down; None when nothing was captured."""
        return None if self.captured == 0 else self.asserted * 100 // self.captured


class FieldCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute, annotation, metadata or http path of a row's nodes.

    Attributes:
        path: As in `Match.fields`.
        captured: How many nodes carried it.
        asserted: How many checks named it.
        scenarios: Who made those checks.
        types: The names of the types its values had; two are a smell.
    """

    path: str
    captured: int
    asserted: int = 0
    scenarios: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes with one signal, scope and name.

    Attributes:
        captured: How many nodes.
        asserted: How many of them an expectation matched.
        scenarios: Who matched them.
        fields: By path.
    """

    signal: str
    scope: str
    name: str
    captured: int
    asserted: int = 0
    scenarios: tuple[str, ...] = ()
    fields: tuple[FieldCoverage, ...] = ()


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Coverage of a run.

    Attributes:
        rows: By signal, scope and name.
        names: Rows that were captured, and that an expectation matched.
        attributes: Fields of the rows, likewise.
        log_events: CloudWatch log events, likewise.
        log_records: OpenTelemetry log records, likewise.
        metrics: Metrics, likewise.
    """

    rows: tuple[CoverageRow, ...] = ()
    names: Share = Share()
    attributes: Share = Share()
    log_events: Share = Share()
    log_records: Share = Share()
    metrics: Share = Share()


@dataclass
class _Field:
    captured: int = 0
    asserted: int = 0
    scenarios: set[int] = field(default_factory=set)
    types: set[str] = field(default_factory=set)


class _Shape(NamedTuple):
    """What nodes have in common that are counted alike: most nodes of a row."""

    paths: tuple[str, ...]
    types: tuple[type, ...]
    checks: tuple[tuple[str, ...], ...]


_Key = tuple[str, str, str]
"""Signal, scope and name of a row."""
_Row = defaultdict[_Shape, list[int]]
"""Shape → the position of its scenario for each node."""


def coverage_of(record: RunRecord) -> Coverage:
    """Return the coverage of a run.

    >>> coverage_of(RunRecord()).names.percent is None
    True
    """
    rows: defaultdict[_Key, _Row] = defaultdict(lambda: defaultdict(list))
    flat = {name: [0, 0] for name in _FLAT}
    for position, scenario in enumerate(record.scenarios):
        checks = checks_of(scenario)
        _count_flat(scenario.telemetry, checks, flat)
        for key, shape in _shapes_of(scenario.telemetry, checks):
            rows[key][shape].append(position)
    names = [scenario.name for scenario in record.scenarios]
    frozen = tuple(_frozen_row(key, rows[key], names) for key in sorted(rows, key=_as_written))
    return Coverage(
        rows=frozen,
        names=Share(len(frozen), sum(row.asserted > 0 for row in frozen)),
        attributes=Share(
            sum(len(row.fields) for row in frozen),
            sum(item.asserted > 0 for row in frozen for item in row.fields),
        ),
        **{name: Share(*counts) for name, counts in flat.items()},
    )


def _shapes_of(telemetry: Telemetry, checks: Checks) -> Iterator[tuple[_Key, _Shape]]:
    # Ids, scopes and facts as in `model.tree`'s nodes; to make nodes takes twice as long.
    for span in telemetry.spans:
        made = checks.get(("span", f"{span.trace_id}/{span.span_id}"), ())
        yield ("span", span.scope.name, span.name), _shape_of(span_facts(span), made)
    for segment in telemetry.segments:
        pending: list[Segment | Subsegment] = [segment]
        for document in pending:  # grows while it is walked
            pending += document.subsegments
            made = checks.get(("segment", f"{segment.trace_id}/{document.id}"), ())
            scope = (document.namespace or "") if isinstance(document, Subsegment) else ""
            yield ("segment", scope, document.name), _shape_of(segment_facts(document), made)


def _shape_of(facts: Mapping[str, Any], made: Iterable[tuple[str, ...]]) -> _Shape:
    return _Shape(tuple(facts), tuple(map(type, facts.values())), tuple(made))


def _frozen_row(key: _Key, row: _Row, names: Sequence[str]) -> CoverageRow:
    signal, scope, name = key
    checked = [positions for shape, positions in row.items() if shape.checks]
    return CoverageRow(
        signal=signal,
        scope=scope,
        name=name,
        captured=sum(map(len, row.values())),
        asserted=sum(map(len, checked)),
        scenarios=_named(names, itertools.chain.from_iterable(checked)),
        fields=tuple(
            FieldCoverage(
                path=path,
                captured=item.captured,
                asserted=item.asserted,
                scenarios=_named(names, item.scenarios),
                types=tuple(sorted(item.types)),
            )
            for path, item in sorted(_fields_of(row).items(), key=lambda pair: _as_written(pair[:1]))
        ),
    )


def _as_written(key: Iterable[str]) -> list[bytes]:
    """Return texts as a run's file has them, so that a report has one order before and after."""
    return [text.encode("utf-8", "backslashreplace") for text in key]


def _fields_of(row: _Row) -> dict[str, _Field]:
    fields: defaultdict[str, _Field] = defaultdict(_Field)
    for shape, positions in row.items():
        for path, kind in zip(shape.paths, shape.types, strict=True):
            item = fields[path]
            item.captured += len(positions)
            item.types.add(kind.__name__)
            asserted = sum(is_checked(path, checked) for checked in shape.checks)
            if asserted:
                item.asserted += asserted * len(positions)
                item.scenarios.update(positions)
    return fields


def _named(names: Sequence[str], positions: Iterable[int]) -> tuple[str, ...]:
    """Return the names of scenarios, in their order, each once."""
    return tuple(dict.fromkeys(names[position] for position in sorted(set(positions))))


def _count_flat(telemetry: Telemetry, checks: Checks, counts: dict[str, list[int]]) -> None:
    """Add what was captured and asserted of the signals without nodes, whose matches hold an index."""
    for name, signal in _FLAT.items():
        size = len(getattr(telemetry, name))
        if size:
            counts[name][0] += size
            counts[name][1] += sum((signal, str(index)) in checks for index in range(size))
