"""Metrics of a contract: what was captured of them is compared where it is the app's own."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.expect import MetricExpectation, metric
from harness.expect.fields import Field
from harness.expect.problem import Problem
from harness.model import Metric


def is_temporality_own(captured: Metric) -> bool:
    """Return True when the app chose the temporality: in-process, the harness's reader asks for deltas."""
    return captured.witnesses != ("process",)


class _OwnTemporality(Field):
    """The temporality, which may be anything where the app did not choose it."""

    def holds(self, expected: Any, value: Any) -> bool:
        return not is_temporality_own(value) or super().holds(expected, value)

    def problems(self, expected: Any, value: Any) -> list[Problem]:
        return super().problems(expected, value) if is_temporality_own(value) else []


def _own(field: Field) -> Field:
    return (
        _OwnTemporality(field.name, field.read, takes=field.takes) if field.name == "temporality" else field
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class PromisedMetric(MetricExpectation):
    """What `promised_metric` returns."""

    FIELDS: ClassVar = tuple(map(_own, MetricExpectation.FIELDS))


def promised_metric(name: Any, **details: Any) -> PromisedMetric:
    """Return `metric` as a contract means it: the same, whether it was captured in-process or on the wire.

    >>> promised_metric("requests", unit="1")
    metric('requests', unit='1')
    """
    expected = metric(name, **details)
    given = {field.name: getattr(expected, field.name) for field in dataclasses.fields(expected)}
    return PromisedMetric(**given)
