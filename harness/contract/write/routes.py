"""Routes: which parts of a URL are parameters, as the app's own framework says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from harness.contract.forms import literal, pattern_of
from harness.contract.operators import split_key
from harness.model import Span

_ROUTE = "http.route"
_URLS = ("http.target", "http.url", "url.full", "url.path")
# Flask and Werkzeug; FastAPI, Spring, Go and ASP.NET; Express and Rails; a wildcard.
_PARAMETER = re.compile(r"<[^<>]+>|\{[^{}]+\}|(?<=/):\w+\??|\*\w*")
_MANY = re.compile(r"<path:|\{\*|:path\}|\.\.\.\}|\*")
"""A parameter that may hold slashes."""
_MOST = 2
"""So many parameters in one segment of a path can be matched without trying them all against each other."""
_URL = re.compile(r"((?:\w+://[^/?#]*)?)([^?#]*)(.*)", re.DOTALL)


class Routes:
    """The routes with parameters that the spans of a run name."""

    def __init__(self, spans: Iterable[Span]) -> None:
        named = {span.attributes.get(_ROUTE) for span in spans if _ROUTE in span.attributes}
        self._all = {route for route in named if isinstance(route, str)}
        # The more a route says itself, the nearer it is.
        patterns = map(pattern_of_route, sorted(self._all, key=_precision))
        self._patterns = [pattern for pattern in patterns if pattern is not None]

    def pattern(self, path: str) -> str | None:
        """Return the pattern of the route that a path is of; None of one without parameters."""
        if path in self._all:
            return None
        return next((pattern for pattern in self._patterns if re.fullmatch(pattern, path)), None)

    def pattern_of_url(self, url: Any) -> str | None:
        """Return the same of the path in a URL."""
        parts = _URL.fullmatch(url) if isinstance(url, str) else None
        return None if parts is None else self.pattern(parts[2])


def _precision(route: str) -> tuple[int, str]:
    return -len(_PARAMETER.sub("", route)), route


@lru_cache(maxsize=1024)
def pattern_of_route(route: str) -> str | None:
    r"""Return the pattern of the paths of a route; None of one without parameters, or with too many.

    >>> pattern_of_route("/users/<int:id>"), pattern_of_route("/files/{path:path}")
    ('/users/[^/?#]+', '/files/[^?#]+')
    """
    most = max(part.count("\0") for part in _PARAMETER.sub("\0", route).split("/"))
    if not 0 < most <= _MOST or len(_MANY.findall(route)) > 1:
        return None
    pattern, done = "", 0
    for match in _PARAMETER.finditer(route):
        pattern += literal(route[done : match.start()])
        pattern += "[^?#]+" if _MANY.search(match[0]) else "[^/?#]+"
        done = match.end()
    return pattern + literal(route[done:])


def with_span_routes(described: dict[str, Any], captured: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the attributes that are written of spans, the parameters in their URLs left open.

    Args:
        described: What is written of each key.
        captured: The attributes of each span.
    """
    found = described
    for key in _URLS:
        patterns = {_pattern_of(one[key], _own_pattern(one)) for one in captured if key in one}
        found = _opened(found, key, patterns)
    return found


def with_document_routes(
    described: dict[str, Any], captured: Sequence[Mapping[str, Any]], routes: Routes
) -> dict[str, Any]:
    """Return the `http` that is written of segments or subsegments, likewise.

    Args:
        routes: Those of the run's spans: a document names none.
    """
    requests = [one["request"] for one in captured if isinstance(one.get("request"), Mapping)]
    patterns = {
        _pattern_of(one["url"], routes.pattern_of_url(one["url"])) for one in requests if "url" in one
    }
    return {
        name: _opened(argument, "url", patterns) if name == "request" else argument
        for name, argument in described.items()
    }


def _own_pattern(attributes: Mapping[str, Any]) -> str | None:
    route = attributes.get(_ROUTE)
    return pattern_of_route(route) if isinstance(route, str) else None


def _opened(described: dict[str, Any], key: str, patterns: set[str | None]) -> dict[str, Any]:
    """Return what is written with the one pattern that all values of a key have, if they have one."""
    (pattern,) = patterns if len(patterns) == 1 else [None]
    if pattern is None:
        return described
    opened: dict[str, Any] = {}
    for name, argument in described.items():
        plain, is_optional, _ = split_key(name)
        if plain == key:
            opened[f"{key}{'/optional' if is_optional else ''}/regex"] = rf"\A{pattern}\Z"
        else:
            opened[name] = argument
    return opened


def _pattern_of(url: Any, path_pattern: str | None) -> str | None:
    """Return the pattern of a URL whose path has one; None where it has not."""
    parts = _URL.fullmatch(url) if isinstance(url, str) and path_pattern else None
    if path_pattern is None or parts is None or not re.fullmatch(path_pattern, parts[2]):
        return None
    host, query = (pattern_of(part) or literal(part) for part in (parts[1], parts[3]))
    return f"{host}{path_pattern}{query}"
