"""The segments of a scenario as trees, and the checks that were made of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from harness.model import ScenarioRecord, Segment, Tree, segment_tree

Checks = dict[tuple[str, str], list[tuple[str, ...]]]
"""(signal, node id) → the fields of each check that matched it."""
_NESTED = ("metadata", "http", "events")


def segment_trees(segments: Iterable[Segment]) -> list[Tree]:
    """Return segments as trees, in order of start.

    >>> segment_trees([])
    []
    """
    return [segment_tree(segment) for segment in sorted(segments, key=lambda s: s.start_time)]


def checks_of(scenario: ScenarioRecord) -> Checks:
    """Return the checks of a scenario.

    A subsegment is matched under the signal of its expectation, and a node
    knows only ``segment``, so ``subsegment`` is read as ``segment``.

    >>> checks_of(ScenarioRecord(name="t"))
    {}
    """
    checks: Checks = {}
    for verdict in scenario.verdicts:
        for match in verdict.matched:
            signal = "segment" if match.signal == "subsegment" else match.signal
            checks.setdefault((signal, match.node_id), []).append(match.fields)
    return checks


@lru_cache(maxsize=4096)
def is_checked(path: str, fields: tuple[str, ...]) -> bool:
    """Return True when one of the checked fields covers the fact at `path`.

    Attribute and annotation keys are flat, so they cover only themselves:
    ``attributes.http`` says nothing of ``attributes.http.method``. Metadata,
    ``http`` and events nest: checking a parent checks what is in it, and
    checking something inside checks the fact that holds it.

    >>> is_checked("http.response.status", ("name", "http.response"))
    True
    >>> is_checked("attributes.http.method", ("attributes.http",))
    False
    """
    return any(_covers(field, path) for field in fields)


def _covers(field: str, path: str) -> bool:
    if field == path or (path.startswith(f"{field}.") and "." not in field):
        return True
    if field.startswith(f"{path}["):
        return True
    nested = path.partition(".")[0] in _NESTED
    return nested and (path.startswith(f"{field}.") or field.startswith(f"{path}."))
