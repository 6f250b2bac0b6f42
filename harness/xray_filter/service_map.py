"""The services of one trace and the calls between them, as X-Ray's service map has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.model.segment import Segment, Subsegment
from harness.model.xray_trace import XRayTrace

Document = Segment | Subsegment
_CALLING = ("remote", "aws")


def documents_of(document: Document) -> Iterator[Document]:
    """Yield a document and all subsegments below it, without recursion."""
    pending: list[Document] = [document]
    while pending:
        item = pending.pop()
        yield item
        pending += reversed(item.subsegments)


@dataclass(frozen=True, eq=False)
class ServiceNode:
    """One visit to a service.

    Attributes:
        type: The segment's origin (``AWS::ECS::Container``); of an inferred service ``remote``,
            ``Database::SQL`` or ``AWS::<name>``; empty when none is known.
        document: Its segment, or the subsegment that it is inferred from.
        inferred: It sent no segment of its own.
        root: It is the entry point of the trace.
    """

    name: str
    type: str
    document: Document
    inferred: bool = False
    root: bool = False


@dataclass(frozen=True, eq=False)
class Call:
    """One call from a service to another.

    Attributes:
        caller: The subsegment, or the segment, that made it.
    """

    source: ServiceNode
    destination: ServiceNode
    caller: Document


@dataclass
class ServiceMap:
    """The services and calls of a trace."""

    services: list[ServiceNode] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


def service_map(trace: XRayTrace) -> ServiceMap:
    """Return the services of a trace, in order of start, and the calls between them."""
    root = trace.root
    found = ServiceMap()
    owners: dict[str, tuple[ServiceNode, Document]] = {}
    for segment in trace.segments:
        node = ServiceNode(segment.name, segment.origin or "", segment, root=segment is root)
        found.services.append(node)
        for document in documents_of(segment):
            owners.setdefault(document.id, (node, document))
    called = set()
    for node in tuple(found.services):
        caller = owners.get(node.document.parent_id or "")
        if caller is not None and caller[0] is not node:
            called.add(caller[1].id)
            found.calls.append(Call(caller[0], node, caller[1]))
    for owner, document in owners.values():
        if _is_inferred(document) and document.id not in called:
            node = ServiceNode(document.name, _inferred_type(document), document, inferred=True)
            found.services.append(node)
            found.calls.append(Call(owner, node, document))
    return found


def _is_inferred(document: Document) -> bool:
    return isinstance(document, Subsegment) and document.namespace in _CALLING


def _inferred_type(document: Document) -> str:
    if isinstance(document, Subsegment) and document.sql:
        return "Database::SQL"
    if isinstance(document, Subsegment) and document.namespace == "aws":
        return f"AWS::{document.name}"
    return "remote"
