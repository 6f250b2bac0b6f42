"""A metric that measures the same as before, in another unit of time or with other names of attributes."""

from __future__ import annotations

from typing import Any

from harness.contract.attributed import ATTRIBUTES
from harness.contract.items import Item
from harness.contract.units import are_times
from harness.expect.fields import Field
from harness.expect.pool import Entry
from harness.model import Metric


def is_one_measure(item: Item, entry: Entry) -> bool:
    """Return whether all holds of a captured metric that an item says, but for its unit and attributes.

    A migration renames all of them at once: ``http.server.duration`` in ms by ``http.method`` became
    ``http.server.request.duration`` in s by ``http.request.method``.
    """
    metric = entry.value
    return isinstance(metric, Metric) and all(
        field.name == ATTRIBUTES.name or _holds(field, expected, metric)
        for field, expected in item.expectation.details
    )


def _holds(field: Field, expected: Any, metric: Metric) -> bool:
    is_unit = field.name == "unit" and isinstance(expected, str)
    return field.holds(expected, metric) or (is_unit and are_times(expected, metric.unit))
