"""Which request of the one run is which of the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from harness.contract.write.names import name_form
from harness.model import Segment, Subsegment


class Requests(NamedTuple):
    """The requests of a scenario, paired; what is left is in order of start."""

    paired: list[tuple[Segment, Segment]]
    only_xray: list[Segment]
    only_otel: list[Segment]


def http_part(document: Any, part: str) -> dict[str, Any]:
    """Return ``request`` or ``response`` of a document's http block, empty when it has none."""
    value = document.http.get(part)
    return value if isinstance(value, dict) else {}


def path_of(document: Any) -> str:
    """Return the path of the URL, without its query."""
    url = http_part(document, "request").get("url")
    try:
        return urlsplit(url).path or "/" if isinstance(url, str) else ""
    except ValueError:
        return ""


def request_name(segment: Segment | Subsegment) -> str:
    """Return what a request is called in findings: method and path without ids, else the segment's name."""
    method = http_part(segment, "request").get("method")
    return f"{str(method).upper()} {name_form(path_of(segment))}" if method else segment.name


def pair_requests(xray: Iterable[Segment], otel: Iterable[Segment]) -> Requests:
    """Pair requests in order of start: by method, path and status; without the path's ids; by segment name.

    The last is for what is not known to be HTTP in one of the forms.

    >>> pair_requests([], [])
    Requests(paired=[], only_xray=[], only_otel=[])
    """
    left = Requests([], _ordered(xray), _ordered(otel))
    left = _by(lambda each: (request_name(each), path_of(each), _status(each)), left)
    left = _by(lambda each: (request_name(each), _status(each)), left)
    left = _by(request_name, left)
    left = _by(lambda each: each.name, left, xray=_is_not_http)
    return _by(lambda each: each.name, left, otel=_is_not_http)


def _status(segment: Segment) -> str:
    return str(http_part(segment, "response").get("status"))


def _ordered(segments: Iterable[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda segment: segment.start_time)


def _is_not_http(segment: Segment) -> bool:
    return not segment.http


def _any(segment: Segment) -> bool:  # noqa: ARG001  as `_is_not_http`
    return True


def _by(
    key: Callable[[Segment], Hashable],
    left: Requests,
    *,
    xray: Callable[[Segment], bool] = _any,
    otel: Callable[[Segment], bool] = _any,
) -> Requests:
    """Return the requests with those paired that have the same key, and are such as is asked for."""
    known: dict[Hashable, deque[Segment]] = {}
    for segment in filter(otel, left.only_otel):
        known.setdefault(key(segment), deque()).append(segment)
    taken: set[int] = set()
    paired, alone = list(left.paired), []
    for segment in left.only_xray:
        candidates = known.get(key(segment)) if xray(segment) else None
        if candidates:
            partner = candidates.popleft()
            taken.add(id(partner))
            paired.append((segment, partner))
        else:
            alone.append(segment)
    return Requests(paired, alone, [each for each in left.only_otel if id(each) not in taken])
