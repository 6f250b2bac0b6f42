"""What keywords read: of a whole trace, of one service's part in it, or of one call.

Source: AWS X-Ray developer guide, "Using filter expressions", and API reference, `TraceSummary`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.model.xray_trace import XRayTrace
from harness.xray_filter.expression import Keyword
from harness.xray_filter.service_map import Call, Document, ServiceMap, ServiceNode, documents_of


@dataclass(frozen=True)
class Scope:
    """What a filter, or a filter in braces, is about.

    Attributes:
        heads: Whose response it is: a trace's root segment, a service's segment, both ends of a call.
        documents: All segments and subsegments whose users, annotations and exceptions belong to it.
        services: The services in it.
        order: All services of the trace, in order of start, for ``first``, ``last`` and ``index``.
        root: The trace's root segment, for ``coverage``.
    """

    heads: tuple[Document, ...]
    documents: tuple[Document, ...]
    services: tuple[ServiceNode, ...]
    order: tuple[ServiceNode, ...]
    root: Document


def trace_scope(trace: XRayTrace, found: ServiceMap) -> Scope:
    """Return the scope of a whole trace."""
    documents = tuple(item for segment in trace.segments for item in documents_of(segment))
    services = tuple(found.services)
    return Scope((trace.root,), documents, services, services, trace.root)


def service_scope(node: ServiceNode, trace: Scope) -> Scope:
    """Return the scope of one visit to a service."""
    return Scope((node.document,), tuple(documents_of(node.document)), (node,), trace.order, trace.root)


def call_scope(call: Call, trace: Scope) -> Scope:
    """Return the scope of a call: the calling subsegment, and the called segment if there is one."""
    called = call.destination.document
    heads = (call.caller,) if call.caller is called else (call.caller, called)
    return Scope(heads, heads, (call.source, call.destination), trace.order, trace.root)


def values(keyword: Keyword, scope: Scope) -> list[Any]:
    """Return what a keyword stands for here: no value, one, or several.

    ``group.name`` is not of a scope: the evaluation knows the groups.
    """
    if keyword.key is not None:
        return [d.annotations[keyword.key] for d in scope.documents if keyword.key in d.annotations]
    return [value for value in READERS[keyword.name](scope) if value is not None]


def _status(document: Document) -> float | None:
    response = document.http.get("response")
    status = response.get("status") if isinstance(response, dict) else None
    return status if type(status) in (int, float) else None


def _request(name: str) -> Callable[[Scope], Iterator[Any]]:
    def read(scope: Scope) -> Iterator[Any]:
        for document in scope.heads:
            request = document.http.get("request")
            value = request.get(name) if isinstance(request, dict) else None
            yield value if isinstance(value, str) else None

    return read


def _failed(document: Document, flag: str, low: int, high: int) -> bool:
    status = _status(document)
    return bool(getattr(document, flag)) or (status is not None and low <= status <= high)


def _any_head(flag: str, low: int, high: int) -> Callable[[Scope], list[bool]]:
    return lambda scope: [any(_failed(document, flag, low, high) for document in scope.heads)]


def _throttle(scope: Scope) -> list[bool]:
    """Return whether any document was throttled: `TraceSummary.HasThrottle` looks at all of them."""
    return [any(_failed(document, "throttle", 429, 429) for document in scope.documents)]


def _ok(scope: Scope) -> list[bool]:
    return [all(_is_ok(document) for document in scope.heads)]


def _is_ok(document: Document) -> bool:
    status = _status(document)
    failed = document.error or document.fault or document.throttle
    return not failed and (status is None or 200 <= status <= 299)


def _responsetime(scope: Scope) -> list[float]:
    return [d.end_time - d.start_time for d in scope.heads if d.end_time is not None]


def _duration(scope: Scope) -> list[float]:
    """Return the time from the earliest start to the latest end."""
    ends = [document.end_time for document in scope.documents if document.end_time is not None]
    return [max(ends) - min(document.start_time for document in scope.documents)] if ends else []


def _indexes(scope: Scope) -> list[int]:
    """Return the places of the services in the order in which the trace came to them, from 0."""
    return [n for n, node in enumerate(scope.order) if any(node is service for service in scope.services)]


def _coverage(scope: Scope) -> list[float]:
    """Return each service's time as a share of the root segment's."""
    whole = 0.0 if scope.root.end_time is None else scope.root.end_time - scope.root.start_time
    if whole <= 0:
        return []
    documents = [service.document for service in scope.services]
    return [(d.end_time - d.start_time) / whole for d in documents if d.end_time is not None]


def _remote(scope: Scope) -> list[bool]:
    return [any(getattr(document, "namespace", None) == "remote" for document in scope.documents)]


def _exceptions(scope: Scope) -> Iterator[dict[str, Any]]:
    for document in scope.documents:
        listed = document.cause.get("exceptions") if isinstance(document.cause, dict) else None
        if isinstance(listed, list):
            yield from (item for item in listed if isinstance(item, dict))


def _exception(name: str) -> Callable[[Scope], Iterator[Any]]:
    def read(scope: Scope) -> Iterator[Any]:
        found = (item.get(name) for item in _exceptions(scope))
        yield from (value for value in found if isinstance(value, str))

    return read


def _names(scope: Scope) -> list[str]:
    """Return the names of services, and of exceptions."""
    return [*(service.name for service in scope.services), *_exception("type")(scope)]


def _instance(name: str) -> Callable[[Scope], Iterator[Any]]:
    def read(scope: Scope) -> Iterator[Any]:
        for document in scope.documents:
            ec2 = document.aws.get("ec2")
            value = ec2.get(name) if isinstance(ec2, dict) else None
            yield value if isinstance(value, str) else None

    return read


def _resource_arns(scope: Scope) -> Iterator[str]:
    for document in scope.documents:
        for key, value in document.aws.items():
            if key.lower().endswith("arn") and isinstance(value, str):
                yield value


READERS: dict[str, Callable[[Scope], Any]] = {
    "ok": _ok,
    "error": _any_head("error", 400, 499),
    "fault": _any_head("fault", 500, 599),
    "throttle": _throttle,
    "partial": lambda scope: [any(d.in_progress or d.end_time is None for d in scope.documents)],
    "inferred": lambda scope: [any(service.inferred for service in scope.services)],
    "root": lambda scope: [any(service.root for service in scope.services)],
    "first": lambda scope: [0 in _indexes(scope)],
    "last": lambda scope: [len(scope.order) - 1 in _indexes(scope)],
    "index": _indexes,
    "remote": _remote,
    "coverage": _coverage,
    "responsetime": _responsetime,
    "duration": _duration,
    "http.status": lambda scope: [_status(document) for document in scope.heads],
    "http.url": _request("url"),
    "http.method": _request("method"),
    "http.useragent": _request("user_agent"),
    "http.clientip": _request("client_ip"),
    "user": lambda scope: [getattr(document, "user", None) for document in scope.documents],
    "name": _names,
    "type": lambda scope: [service.type or None for service in scope.services],
    "message": _exception("message"),
    "availabilityzone": _instance("availability_zone"),
    "instance.id": _instance("instance_id"),
    "resource.arn": _resource_arns,
}
"""Keyword → its values in a scope; None among them is no value."""
