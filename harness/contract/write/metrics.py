"""Metrics as items: one for each name and scope, or for each of its series where these are few and stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.contract.metrics import is_temporality_own
from harness.contract.write.names import Named, names_of, written
from harness.contract.write.services import Services
from harness.contract.write.shapes import one_or_several
from harness.contract.write.volatile import generalised, mapping_of
from harness.model import Metric, MetricType, Telemetry, Temporality

_MOST_SERIES = 5
"""So many combinations of attributes are items of their own; more depend on the traffic."""


def metric_items(parts: Sequence[Telemetry], services: Services) -> list[dict[str, Any]]:
    """Return the items of metrics, sorted."""
    names = names_of(metric.name for part in parts for metric in part.metrics)
    groups: dict[tuple[str, str, Named, str], list[Metric]] = {}
    for part in parts:
        for metric in part.metrics:
            own = services.name_of(metric)
            key = (metric.scope.name, metric.namespace or "", names[metric.name], own)
            groups.setdefault(key, []).append(metric)
    return [item for _, metrics in sorted(groups.items()) for item in _items(metrics, services)]


def _items(metrics: Sequence[Metric], services: Services) -> Iterator[dict[str, Any]]:
    first = metrics[0]
    item: dict[str, Any] = dict(written("metric", *(metric.name for metric in metrics)))
    item |= one_or_several("type", {metric.type.value for metric in metrics})
    item |= _of_sums(metrics)
    item |= one_or_several("unit", {metric.unit for metric in metrics})  # none, too: '' is no wildcard
    if first.namespace:
        item["namespace"] = first.namespace
    if first.scope.name:
        item["scope"] = first.scope.name
    item |= services.entry(metrics)
    for attributes in _series([point.attributes for metric in metrics for point in metric.data_points]):
        yield item | ({"attributes": attributes} if attributes else {})


def _series(captured: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the attributes of each series, where all are said; else those of all together."""
    said = said_series(captured)
    return [mapping_of([one]) for one in said] if said else [mapping_of(captured)]


def said_series(captured: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the attributes of each series, sorted; none of many, of varying, and of those of other keys."""
    different = {repr(sorted(one.items())): one for one in captured}
    if len(different) > _MOST_SERIES or len(set(map(frozenset, captured))) > 1:
        return []
    return [different[text] for text in sorted(different)] if all(map(_is_said, different.values())) else []


def _is_said(attributes: dict[str, Any]) -> bool:
    """Return whether a series is named the same in every run."""
    return all(
        generalised(key, [value])[0] == "is" and not isinstance(value, list | dict)
        for key, value in attributes.items()
    )


def _of_sums(metrics: Sequence[Metric]) -> dict[str, Any]:
    """Return what tells a Counter from an UpDownCounter, and the temporality that the app chose."""
    item: dict[str, Any] = {}
    monotonic = {metric.is_monotonic for metric in metrics}
    if len(monotonic) == 1 and any(metric.type is MetricType.SUM for metric in metrics):
        item["is_monotonic"] = monotonic.pop()
    own = {metric.temporality.value for metric in metrics if is_temporality_own(metric)}
    if own and own != {Temporality.UNSPECIFIED.value}:
        item |= one_or_several("temporality", own)
    return item
