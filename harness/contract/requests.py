"""Requests that spans and segments both tell of: where one of the two is gone, it was lost, not left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness.contract.items import Operation
from harness.expect.compare import equal
from harness.expect.matcher import Matcher
from harness.model import Segment, Span, SpanKind

_METHODS = ("http.request.method", "http.method")
_STATUSES = ("http.response.status_code", "http.status_code")
_PATHS = ("url.path", "http.target", "http.route")
_URLS = ("url.full", "http.url")


@dataclass(frozen=True)
class Request:
    """One HTTP request, as a root span or a segment tells it.

    Attributes:
        name: Of the span or segment.
    """

    method: str
    path: str
    status: int | None
    name: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def request_of(root: Span | Segment) -> Request | None:
    """Return the HTTP request that a root served, None when it is of another kind."""
    if isinstance(root, Segment):
        asked, answered = _part(root.http, "request"), _part(root.http, "response")
        return _request(asked.get("method"), asked.get("url"), answered.get("status"), root.name)
    if root.kind is SpanKind.CLIENT:
        return None
    values = root.attributes
    url = _first(values, (*_PATHS[:2], *_URLS, _PATHS[2]))
    return _request(_first(values, _METHODS), url, _first(values, _STATUSES), root.name)


def lost(operation: Operation, told: Iterable[Request]) -> Request | None:
    """Return the request that an operation is of, among those which only the other signal tells of."""
    serves = _span_serves if operation.item.kind == "span" else _segment_serves
    return next((request for request in told if serves(operation, request)), None)


def _segment_serves(operation: Operation, request: Request) -> bool:
    asked, answered = _expected(operation, "http", "request"), _expected(operation, "http", "response")
    return (
        "url" in asked
        and _is_path(asked["url"], request.path)
        and equal(asked.get("method", request.method), request.method)
        and equal(answered.get("status", request.status), request.status)
    )


def _span_serves(operation: Operation, request: Request) -> bool:
    attributes = _expected(operation, "attributes")
    paths = [attributes[key] for key in (*_PATHS, *_URLS) if key in attributes]
    return (
        any(_is_path(path, request.path) for path in paths)
        and all(equal(attributes[key], request.method) for key in _METHODS if key in attributes)
        and all(equal(attributes[key], request.status) for key in _STATUSES if key in attributes)
    )


def _is_path(expected: Any, path: str) -> bool:
    """Return whether what is expected of a URL, or a path, is said of a path."""
    if isinstance(expected, str):
        return _path(expected) == path
    return isinstance(expected, Matcher) and equal(expected, path)


def _expected(operation: Operation, *names: str) -> Mapping[str, Any]:
    """Return what an operation says of a mapping, its `when` before its details."""
    found: dict[str, Any] = {}
    for said in (operation.item.expectation, operation.when):
        values = getattr(said, names[0], None)
        for name in names[1:]:
            values = values.get(name) if isinstance(values, Mapping) else None
        found |= dict(values) if isinstance(values, Mapping) else {}
    return found


def _request(method: Any, url: Any, status: Any, name: str) -> Request | None:
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    return Request(method, _path(url), status if isinstance(status, int) else None, name)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # a host in brackets that is no IPv6 address
        return ""


def _first(values: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((values[key] for key in keys if key in values), None)


def _part(http: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = http.get(name)
    return values if isinstance(values, Mapping) else {}  # X-Ray takes anything there


class Requests:
    """The requests of a run, by the signal that tells of them."""

    def __init__(self) -> None:
        self._told: dict[str, dict[Request, None]] = {"span": {}, "segment": {}}
        self.captured: set[str] = set()

    def see(self, signal: str, root: Span | Segment) -> None:
        """Take note of a root that is as an operation of the contract says, or of none."""
        self.captured.add(signal)
        request = request_of(root)
        if request is not None:
            self._told[signal][request] = None

    def only_told_by(self, signal: str) -> Iterator[Request]:
        """Yield the requests that one signal tells of and the other does not."""
        (other,) = self._told.keys() - {signal}
        known = {(request.method, request.path) for request in self._told[other]}
        return (r for r in self._told[signal] if (r.method, r.path) not in known)
