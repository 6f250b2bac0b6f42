"""Which series the metrics of a run had, whichever scenario made them: what they were told apart by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.analysis.diff.edits import Edit, Step
from harness.contract.write.metrics import said_series
from harness.contract.write.names import key_form, name_form
from harness.model import Telemetry

Series = Mapping[tuple[str, str, tuple[str, ...]], frozenset[str]]
"""Name of a metric, its scope, and the keys of its points → its series; none where many, or varying."""


def metric_series(parts: Iterable[Telemetry]) -> Series:
    """Return the series of a whole run: in which scenario one is exported depends on their order."""
    captured: dict[tuple[str, str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for part in parts:
        for metric in part.metrics:
            name, scope = name_form(metric.name), metric.namespace or metric.scope.name
            for point in metric.data_points:
                keys = tuple(sorted(map(key_form, point.attributes)))
                captured.setdefault((name, scope, keys), []).append(point.attributes)
    return {key: frozenset(map(_told, said_series(points))) for key, points in captured.items()}


def series_edits(before: Series, after: Series) -> Iterator[Edit]:
    """Yield which series of a metric only one run had, where both had some."""
    for key in sorted(before.keys() & after.keys()):
        name, scope, _ = key
        if not (before[key] and after[key]):
            continue
        for text in sorted(before[key] - after[key]):
            yield Edit("removed", "metric", Step(None, name), "series", text, None, scope, 1)
        for text in sorted(after[key] - before[key]):
            yield Edit("added", "metric", Step(None, name), "series", None, text, scope, 1)


def _told(attributes: Mapping[str, Any]) -> str:
    return ", ".join(f"{key_form(key)}={value!r}" for key, value in sorted(attributes.items()))
