"""The trees of a run, as what is written is made of them."""

from __future__ import annotations

import copy
from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from typing import Any

from harness.contract.write.routes import Routes
from harness.contract.write.services import Services
from harness.expect.pool import Pool
from harness.expect.segments import segment_pool
from harness.expect.spans import span_pool
from harness.model import Segment, Span, Subsegment, Telemetry

Node = Span | Segment | Subsegment
_MAX_DEPTH = 20
"""Levels of a tree that are written: a contract may not be nested deeper than people read."""


class Trees:
    """Root spans and segments of a run, and what is below each node.

    Attributes:
        services: Whose the spans are.
        routes: Those that the spans name.
        children: `id` of a node → its children.
    """

    def __init__(self, parts: Sequence[Telemetry]) -> None:
        self.services = Services.of(parts)
        self.routes = Routes(span for part in parts for span in part.spans)
        self.spans: list[Span] = []
        self.segments: list[Segment] = []
        self.children: MutableMapping[int, Sequence[Any]] = {}
        self._kept: list[Pool] = []  # `id` is only an identity while its object lives
        for telemetry in parts:
            self._take(span_pool(telemetry), "span", "span", self.spans)
            self._take(segment_pool(telemetry), "segment", "subsegment", self.segments)

    def _take(self, pool: Pool, noun: str, child_noun: str, roots: list[Any]) -> None:
        self._kept.append(pool)
        roots += [pool.entries[i].value for i in pool.roots() if pool.entries[i].noun == noun]
        depths: dict[int, int] = {}
        for index, entry in enumerate(pool.entries):
            children = pool.children(index, child_noun, None)
            depth = depths.get(index, 0)
            if children and depth < _MAX_DEPTH:
                self.children[id(entry.value)] = [pool.entries[i].value for i in children]
                depths.update(dict.fromkeys(children, depth + 1))

    def of(self, *, spans: list[Span], segments: list[Segment]) -> Trees:
        """Return the same trees with only these roots."""
        some = copy.copy(self)
        some.spans, some.segments = spans, segments
        return some

    def with_below(self, own: MutableMapping[int, Sequence[Any]]) -> Trees:
        """Return the same trees with other children of some nodes.

        Args:
            own: `id` of a node → its children.
        """
        some = copy.copy(self)
        some.children = ChainMap(own, self.children)
        return some

    def below(self, node: Any) -> Sequence[Any]:
        """Return the children of a node."""
        return self.children.get(id(node), ())
