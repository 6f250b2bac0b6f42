"""The requests of a run as the operations of a contract."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from harness.contract.forms import literal, pattern_of, template_of, widened
from harness.contract.write.names import Named, names_of
from harness.contract.write.routes import Routes
from harness.contract.write.services import Services
from harness.contract.write.shapes import document_item, span_item
from harness.contract.write.trees import Trees
from harness.model import Segment, Span, StatusCode

_STATUS_KEYS = ("http.response.status_code", "http.status_code", "rpc.grpc.status_code")
_HOST, _QUERY = r"\A(?:\w+://[^/?#]*)?", r"(?:[?#]|\Z)"
"""What may stand before the path of a URL, and behind it."""
_FORM = re.compile(r"(?<!\\)(?:\[|\\[dw])")
"""What a pattern has where a text differs from run to run."""
_LAST = "\U0010ffff"
_MOST_PATHS = 50
"""So many paths of one segment name are variants of their own; more are no stable names."""


def operations_of(trees: Trees, *, always_when: bool = False) -> list[dict[str, Any]]:
    """Return an operation for each name and variant, sorted.

    Args:
        always_when: Say what tells a variant from others also where there is only one.
    """
    operations: list[dict[str, Any]] = []
    for _, spans in sorted(_named(trees.spans)):
        variants = _grouped(spans, _span_variant_of(spans, trees.services))
        for variant in sorted(variants, key=_precision):
            item = span_item(variants[variant], trees)
            operations.append(_with_when(item, dict(variant), needed=always_when or len(variants) > 1))
    for _, documents in sorted(_named(trees.segments)):
        variants = _grouped(documents, _segment_variant_of(documents, trees.routes))
        for variant in sorted(variants, key=_breadth):
            item = document_item(variants[variant], trees)
            operations.append(_with_when(item, dict(variant), needed=always_when or len(variants) > 1))
    return operations


def _named(roots: Sequence[Any]) -> Iterable[tuple[Named, list[Any]]]:
    forms = names_of(root.name for root in roots)
    return _grouped(roots, lambda root: forms[root.name]).items()


def _grouped(values: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)
    return groups


def _with_when(item: dict[str, Any], when: dict[str, Any], *, needed: bool) -> dict[str, Any]:
    """Return the item with its condition behind its name, where one is needed."""
    if not (needed and when):
        return item
    (identity, name), *rest = item.items()
    return {identity: name, "when": when, **dict(rest)}


def _span_variant_of(
    spans: Sequence[Span], services: Services
) -> Callable[[Span], tuple[tuple[str, Any], ...]]:
    """Return what tells a request from others of its name, as the entries of `when`."""
    are_of_several = len(set(map(services.name_of, spans))) > 1

    def variant(span: Span) -> tuple[tuple[str, Any], ...]:
        found: list[tuple[str, Any]] = []
        if are_of_several:
            found += ((name, _Frozen(entry)) for name, entry in services.entry([span]).items())
        key = next((key for key in _STATUS_KEYS if key in span.attributes), None)
        if key is not None:
            found.append(("attributes", _Frozen({key: span.attributes[key]})))
        if span.status.code is StatusCode.ERROR:
            found.append(("status", "error"))
        return tuple(found)

    return variant


def _segment_variant_of(
    segments: Sequence[Segment], routes: Routes
) -> Callable[[Segment], tuple[tuple[str, Any], ...]]:
    paths = {_path(segment) for segment in segments}
    by_path = len(set(map(template_of, paths))) <= _MOST_PATHS
    patterns = _patterns(paths - {""}, routes) if by_path else {}

    def variant(segment: Segment) -> tuple[tuple[str, Any], ...]:
        request, response = _http(segment, "request"), _http(segment, "response")
        http: dict[str, Any] = {}
        if asked := _asked(request, patterns.get(_path(segment))):
            http["request"] = _Frozen(asked)
        if "status" in response:
            http["response"] = _Frozen({"status": response["status"]})
        return (("http", _Frozen(http)),) if http else ()

    return variant


def _precision(variant: tuple[tuple[str, Any], ...]) -> list[str]:
    """Return what sorts a variant of a span before one that says less of the same."""
    return [*map(repr, variant), _LAST]


def _breadth(variant: tuple[tuple[str, Any], ...]) -> tuple[int, bool, str]:
    """Return how much a variant of a segment leaves open: the first in the file that holds is checked."""
    http = dict(variant).get("http", {})
    asked = http.get("request", {})
    url = asked.get("url/regex", "").removeprefix(_HOST).removesuffix(_QUERY)
    return 3 - len(asked) - ("response" in http), bool(_FORM.search(url)), repr(variant)


def _asked(request: dict[str, Any], pattern: str | None) -> dict[str, Any]:
    asked = {"method": request["method"]} if "method" in request else {}
    return asked if pattern is None else asked | {"url/regex": f"{_HOST}{pattern}{_QUERY}"}


def _patterns(paths: Iterable[str], routes: Routes) -> dict[str, str]:
    """Return the pattern of each path as it is in every run.

    It is that of its route, where a span names one; else numbers are ids in which alone some paths differ.
    """
    own = {path: routes.pattern(path) or pattern_of(path) for path in paths}
    alike = Counter(_numbered(path) for path, pattern in own.items() if pattern is None)
    found = {
        path: pattern or (_numbered(path) if alike[_numbered(path)] > 1 else literal(path))
        for path, pattern in own.items()
    }
    wide = widened(found.values())
    return {path: wide[pattern] for path, pattern in found.items()}


def _numbered(path: str) -> str:
    return "/".join(r"\d+" if part.isdecimal() else literal(part) for part in path.split("/"))


def _path(segment: Segment) -> str:
    url = _http(segment, "request").get("url", "")
    try:
        return urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:  # a host in brackets that is no IPv6 address
        return ""


def _http(segment: Segment, part: str) -> dict[str, Any]:
    values = segment.http.get(part)
    return values if isinstance(values, dict) else {}  # X-Ray takes anything there


class _Frozen(dict[str, Any]):
    """A mapping that can be part of a key."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(repr(self))
